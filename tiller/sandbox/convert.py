"""Old group versions ↔ the version in which objects are kept.

Most old versions have today's shape and only another apiVersion; the table names those that do not.
Every function takes a copy that it may change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiller.sandbox.resources import Resource
from tiller.sandbox.store import copy_json

Object = dict[str, Any]


def to_storage(obj: Object, resource: Resource) -> Object:
    """A copy in the stored version. ``obj`` may be partial (an apply configuration)."""
    out: Object = copy_json(obj)
    step = _IN.get((resource.group_version, resource.kind))
    if step:
        step(out)
    out["apiVersion"], out["kind"] = resource.stored_as, resource.kind
    return out


def from_storage(obj: Object, resource: Resource) -> Object:
    """The stored object as ``resource``'s version shows it; itself where nothing differs. Not to be changed."""
    if obj["apiVersion"] == resource.group_version:
        return obj
    step = _OUT.get((resource.group_version, resource.kind))
    out = copy_json(obj) if step else dict(obj)
    if step:
        step(out)
    out["apiVersion"] = resource.group_version
    return out


def _dict(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[Object]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _selector_from_template(obj: Object) -> None:
    """extensions/v1beta1 and apps/v1beta1 let the selector be left out."""
    spec = _dict(obj.get("spec"))
    spec.pop("rollbackTo", None)
    labels = _dict(_dict(spec.get("template")).get("metadata")).get("labels")
    if isinstance(labels, dict) and labels and not spec.get("selector"):
        spec["selector"] = {"matchLabels": dict(labels)}


def _backend_in(backend: Object) -> Object:
    if "serviceName" not in backend and "servicePort" not in backend:
        return backend
    out = {k: v for k, v in backend.items() if k not in {"serviceName", "servicePort"}}
    service: Object = {"name": backend.get("serviceName")}
    port = backend.get("servicePort")
    if port is not None:
        service["port"] = {"number": port} if isinstance(port, int) else {"name": port}
    return {**out, "service": service}


def _backend_out(backend: Object) -> Object:
    service = backend.get("service")
    if not isinstance(service, dict):
        return backend
    out = {k: v for k, v in backend.items() if k != "service"}
    port = _dict(service.get("port"))
    return {**out, "serviceName": service.get("name"), "servicePort": port.get("number", port.get("name"))}


def _ingress_in(obj: Object) -> None:
    spec = _dict(obj.get("spec"))
    if isinstance(spec.get("backend"), dict):
        spec["defaultBackend"] = _backend_in(spec.pop("backend"))
    for rule in _items(spec.get("rules")):
        for path in _items(_dict(rule.get("http")).get("paths")):
            path.setdefault("pathType", "ImplementationSpecific")
            if isinstance(path.get("backend"), dict):
                path["backend"] = _backend_in(path["backend"])


def _ingress_out(obj: Object) -> None:
    spec = _dict(obj.get("spec"))
    if "defaultBackend" in spec:
        spec["backend"] = _backend_out(spec.pop("defaultBackend"))
    for rule in _items(spec.get("rules")):
        for path in _items(_dict(rule.get("http")).get("paths")):
            path["backend"] = _backend_out(_dict(path.get("backend")))


_ANYTHING: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def _keep_unknown(schema: Object) -> None:
    """v1beta1 prunes nothing unless told to, at no depth; v1 says so object by object."""
    if schema.get("type", "object") == "object":
        schema.setdefault("x-kubernetes-preserve-unknown-fields", True)
    for inner in (*_dict(schema.get("properties")).values(), schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            _keep_unknown(inner)


def _crd_in(obj: Object) -> None:
    spec = _dict(obj.get("spec"))
    if not spec:
        return
    versions = _items(spec.get("versions")) or (
        [{"name": spec["version"], "served": True, "storage": True}] if spec.get("version") else []
    )
    schema = _dict(spec.pop("validation", None)) or {"openAPIV3Schema": _ANYTHING}
    subresources, columns = spec.pop("subresources", None), spec.pop("additionalPrinterColumns", None)
    for version in versions:
        version.setdefault("served", True)
        version.setdefault("storage", len(versions) == 1)
        found = _dict(version.get("schema")) or copy_json(schema)
        root = found.get("openAPIV3Schema")
        if isinstance(root, dict):
            root.setdefault("type", "object")
            if spec.get("preserveUnknownFields", True):
                _keep_unknown(root)
        version["schema"] = found
        if subresources is not None:
            version.setdefault("subresources", copy_json(subresources))
        if columns is not None:
            version.setdefault("additionalPrinterColumns", copy_json(columns))
        for column in _items(version.get("additionalPrinterColumns")):
            if "JSONPath" in column:
                column["jsonPath"] = column.pop("JSONPath")
    spec["versions"] = versions
    spec.pop("version", None)
    spec.pop("preserveUnknownFields", None)
    conversion = _dict(spec.get("conversion"))
    if "webhookClientConfig" in conversion:
        review = conversion.pop("conversionReviewVersions", ["v1beta1"])
        conversion["webhook"] = {
            "clientConfig": conversion.pop("webhookClientConfig"),
            "conversionReviewVersions": review,
        }
    names = _dict(spec.get("names"))
    if names.get("kind"):
        names.setdefault("singular", str(names["kind"]).lower())
        names.setdefault("listKind", f"{names['kind']}List")


def _crd_out(obj: Object) -> None:
    spec = _dict(obj.get("spec"))
    versions = _items(spec.get("versions"))
    if not versions:
        return
    spec["version"] = versions[0].get("name")
    spec["preserveUnknownFields"] = True
    for version in versions:
        for column in _items(version.get("additionalPrinterColumns")):
            if "jsonPath" in column:
                column["JSONPath"] = column.pop("jsonPath")
    for inner, outer in (
        ("schema", "validation"),
        ("subresources", "subresources"),
        ("additionalPrinterColumns", "additionalPrinterColumns"),
    ):
        first = versions[0].get(inner)
        if first is not None and all(v.get(inner) == first for v in versions):
            spec[outer] = first
            for version in versions:
                version.pop(inner)
    conversion = _dict(spec.get("conversion"))
    webhook = conversion.pop("webhook", None)
    if isinstance(webhook, dict):
        conversion["webhookClientConfig"] = webhook.get("clientConfig")
        conversion["conversionReviewVersions"] = webhook.get("conversionReviewVersions")


def _hpa_v1_in(obj: Object) -> None:
    spec = _dict(obj.get("spec"))
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    if percent is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def _hpa_v1_out(obj: Object) -> None:
    spec = _dict(obj.get("spec"))
    for metric in _items(spec.pop("metrics", None)):
        resource = _dict(metric.get("resource"))
        percent = _dict(resource.get("target")).get("averageUtilization")
        if resource.get("name") == "cpu" and percent is not None:
            spec["targetCPUUtilizationPercentage"] = percent
    spec.pop("behavior", None)
    status = _dict(obj.get("status"))
    status.pop("conditions", None)
    status.pop("currentMetrics", None)


# v2beta1's flat names of a target → v2's type and field.
_TARGETS = (
    ("targetAverageUtilization", "Utilization", "averageUtilization"),
    ("targetAverageValue", "AverageValue", "averageValue"),
    ("targetValue", "Value", "value"),
    ("averageValue", "AverageValue", "averageValue"),
)


def _hpa_v2beta1_in(obj: Object) -> None:
    for metric in _items(_dict(obj.get("spec")).get("metrics")):
        for source in ("resource", "pods", "object", "external", "containerResource"):
            body = metric.get(source)
            if not isinstance(body, dict):
                continue
            if source == "object" and "target" in body:
                body["describedObject"] = body.pop("target")
            for old, kind, new in _TARGETS:
                if old in body:
                    body["target"] = {"type": kind, new: body.pop(old)}
            if "metricName" in body:
                body["metric"] = {"name": body.pop("metricName")}
                selector = body.pop("metricSelector", body.pop("selector", None))
                if selector is not None:
                    body["metric"]["selector"] = selector


def _hpa_v2beta1_out(obj: Object) -> None:
    flat = {
        ("Utilization", "averageUtilization"): "targetAverageUtilization",
        ("AverageValue", "averageValue"): "targetAverageValue",
        ("Value", "value"): "targetValue",
    }
    for metric in _items(_dict(obj.get("spec")).get("metrics")):
        for source, body in metric.items():
            if not isinstance(body, dict):
                continue
            target = _dict(body.pop("target", None))
            for (kind, field), old in flat.items():
                if target.get("type") == kind and field in target:
                    body["averageValue" if (source, kind) == ("object", "AverageValue") else old] = target[field]
            if source == "object" and "describedObject" in body:
                body["target"] = body.pop("describedObject")
            name = _dict(body.pop("metric", None))
            if name:
                body["metricName"] = name.get("name")
                if "selector" in name:
                    body["metricSelector" if source == "external" else "selector"] = name["selector"]


def _webhooks_in(obj: Object) -> None:
    for hook in _items(obj.get("webhooks")):
        hook.setdefault("admissionReviewVersions", ["v1beta1"])
        hook.setdefault("sideEffects", "Unknown")
        hook.setdefault("failurePolicy", "Ignore")
        hook.setdefault("matchPolicy", "Exact")
        hook.setdefault("timeoutSeconds", 30)


def _rbac_v1alpha1_in(obj: Object) -> None:
    for subject in _items(obj.get("subjects")):
        version = subject.pop("apiVersion", None)
        if version and "/" in str(version):
            subject.setdefault("apiGroup", str(version).partition("/")[0])


def _csr_in(obj: Object) -> None:
    spec = _dict(obj.get("spec"))
    if spec:
        spec.setdefault("signerName", "kubernetes.io/legacy-unknown")


def _slice_in(obj: Object) -> None:
    for endpoint in _items(obj.get("endpoints")):
        topology = _dict(endpoint.pop("topology", None))
        if "topology.kubernetes.io/zone" in topology:
            endpoint.setdefault("zone", topology["topology.kubernetes.io/zone"])


Step = Callable[[Object], None]
_RBAC = ("ClusterRoleBinding", "RoleBinding")
_HOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")

_IN: dict[tuple[str, str], Step] = {
    ("extensions/v1beta1", "Deployment"): _selector_from_template,
    ("extensions/v1beta1", "DaemonSet"): _selector_from_template,
    ("extensions/v1beta1", "ReplicaSet"): _selector_from_template,
    ("apps/v1beta1", "Deployment"): _selector_from_template,
    ("apps/v1beta1", "StatefulSet"): _selector_from_template,
    ("extensions/v1beta1", "Ingress"): _ingress_in,
    ("networking.k8s.io/v1beta1", "Ingress"): _ingress_in,
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): _crd_in,
    ("autoscaling/v1", "HorizontalPodAutoscaler"): _hpa_v1_in,
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): _hpa_v2beta1_in,
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest"): _csr_in,
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): _slice_in,
    **{("admissionregistration.k8s.io/v1beta1", kind): _webhooks_in for kind in _HOOKS},
    **{("rbac.authorization.k8s.io/v1alpha1", kind): _rbac_v1alpha1_in for kind in _RBAC},
}
_OUT: dict[tuple[str, str], Step] = {
    ("extensions/v1beta1", "Ingress"): _ingress_out,
    ("networking.k8s.io/v1beta1", "Ingress"): _ingress_out,
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): _crd_out,
    ("autoscaling/v1", "HorizontalPodAutoscaler"): _hpa_v1_out,
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): _hpa_v2beta1_out,
}
