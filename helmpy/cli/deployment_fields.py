"""Types of a Deployment's fields, by which ``helm init --override`` is checked before a cluster is asked.

2.17 decodes what overrides lead to into Kubernetes' own types: a number becomes text where text is wanted, and
what fits nowhere is refused. Fields that are not in the table stay as they are: they are the API server's to judge.
Source of the types: Kubernetes' API reference, apps/v1 and v1; of the words: Helm 2.17.
"""

from __future__ import annotations

from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_TEXTS = "map[string]string"
# A struct's fields by their types: a struct's name, a list of them, or what is in _PLAIN; _TEXTS maps to text.
_STRUCTS: dict[str, Mapping[str, str]] = {
    "v1.Deployment": {
        "apiVersion": "string",
        "kind": "string",
        "metadata": "v1.ObjectMeta",
        "spec": "v1.DeploymentSpec",
        "status": "v1.DeploymentStatus",
    },
    "v1.ObjectMeta": {
        **dict.fromkeys(("name", "namespace", "generateName", "clusterName"), "string"),
        "labels": _TEXTS,
        "annotations": _TEXTS,
        "finalizers": "[]string",
    },
    "v1.DeploymentSpec": {
        **dict.fromkeys(
            ("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"),
            "int32",
        ),
        "paused": "bool",
        "selector": "v1.LabelSelector",
        "strategy": "v1.DeploymentStrategy",
        "template": "v1.PodTemplateSpec",
    },
    "v1.DeploymentStatus": {},
    "v1.DeploymentStrategy": {"type": "string"},
    "v1.LabelSelector": {"matchLabels": _TEXTS},
    "v1.PodTemplateSpec": {"metadata": "v1.ObjectMeta", "spec": "v1.PodSpec"},
    "v1.PodSpec": {
        **dict.fromkeys(
            ("restartPolicy", "dnsPolicy", "serviceAccountName", "serviceAccount", "nodeName", "hostname"), "string"
        ),
        **dict.fromkeys(("subdomain", "schedulerName", "priorityClassName", "runtimeClassName"), "string"),
        **dict.fromkeys(("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"), "bool"),
        **dict.fromkeys(("automountServiceAccountToken", "enableServiceLinks"), "bool"),
        **dict.fromkeys(("terminationGracePeriodSeconds", "activeDeadlineSeconds"), "int64"),
        "priority": "int32",
        "nodeSelector": _TEXTS,
        "containers": "[]v1.Container",
        "initContainers": "[]v1.Container",
        "volumes": "[]v1.Volume",
        "tolerations": "[]v1.Toleration",
        "imagePullSecrets": "[]v1.LocalObjectReference",
        "securityContext": "v1.PodSecurityContext",
    },
    "v1.PodSecurityContext": {
        **dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), "int64"),
        "runAsNonRoot": "bool",
        "supplementalGroups": "[]int64",
    },
    "v1.Container": {
        **dict.fromkeys(("name", "image", "workingDir", "imagePullPolicy", "terminationMessagePath"), "string"),
        **dict.fromkeys(("stdin", "stdinOnce", "tty"), "bool"),
        "command": "[]string",
        "args": "[]string",
        "env": "[]v1.EnvVar",
        "ports": "[]v1.ContainerPort",
        "volumeMounts": "[]v1.VolumeMount",
        "resources": "v1.ResourceRequirements",
        "livenessProbe": "v1.Probe",
        "readinessProbe": "v1.Probe",
        "securityContext": "v1.SecurityContext",
    },
    "v1.SecurityContext": {
        **dict.fromkeys(("privileged", "runAsNonRoot", "readOnlyRootFilesystem"), "bool"),
        "allowPrivilegeEscalation": "bool",
        **dict.fromkeys(("runAsUser", "runAsGroup"), "int64"),
    },
    "v1.ResourceRequirements": {},
    "v1.EnvVar": {"name": "string", "value": "string"},
    "v1.ContainerPort": {
        **dict.fromkeys(("name", "protocol", "hostIP"), "string"),
        **dict.fromkeys(("hostPort", "containerPort"), "int32"),
    },
    "v1.VolumeMount": {**dict.fromkeys(("name", "mountPath", "subPath"), "string"), "readOnly": "bool"},
    "v1.Volume": {"name": "string"},
    "v1.LocalObjectReference": {"name": "string"},
    "v1.Probe": dict.fromkeys(
        ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"), "int32"
    ),
    "v1.Toleration": {
        **dict.fromkeys(("key", "operator", "value", "effect"), "string"),
        "tolerationSeconds": "int64",
    },
}
_PLAIN: dict[str, tuple[type, ...]] = {"string": (str,), "bool": (bool,), "int32": (int,), "int64": (int,)}


def fitted(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Deployment with its values in the types of their fields. Raises HelmError where one can't be."""
    found: dict[str, Any] = _fitted(deployment, "v1.Deployment", "", "")
    return found


def _fitted(value: Any, kind: str, path: str, owner: str) -> Any:
    if value is None:
        return None
    if kind.startswith("[]"):
        if not isinstance(value, list):
            raise _misfit(value, kind, path, owner)
        return [_fitted(one, kind[2:], path, owner) for one in value]
    if kind in _PLAIN:
        return _scalar(value, kind, path, owner)
    if not isinstance(value, dict):
        raise _misfit(value, kind, path, owner)
    fields = _STRUCTS.get(kind, {})
    below = f"{path}." if path else ""
    return {
        key: _scalar(one, "string", path, owner)
        if kind == _TEXTS
        else _fitted(one, fields[key], f"{below}{key}", kind.partition(".")[2])
        if key in fields
        else one
        for key, one in value.items()
    }


def _scalar(value: Any, kind: str, path: str, owner: str) -> Any:
    if kind == "string" and isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    wanted = _PLAIN[kind]
    if value is None or (isinstance(value, wanted) and not (isinstance(value, bool) and bool not in wanted)):
        return value
    raise _misfit(value, kind, path, owner)


def _misfit(value: Any, kind: str, path: str, owner: str) -> HelmError:
    names = {bool: "bool", str: "string", list: "array", dict: "object"}
    return HelmError(
        "Error unmarshalling Values to Deployment manifest: error unmarshaling JSON: while decoding JSON: json: cannot "
        f"unmarshal {names.get(type(value), 'number')} into Go struct field {owner}.{path} of type {kind} "
    )
