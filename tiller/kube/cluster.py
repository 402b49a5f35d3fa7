"""A cluster as tiller uses it: objects got, listed, created, patched and deleted, logs and watches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Any

from tiller.clock import Clock, Deadline
from tiller.kube import objects
from tiller.kube.discovery import Discovery, Resource, escaped
from tiller.kube.objects import KubeObject
from tiller.kube.transport import ApiError, Conflict, Expired, NotFound, Request, Response, Transport

FIELD_MANAGER = "tiller"
PAGE = 500  # objects per request of a list
GONE_POLL = 2.0  # seconds between looks whether an object is gone

_JSON = {"accept": "application/json"}
_METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
# By default the API server reads what is written a second time, for warnings that nobody sees.
_WRITING = (("fieldManager", FIELD_MANAGER), ("fieldValidation", "Ignore"))
_PODS = Resource("v1", "Pod", "pods", namespaced=True)


class Cluster:
    """Requests to an API server by object; every refusal is raised as its ApiError."""

    def __init__(self, transport: Transport, clock: Clock, *, discovery: Discovery | None = None) -> None:
        self.transport = transport
        self.clock = clock
        self.discovery = discovery or Discovery(transport)
        self._built: dict[tuple[str, str, bool], list[KubeObject]] | None = None

    def scoped(self, transport: Transport) -> Cluster:
        """The cluster for one operation, over a transport of its own; what it builds is built once."""
        made = copy(self)
        made.transport = transport
        made._built = {}  # noqa: SLF001 - its own
        return made

    def version(self) -> dict[str, str]:
        """Return the server's ``/version``: gitVersion, major, minor and the rest."""
        body = self._send(Request("GET", "/version", headers=_JSON)).json()
        return {str(key): str(value) for key, value in body.items()}

    def api_versions(self) -> frozenset[str]:
        """Every ``group/version`` and ``group/version/Kind`` that the server lists."""
        return self.discovery.catalog().api_versions

    def build(self, manifest: str, namespace: str, *, stored: bool = False, path: str = "") -> list[KubeObject]:
        """Return the manifest's objects with their places; raises UnknownKind and ManifestError.

        ``stored`` says that the manifest was applied once, maybe in API versions that are gone now;
        ``path`` is the template of one that does not say it itself.
        """
        if self._built is None:
            return objects.build(manifest, namespace, self.discovery, stored=stored, path=path)
        key = (manifest, namespace, stored)
        if key not in self._built:
            self._built[key] = objects.build(manifest, namespace, self.discovery, stored=stored, path=path)
        return list(self._built[key])

    def get(self, target: KubeObject) -> dict[str, Any] | None:
        """Return the live object, None where there is none, or none that can be told from others."""
        if not target.name:
            return None
        try:
            return self._dict(Request("GET", target.path, headers=_JSON))
        except NotFound:
            return None

    def get_table(self, path: str, accept: str, query: Iterable[tuple[str, str]] = ()) -> dict[str, Any] | None:
        """Return what the server answers to ``accept``, None for 404."""
        try:
            return self._dict(Request("GET", path, tuple(query), {"accept": accept}))
        except NotFound:
            return None

    def list_objects(self, resource: Resource, namespace: str, selector: str = "") -> list[dict[str, Any]]:
        """Return the live objects of a kind; all namespaces for ``""``."""
        found: list[dict[str, Any]] = []
        token, limit = "", PAGE
        while True:
            query = [("limit", str(limit))]
            query += [("labelSelector", selector)] if selector else []
            query += [("continue", token)] if token else []
            try:
                page = self._dict(Request("GET", resource.path(namespace), tuple(query), _JSON))
            except Expired:
                if not token:
                    raise
                found, token, limit = [], "", 0  # the list was kept too short a time for pages: all at once
                continue
            found += page.get("items") or []
            token = (page.get("metadata") or {}).get("continue") or ""
            if not token:
                return found

    def list_metadata(self, resource: Resource, namespace: str, most: int) -> list[dict[str, Any]]:
        """Return the first live objects of a kind by name, nothing of them but their metadata."""
        query = (("limit", str(most)),)
        page = self._dict(Request("GET", resource.path(namespace), query, {"accept": _METADATA_LIST}))
        return page.get("items") or []

    def pods(self, namespace: str, selector: str) -> list[dict[str, Any]]:
        return self.list_objects(_PODS, namespace, selector)

    def create(self, target: KubeObject) -> dict[str, Any]:
        """Create an object; raises Conflict with the server's ``… already exists``."""
        path = target.resource.path(target.namespace)
        return self._dict(_with_body("POST", path, target.body, "application/json", query=_WRITING))

    def apply(self, target: KubeObject) -> dict[str, Any]:
        """Write all fields of the object as theirs of tiller, whoever else set them."""
        query = (*_WRITING, ("force", "true"))
        body = {**target.body, "apiVersion": target.resource.api_version, "kind": target.kind}
        return self._dict(_with_body("PATCH", target.path, body, "application/apply-patch+yaml", query=query))

    def replace(self, target: KubeObject, version: str) -> dict[str, Any]:
        """Write the whole object over its ``version``; raises Conflict where it is no longer that one."""
        metadata = {**(target.body.get("metadata") or {}), "resourceVersion": version}
        body = {**target.body, "metadata": metadata}
        return self._dict(_with_body("PUT", target.path, body, "application/json", query=_WRITING))

    def patch(self, target: KubeObject, body: Any, content_type: str) -> dict[str, Any]:
        """Send a JSON or merge patch."""
        return self._dict(_with_body("PATCH", target.path, body, content_type, query=_WRITING))

    def delete(self, target: KubeObject) -> bool:
        """Delete in the background; False where there was nothing, or nobody knows which object it is."""
        if not target.name:
            return False
        return self.delete_path(target.path)

    def delete_path(self, path: str) -> bool:
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        try:
            self._send(_with_body("DELETE", path, options, "application/json"))
        except NotFound:
            return False
        return True

    def delete_pods(self, namespace: str, selector: str) -> None:
        """Delete every pod that the selector matches; whoever owns them makes new ones."""
        for pod in self.pods(namespace, selector):
            self.delete_path(_PODS.path(namespace, pod["metadata"]["name"]))

    def wait_gone(self, target: KubeObject, deadline: Deadline) -> None:
        """Return when the object is gone; raises WaitTimeout."""
        while self.get(target) is not None:
            deadline.sleep(GONE_POLL)
            deadline.check()

    def ensure_namespace(self, name: str) -> None:
        """Create the namespace unless it is there, labelled ``name`` as Helm 2 does."""
        path = "/api/v1/namespaces"
        try:
            self._send(Request("GET", f"{path}/{escaped(name)}", headers=_JSON))
        except NotFound:
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"name": name}}}
            try:
                self._send(_with_body("POST", path, body, "application/json", query=_WRITING))
            except Conflict as error:
                if error.reason != "AlreadyExists":
                    raise

    def watch(self, target: KubeObject, resource_version: str, seconds: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (type, object) of an object's changes for ``seconds`` at most, or until the server ends it."""
        query = (
            ("watch", "true"),
            ("fieldSelector", f"metadata.name={target.name}"),
            ("resourceVersion", resource_version),
            ("timeoutSeconds", str(max(int(seconds), 1))),
        )
        path = target.resource.path(target.namespace)
        for line in self.transport.stream(Request("GET", path, query, _JSON), timeout=seconds + 5):
            if line.strip():
                event = json.loads(line)
                yield str(event.get("type")), event.get("object") or {}

    def logs(self, namespace: str, pod: str, container: str = "") -> bytes:
        """Return what a pod's container wrote."""
        query = (("container", container),) if container else ()
        return self._send(Request("GET", _PODS.path(namespace, pod) + "/log", query)).body

    def _dict(self, request: Request) -> dict[str, Any]:
        body = self._send(request).json()
        assert isinstance(body, dict)
        return body

    def _send(self, request: Request) -> Response:
        response = self.transport.send(request)
        if response.status >= 400:
            raise ApiError.of(response)
        return response


def selector_text(labels: Mapping[str, Any]) -> str:
    """Equality of labels as a query's labelSelector."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def selector_of(body: Mapping[str, Any]) -> str:
    """The labelSelector of a workload's ``spec.selector``; empty where it selects nothing."""
    selector = (body.get("spec") or {}).get("selector") or {}
    if "matchLabels" not in selector and "matchExpressions" not in selector:
        return selector_text(selector)  # ReplicationController: a plain map
    parts = [selector_text(selector.get("matchLabels") or {})]
    parts += [_expression(each) for each in selector.get("matchExpressions") or []]
    return ",".join(part for part in parts if part)


_OPERATORS = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
}


def _expression(each: Mapping[str, Any]) -> str:
    values = ",".join(str(value) for value in each.get("values") or ())
    return _OPERATORS[str(each["operator"])].format(key=each["key"], values=values)


def _with_body(
    method: str, path: str, body: Any, content_type: str, *, query: tuple[tuple[str, str], ...] = ()
) -> Request:
    # In Helm 2's order: of several fields of a wrong type the API server names the first that it reads.
    text = json.dumps(body, sort_keys=True)
    return Request(method, path, query, {**_JSON, "content-type": content_type}, text.encode())
