"""API versions that Kubernetes no longer serves: what to use instead, and objects brought to it.

A conversion is mechanical: it says in the new version what the object meant in the old one, also
where the two have other defaults. Pure; nothing here asks a cluster.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Removal:
    """A kind of a version that is gone: ``successor`` is an apiVersion, empty where there is none."""

    successor: str
    since: str  # the Kubernetes version without it
    convert: Callable[[Object], None] | None = None
    advice: str = ""


def removal_of(api_version: str, kind: str) -> Removal | None:
    """What became of a kind; None for one that was never removed, as far as is known here."""
    return REMOVED.get((api_version, kind))


def converted(document: Object) -> Object | None:
    """The object in the version that took over; None where that cannot be said mechanically."""
    removal = removal_of(str(document.get("apiVersion") or ""), str(document.get("kind") or ""))
    if removal is None or not removal.successor:
        return None
    made = deepcopy(document)
    if removal.convert is not None:
        removal.convert(made)
    made["apiVersion"] = removal.successor
    return made


def hint(api_version: str, kind: str, name: str, path: str) -> str:
    """What to do about an object of a removed version, to stand after an error; empty where nothing is known."""
    removal = removal_of(api_version, kind)
    if removal is None:
        return ""
    where = f" of {path}" if path else ""
    gone = f'{kind} "{name}"{where}: Kubernetes {removal.since} removed {api_version}'
    if not removal.successor:
        return f"; {gone} {kind}, and nothing takes its place: {removal.advice}"
    return f"; {gone} {kind}: use {removal.successor}"


def _maps(value: Any) -> list[Object]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _map(holder: Object, key: str) -> Object:
    """The map under a key, made where there is none."""
    if not isinstance(holder.get(key), dict):
        holder[key] = {}
    found: Object = holder[key]
    return found


def _inside(holder: Any, *keys: str) -> Any:
    for key in keys:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder


def _workload(document: Object) -> None:
    """The old versions took the selector from the template's labels, and could roll back by themselves."""
    spec = _map(document, "spec")
    spec.pop("rollbackTo", None)
    spec.pop("templateGeneration", None)
    labels = _inside(spec, "template", "metadata", "labels")
    if not spec.get("selector") and isinstance(labels, dict):
        spec["selector"] = {"matchLabels": dict(labels)}


def _by_hand(document: Object) -> None:
    """As ``_workload``, of kinds whose pods changed only when somebody deleted them."""
    _workload(document)
    _map(document, "spec").setdefault("updateStrategy", {"type": "OnDelete"})


def _ingress(document: Object) -> None:
    spec = _map(document, "spec")
    if "backend" in spec:
        spec["defaultBackend"] = _backend(spec.pop("backend"))
    for rule in _maps(spec.get("rules")):
        for path in _maps(_inside(rule, "http", "paths")):
            path.setdefault("pathType", "ImplementationSpecific")
            path["backend"] = _backend(path.get("backend"))


def _backend(backend: Any) -> Any:
    if not isinstance(backend, dict) or "serviceName" not in backend:
        return backend
    port = backend.get("servicePort")
    number = port if isinstance(port, int) else int(port) if isinstance(port, str) and port.isdecimal() else None
    found = {key: value for key, value in backend.items() if key not in {"serviceName", "servicePort"}}
    found["service"] = {
        "name": backend["serviceName"],
        "port": {"name": port} if number is None else {"number": number},
    }
    return found


def _budget(document: Object) -> None:
    """An empty selector chose nothing, and chooses everything now."""
    spec = _map(document, "spec")
    if spec.get("selector") == {}:
        del spec["selector"]


def _binding(document: Object) -> None:
    for subject in _maps(document.get("subjects")):
        group = subject.pop("apiVersion", None)
        if group and "/" in str(group):
            subject.setdefault("apiGroup", str(group).partition("/")[0])


def _autoscaler(document: Object) -> None:
    spec = _map(document, "spec")
    if "metrics" in spec:
        spec["metrics"] = [_metric(each) if isinstance(each, dict) else each for each in spec["metrics"] or []]


def _metric(metric: Object) -> Object:
    """One metric of v2beta1, whose targets were fields of their own."""
    sources = {
        "Resource": "resource",
        "ContainerResource": "containerResource",
        "Pods": "pods",
        "Object": "object",
        "External": "external",
    }
    place = sources.get(str(metric.get("type")), "")
    source = metric.get(place)
    if not isinstance(source, dict) or (isinstance(source.get("target"), dict) and place != "object"):
        return metric
    source = dict(source)
    found: Object = {}
    if place == "object" and "target" in source:
        found["describedObject"] = source.pop("target")
    for old, (sort, new) in _TARGETS.items():
        value = source.pop(old, None)
        if value is not None:
            found.setdefault("target", {"type": sort, new: value})
    if "metricName" in source:
        found["metric"] = {"name": source.pop("metricName")}
        selector = source.pop("metricSelector", None) or source.pop("selector", None)
        if selector is not None:
            found["metric"]["selector"] = selector
    return {**metric, place: {**source, **found}}


_TARGETS = {
    "targetAverageUtilization": ("Utilization", "averageUtilization"),
    "targetAverageValue": ("AverageValue", "averageValue"),
    "averageValue": ("AverageValue", "averageValue"),
    "targetValue": ("Value", "value"),
}


def _definition(document: Object) -> None:
    """One schema, set of columns and of subresources for all versions became one for each."""
    spec = _map(document, "spec")
    names = _map(spec, "names")
    spec.setdefault("scope", "Namespaced")
    shared = {
        "schema": _inside(spec.pop("validation", None), "openAPIV3Schema"),
        "subresources": spec.pop("subresources", None),
        "additionalPrinterColumns": spec.pop("additionalPrinterColumns", None),
    }
    single = spec.pop("version", None)
    versions = _maps(spec.get("versions")) or [{"name": single or "v1", "served": True, "storage": True}]
    prunes = spec.pop("preserveUnknownFields", True) is False
    spec["versions"] = [_version(each, shared, prunes=prunes) for each in versions]
    if isinstance(names.get("kind"), str):
        names.setdefault("singular", names["kind"].lower())
    conversion = spec.get("conversion")
    if isinstance(conversion, dict) and conversion.get("strategy") == "Webhook":
        client = conversion.pop("webhookClientConfig", None)
        reviewed = conversion.pop("conversionReviewVersions", ["v1beta1"])
        conversion["webhook"] = {"clientConfig": client, "conversionReviewVersions": reviewed}
    if str(spec.get("group")).endswith((".k8s.io", ".kubernetes.io")):
        annotations = _map(_map(document, "metadata"), "annotations")
        annotations.setdefault("api-approved.kubernetes.io", "unapproved, converted from v1beta1")
    document.pop("status", None)


def _version(version: Object, shared: Object, *, prunes: bool) -> Object:
    own = _inside(version.get("schema"), "openAPIV3Schema")
    schema = own if own is not None else shared["schema"]
    if not (isinstance(schema, dict) and _is_structural(schema, root=True)):
        schema, prunes = {}, False
    schema = {"type": "object", **schema}
    if not prunes:
        schema["x-kubernetes-preserve-unknown-fields"] = True
    found = {**version, "schema": {"openAPIV3Schema": schema}}
    for key in ("subresources", "additionalPrinterColumns"):
        if found.get(key) is None and shared[key] is not None:
            found[key] = deepcopy(shared[key])
    for column in _maps(found.get("additionalPrinterColumns")):
        if "JSONPath" in column:
            column["jsonPath"] = column.pop("JSONPath")
    return found


# What the newer version forbids in a schema.
_UNSTRUCTURED = {
    "$ref",
    "definitions",
    "dependencies",
    "deprecated",
    "discriminator",
    "id",
    "patternProperties",
    "readOnly",
    "writeOnly",
    "xml",
}


def _is_structural(schema: Any, *, root: bool = False) -> bool:
    """Whether every part of a schema says its type, as the newer version asks; else it is left out."""
    if not isinstance(schema, dict) or _UNSTRUCTURED & schema.keys() or schema.get("uniqueItems"):
        return False
    loose = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if not (schema.get("type") or loose or root):
        return False
    if schema.get("additionalProperties") is False or {"additionalProperties", "properties"} <= schema.keys():
        return False
    if {"anyOf", "oneOf", "allOf", "not"} & schema.keys() and not schema.get("x-kubernetes-int-or-string"):
        return False
    below = list((schema.get("properties") or {}).values())
    if "items" in schema:
        below.append(schema["items"])
    elif schema.get("type") == "array":
        return False
    if isinstance(schema.get("additionalProperties"), dict):
        below.append(schema["additionalProperties"])
    metadata = _inside(schema, "properties", "metadata") if root else None
    return all(_is_structural(each) for each in below if each is not metadata) and (
        metadata is None or metadata == {"type": "object"}
    )


def _webhooks(document: Object) -> None:
    for webhook in _maps(document.get("webhooks")):
        webhook.setdefault("failurePolicy", "Ignore")
        webhook.setdefault("matchPolicy", "Exact")
        webhook.setdefault("timeoutSeconds", 30)
        webhook.setdefault("admissionReviewVersions", ["v1beta1"])
        if webhook.get("sideEffects") not in {"None", "NoneOnDryRun"}:
            # v1 has no word for "unknown"; only dry runs ask for this.
            webhook["sideEffects"] = "NoneOnDryRun"


def _removed(
    versions: str, kinds: str, successor: str, since: str, convert: Callable[[Object], None] | None = None
) -> dict[tuple[str, str], Removal]:
    return {(v, kind): Removal(successor, since, convert) for v in versions.split() for kind in kinds.split()}


_ADMISSION = "use Pod Security admission (labels of the namespace) and take the policy out of the chart"
_RBAC = "Role ClusterRole"
_HOOKS = "ValidatingWebhookConfiguration MutatingWebhookConfiguration"

REMOVED: dict[tuple[str, str], Removal] = {
    **_removed("extensions/v1beta1 apps/v1beta1 apps/v1beta2", "Deployment ReplicaSet", "apps/v1", "1.16", _workload),
    **_removed("extensions/v1beta1", "DaemonSet", "apps/v1", "1.16", _by_hand),
    **_removed("apps/v1beta2", "DaemonSet StatefulSet", "apps/v1", "1.16", _workload),
    **_removed("apps/v1beta1", "StatefulSet", "apps/v1", "1.16", _by_hand),
    **_removed("apps/v1beta1 apps/v1beta2", "ControllerRevision", "apps/v1", "1.16"),
    **_removed("extensions/v1beta1", "NetworkPolicy", "networking.k8s.io/v1", "1.16"),
    **_removed("extensions/v1beta1 networking.k8s.io/v1beta1", "Ingress", "networking.k8s.io/v1", "1.22", _ingress),
    **_removed("networking.k8s.io/v1beta1", "IngressClass", "networking.k8s.io/v1", "1.22"),
    **_removed("batch/v2alpha1", "CronJob", "batch/v1", "1.21"),
    **_removed("batch/v1beta1", "CronJob", "batch/v1", "1.25"),
    **_removed("policy/v1beta1", "PodDisruptionBudget", "policy/v1", "1.25", _budget),
    **_removed(
        "rbac.authorization.k8s.io/v1alpha1 rbac.authorization.k8s.io/v1beta1",
        f"{_RBAC} {_RBAC.replace(' ', 'List ')}List",
        "rbac.authorization.k8s.io/v1",
        "1.22",
    ),
    **_removed(
        "rbac.authorization.k8s.io/v1alpha1 rbac.authorization.k8s.io/v1beta1",
        "RoleBinding ClusterRoleBinding",
        "rbac.authorization.k8s.io/v1",
        "1.22",
        _binding,
    ),
    **_removed("autoscaling/v2beta1", "HorizontalPodAutoscaler", "autoscaling/v2", "1.25", _autoscaler),
    **_removed("autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/v2", "1.26"),
    **_removed(
        "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "apiextensions.k8s.io/v1", "1.22", _definition
    ),
    **_removed("admissionregistration.k8s.io/v1beta1", _HOOKS, "admissionregistration.k8s.io/v1", "1.22", _webhooks),
    **_removed("apiregistration.k8s.io/v1beta1", "APIService", "apiregistration.k8s.io/v1", "1.22"),
    **_removed("scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1beta1", "PriorityClass", "scheduling.k8s.io/v1", "1.22"),
    **_removed("coordination.k8s.io/v1beta1", "Lease", "coordination.k8s.io/v1", "1.22"),
    **_removed(
        "storage.k8s.io/v1beta1", "StorageClass VolumeAttachment CSIDriver CSINode", "storage.k8s.io/v1", "1.22"
    ),
    ("extensions/v1beta1", "PodSecurityPolicy"): Removal("", "1.16", advice=_ADMISSION),
    ("policy/v1beta1", "PodSecurityPolicy"): Removal("", "1.25", advice=_ADMISSION),
}
