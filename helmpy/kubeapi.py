"""The client's own door to a cluster: what ``init``, ``reset`` and the tunnel ask of it.

Credentials, TLS and HTTP are the official client's; nothing else on the client's side imports it
but the tunnel. Requests are plain paths and JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helmpy.errors import HelmError
from helmpy.kubeconfig import credentials

_TIMEOUT = (10.0, 60.0)  # seconds to connect, seconds to answer
_HINT = (
    "name a cluster with --kubeconfig or KUBECONFIG, Tiller itself with --host, or start one here: helm sandbox start"
)


class NoCluster(HelmError):
    """No cluster is configured, or it does not answer."""


class NoContext(NoCluster):
    """The kubeconfig has no context of that name."""


class KubeError(HelmError):
    """The API server refused; ``status`` is HTTP's, ``reason`` Kubernetes'."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class KubeApi:
    """JSON requests to the cluster of a kubeconfig. ``client`` is the official ApiClient."""

    def __init__(self, client: Any) -> None:
        self.client = client

    @property
    def host(self) -> str:
        return str(self.client.configuration.host)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self._send("GET", path, query=query)

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("POST", path, body=body)

    def replace(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("PUT", path, body=body)

    def patch(self, path: str, body: Any) -> Any:
        """A strategic merge patch."""
        return self._send("PATCH", path, body=body, content_type="application/strategic-merge-patch+json")

    def delete(self, path: str) -> Any:
        return self._send("DELETE", path, body={"propagationPolicy": "Background"})

    def credentials(self) -> dict[str, str]:
        """The headers that say who is asking."""
        return credentials(self.client.configuration)

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> Any:
        from urllib.parse import urlencode

        import urllib3

        headers = {"Accept": "application/json", "User-Agent": "Helm", **self.credentials()}
        if body is not None:
            headers["Content-Type"] = content_type
        url = f"{self.host.rstrip('/')}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            response = self.client.rest_client.pool_manager.request(
                method,
                url,
                headers=headers,
                body=None if body is None else json.dumps(body),
                timeout=urllib3.Timeout(*_TIMEOUT),
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise NoCluster(f"cannot reach the Kubernetes API at {self.host}: {_reason(error)}; {_HINT}") from error
        if response.status >= 400:
            raise _refusal(response.status, response.data)
        return json.loads(response.data or b"null")


def tiller_pods(api: KubeApi, namespace: str) -> list[dict[str, Any]]:
    """The pods that carry Tiller's labels."""
    found = api.get(f"/api/v1/namespaces/{namespace}/pods", {"labelSelector": "app=helm,name=tiller"})
    return list(found["items"])


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Whether a pod is ready and not on its way out."""
    if (pod.get("metadata") or {}).get("deletionTimestamp"):
        return False
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)


def _reason(error: Exception) -> str:
    """The shortest true words for what urllib3 wraps."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        cause = getattr(cause, "reason", None) or cause.__cause__
        if isinstance(cause, str):
            return cause
    return str(error).rpartition(": ")[2]


def _refusal(status: int, data: bytes) -> KubeError:
    try:
        body = json.loads(data)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    text = str(body.get("message") or data[:500].decode(errors="replace").strip() or f"status {status}")
    return KubeError(status, str(body.get("reason") or ""), text)


def connect(kubeconfig: str = "", context: str = "") -> KubeApi:
    """The cluster of a kubeconfig (``kubeconfig`` may list several files; empty: the default file).

    Inside a pod without a kubeconfig it is the pod's own cluster. Raises NoCluster.
    """
    from kubernetes import client, config
    from kubernetes.config import ConfigException

    from helmpy.gocompat.x509 import trust_as_go

    configuration = client.Configuration()
    try:
        config.load_kube_config(  # type: ignore[no-untyped-call]  # the library ships no types
            config_file=kubeconfig or None, context=context or None, client_configuration=configuration
        )
    except (ConfigException, TypeError, ValueError) as error:
        if kubeconfig or Path(config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION).expanduser().exists():
            raise _unusable(kubeconfig, context, error) from error
        try:
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]  # as above
        except ConfigException:
            raise NoCluster(f"no Kubernetes cluster is configured; {_HINT}") from error
    made = client.ApiClient(configuration)
    trust_as_go(made.rest_client.pool_manager)
    return KubeApi(made)


def _unusable(kubeconfig: str, context: str, error: Exception) -> NoCluster:
    missing = [name for name in kubeconfig.split(":") if name and not Path(name).exists()]
    if missing:
        return NoCluster(f"no Kubernetes cluster is configured: {', '.join(missing)} does not exist; {_HINT}")
    if context and "context" in str(error):
        words = f'could not get Kubernetes config for context "{context}": context "{context}" does not exist'
        return NoContext(words)
    text = " ".join(str(error).split())
    return NoCluster(f"the Kubernetes configuration cannot be used: {text}; {_HINT}")
