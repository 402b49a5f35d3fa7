"""The objects that ``helm init`` puts into the cluster: pure text of options.

Names, labels, ports and environment are Helm 2.17's, so that its clients find our Tiller and ours
find its.
"""

from __future__ import annotations

import base64

from helmpy import __version__
from helmpy.errors import HelmError
from helmpy.record import field, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cryptography.x509 import Certificate


DEPLOYMENT = "tiller-deploy"
SERVICE = "tiller-deploy"
SECRET = "tiller-secret"  # noqa: S105 - an object's name
LABELS = {"app": "helm", "name": "tiller"}
REPOSITORY = "helmpy/tiller"
PORT = 44134
PROBE_PORT = 44135
_CERTIFICATES = "/etc/certs"


@record(frozen=True, slots=True)
class TlsFiles:
    """What Tiller's secret holds; ``verify`` makes Tiller demand client certificates."""

    key: bytes
    cert: bytes
    ca: bytes = b""
    verify: bool = False

    def check(self) -> None:
        """Raise UnusableFiles where Tiller could not serve with them; Helm 2 finds that out in the cluster."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        certificates = _certificates(self.cert, "certificate")
        try:
            public = load_pem_private_key(self.key, None).public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise UnusableFiles("the TLS key file holds no private key in PEM form without a password") from error
        if public != certificates[0].public_key():
            raise UnusableFiles("the TLS key is not that of the TLS certificate")
        if self.ca:
            _certificates(self.ca, "CA")


class UnusableFiles(HelmError):
    """Files that no server can speak TLS with."""


def _certificates(pem: bytes, what: str) -> list[Certificate]:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise UnusableFiles(f"the TLS {what} file holds no certificate in PEM form") from error


@record(frozen=True, slots=True)
class Options:
    """What ``helm init`` was asked for; ``history_max`` 0 keeps every revision."""

    namespace: str = "kube-system"
    image: str = ""
    service_account: str = ""
    automount_token: bool = True
    replicas: int = 1
    history_max: int = 0
    host_network: bool = False
    node_selectors: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    tls: TlsFiles | None = None
    force_upgrade: bool = False

    @property
    def selected_image(self) -> str:
        if self.image:
            return self.image
        return f"{REPOSITORY}:v{__version__}"


def objects(options: Options) -> list[dict[str, Any]]:
    """Deployment, Service and, with TLS, Secret. Raises HelmError where an override is broken."""
    found = [deployment(options), service(options)]
    return found if options.tls is None else [*found, secret(options, options.tls)]


def deployment(options: Options) -> dict[str, Any]:
    made = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(DEPLOYMENT, options),
        "spec": {
            "replicas": max(1, options.replicas),
            "selector": {"matchLabels": dict(LABELS)},
            "strategy": {},
            "template": {
                "metadata": {"creationTimestamp": None, "labels": dict(LABELS)},
                "spec": _pod(options),
            },
        },
        "status": {},
    }
    return _overridden(made, options.overrides)


def _pod(options: Options) -> dict[str, Any]:
    pod: dict[str, Any] = {
        "automountServiceAccountToken": options.automount_token,
        "containers": [_container(options)],
    }
    if options.host_network:
        pod["hostNetwork"] = True
    if options.node_selectors:
        pod["nodeSelector"] = dict(options.node_selectors)
    if options.service_account:
        pod["serviceAccountName"] = options.service_account
    if options.tls is not None:
        pod["volumes"] = [{"name": "tiller-certs", "secret": {"secretName": SECRET}}]
    return pod


def _container(options: Options) -> dict[str, Any]:
    container: dict[str, Any] = {
        "env": _environment(options),
        "image": options.selected_image,
        "imagePullPolicy": "IfNotPresent",
        "livenessProbe": _probe("/liveness"),
        "name": "tiller",
        "ports": [{"containerPort": PORT, "name": "tiller"}, {"containerPort": PROBE_PORT, "name": "http"}],
        "readinessProbe": _probe("/readiness"),
        "resources": {},
    }
    if options.tls is not None:
        container["volumeMounts"] = [{"mountPath": _CERTIFICATES, "name": "tiller-certs", "readOnly": True}]
    return container


def _environment(options: Options) -> list[dict[str, str]]:
    pairs = {"TILLER_NAMESPACE": options.namespace, "TILLER_HISTORY_MAX": str(options.history_max)}
    if options.tls is not None:
        pairs["TILLER_TLS_VERIFY"] = "1" if options.tls.verify else ""
        pairs["TILLER_TLS_ENABLE"] = "1"
        pairs["TILLER_TLS_CERTS"] = _CERTIFICATES
    return [{"name": name, **({"value": value} if value else {})} for name, value in pairs.items()]


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": PROBE_PORT}, "initialDelaySeconds": 1, "timeoutSeconds": 1}


def service(options: Options) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(SERVICE, options),
        "spec": {
            "ports": [{"name": "tiller", "port": PORT, "targetPort": "tiller"}],
            "selector": dict(LABELS),
            "type": "ClusterIP",
        },
        "status": {"loadBalancer": {}},
    }


def secret(options: Options, tls: TlsFiles) -> dict[str, Any]:
    files = {"tls.key": tls.key, "tls.crt": tls.cert}
    if tls.ca:
        files["ca.crt"] = tls.ca
    return {
        "apiVersion": "v1",
        "data": {name: base64.b64encode(data).decode() for name, data in files.items()},
        "kind": "Secret",
        "metadata": _metadata(SECRET, options),
        "type": "Opaque",
    }


def _metadata(name: str, options: Options) -> dict[str, Any]:
    return {"creationTimestamp": None, "labels": dict(LABELS), "name": name, "namespace": options.namespace}


def _overridden(made: dict[str, Any], overrides: tuple[str, ...]) -> dict[str, Any]:
    if overrides:
        from helmpy.chart import strvals

        for text in overrides:
            try:
                strvals.parse_into(text, made)
            except HelmError as error:
                raise HelmError("Error merging --set values into Deployment manifest", hint=str(error)) from error
        from helmpy.cli.deployment_fields import fitted

        return fitted(made)
    return made


def node_selectors(text: str) -> dict[str, str]:
    """``a=b,c=d`` as a map. Raises HelmError."""
    found = {}
    for label in text.split(",") if text else ():
        name, equals, value = label.partition("=")
        if not equals:
            raise HelmError(f'invalid nodeSelector label: ["{label}"]')
        found[name] = value
    return found


def as_yaml(made: list[dict[str, Any]]) -> str:
    """A stream of YAML documents, marked as Helm marks it."""
    from helmpy.gocompat import yaml

    return "".join(f"---\n{yaml.dump(one)}\n" for one in made) + "...\n"


def as_json(made: list[dict[str, Any]]) -> str:
    import json

    return "".join(json.dumps(one, indent=4, sort_keys=True) + "\n" for one in made)
