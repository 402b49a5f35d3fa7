"""Which objects an API server refuses, and in which words. Objects are of the stored version, conform and defaulted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tiller.sandbox import selectors
from tiller.sandbox.frozen import FROZEN
from tiller.sandbox.names import (
    KEY,
    LETTERS,
    SUBDOMAIN,
    check_labels,
    check_qualified,
    check_selector,
    is_subdomain,
    name_problem,
    too_long,
)
from tiller.sandbox.status import Cause, Causes
from tiller.sandbox.validate_pods import check_pod_spec, check_port, check_port_name, check_unique

Object = dict[str, Any]


_RBAC = "rbac.authorization.k8s.io"


_NAME_RULES = {
    ("", "Namespace"): "label",
    ("", "Service"): "label1035",
    **{(_RBAC, kind): "segment" for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")},
}


def check_new(kind: tuple[str, str], obj: Object) -> list[Cause]:
    """What is wrong with an object about to be created."""
    causes = Causes()
    _metadata(kind, obj["metadata"], causes)
    step = _CHECKS.get(kind)
    if step:
        step(obj, causes)
    return causes.found


def check_update(kind: tuple[str, str], new: Object, old: Object) -> list[Cause]:
    """What is wrong with an object about to replace ``old``."""
    causes = Causes()
    _metadata(kind, new["metadata"], causes)
    frozen = FROZEN.get(kind)
    if frozen:
        frozen(new, old, causes)
    step = _CHECKS.get(kind)
    if step:
        step(new, causes)
    return causes.found


def _metadata(kind: tuple[str, str], meta: Object, causes: Causes) -> None:
    name = meta.get("name", "")
    if not name:
        causes.required("metadata.name", "name or generateName is required")
    else:
        problem = name_problem(_NAME_RULES.get(kind, "subdomain"), name)
        if problem:
            causes.invalid("metadata.name", name, problem)
    check_labels("metadata.labels", meta.get("labels"), causes)
    for key in meta.get("annotations") or {}:
        check_qualified("metadata.annotations", key.lower(), causes)
    size = sum(len(k) + len(v) for k, v in (meta.get("annotations") or {}).items())
    if size > 256 * 1024:
        causes.found.append(
            Cause("metadata.annotations", "Too long: may not be more than 262144 bytes", "FieldValueTooLong")
        )
    for i, owner in enumerate(meta.get("ownerReferences") or ()):
        for field in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(field):
                causes.invalid(f"metadata.ownerReferences[{i}].{field}", "", "must not be empty")
    for finalizer in meta.get("finalizers") or ():
        check_qualified("metadata.finalizers", finalizer, causes)


def _check_pod(obj: Object, causes: Causes) -> None:
    check_pod_spec("spec", obj["spec"], causes)


def _replicas(spec: Object, causes: Causes) -> None:
    if spec.get("replicas", 0) < 0:
        causes.invalid("spec.replicas", spec["replicas"], "must be greater than or equal to 0")


def _check_workload(obj: Object, causes: Causes) -> None:
    """Deployment, ReplicaSet, DaemonSet, StatefulSet."""
    spec = obj["spec"]
    _replicas(spec, causes)
    selector = spec.get("selector")
    if selector is None:
        causes.required("spec.selector")
    else:
        check_selector("spec.selector", selector, causes)
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            causes.invalid("spec.selector", selector, "empty selector is invalid for " + obj["kind"].lower())
    template = spec["template"]
    labels = (template.get("metadata") or {}).get("labels")
    found = selectors.of_object(selector)
    if found is None or not selectors.matches(found, labels):
        causes.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
    check_labels("spec.template.labels", labels, causes)
    check_pod_spec("spec.template.spec", template["spec"], causes, spec.get("volumeClaimTemplates") or ())
    _always(template["spec"], causes)
    if obj["kind"] == "Deployment":
        kinds = ("Recreate", "RollingUpdate")
        strategy = spec["strategy"]
        if strategy.get("type") not in kinds:
            causes.unsupported("spec.strategy.type", strategy.get("type"), kinds)
        elif strategy["type"] == "Recreate" and strategy.get("rollingUpdate"):
            causes.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")


def _always(spec: Object, causes: Causes) -> None:
    if spec.get("restartPolicy") != "Always":
        causes.unsupported("spec.template.spec.restartPolicy", spec.get("restartPolicy"), ("Always",))


def _check_controller(obj: Object, causes: Causes) -> None:
    spec = obj["spec"]
    _replicas(spec, causes)
    labels = (spec["template"].get("metadata") or {}).get("labels") or {}
    selector = spec.get("selector")
    if not selector:
        causes.required("spec.selector")
    elif any(labels.get(k) != v for k, v in selector.items()):
        causes.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
    check_pod_spec("spec.template.spec", spec["template"]["spec"], causes)
    _always(spec["template"]["spec"], causes)


def _job_spec(path: str, spec: Object, causes: Causes) -> None:
    for field in ("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"):
        if spec.get(field, 0) < 0:
            causes.invalid(f"{path}.{field}", spec[field], "must be greater than or equal to 0")
    check_pod_spec(f"{path}.template.spec", spec["template"]["spec"], causes)
    policy = spec["template"]["spec"].get("restartPolicy")
    where = f"{path}.template.spec.restartPolicy"
    if policy is None:
        causes.required(where, 'valid values: "OnFailure", "Never"')
    elif policy == "Always":
        causes.unsupported(where, policy, ("OnFailure", "Never"))


def _check_job(obj: Object, causes: Causes) -> None:
    _job_spec("spec", obj["spec"], causes)


def _check_cron_job(obj: Object, causes: Causes) -> None:
    spec = obj["spec"]
    if not spec.get("schedule"):
        causes.required("spec.schedule")
    elif not spec["schedule"].startswith("@") and len(spec["schedule"].split()) != 5:
        words = spec["schedule"].split()
        why = f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]"
        causes.invalid("spec.schedule", spec["schedule"], why)
    if len(obj["metadata"].get("name", "")) > 52:
        causes.invalid("metadata.name", obj["metadata"]["name"], "must be no more than 52 characters")
    _job_spec("spec.jobTemplate.spec", spec["jobTemplate"]["spec"], causes)


_SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def _check_service(obj: Object, causes: Causes) -> None:
    spec = obj["spec"]
    kind = spec.get("type")
    if kind not in _SERVICE_TYPES:
        causes.unsupported("spec.type", kind, _SERVICE_TYPES)
    ports = spec.get("ports") or []
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        causes.required("spec.ports")
    if kind == "ExternalName" and not spec.get("externalName"):
        causes.invalid("spec.externalName", "", SUBDOMAIN)
    policy = spec.get("externalTrafficPolicy")
    if policy and kind not in {"NodePort", "LoadBalancer"} and not spec.get("externalIPs"):
        causes.invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services")
    seen = set()
    for i, port in enumerate(ports):
        where = f"spec.ports[{i}]"
        if len(ports) > 1 and not port.get("name"):
            causes.required(f"{where}.name")
        if port.get("name") and name_problem("label", port["name"]):
            causes.invalid(f"{where}.name", port["name"], name_problem("label", port["name"]))
        check_port(f"{where}.port", port.get("port", 0), causes)
        if port.get("protocol") not in {"TCP", "UDP", "SCTP"}:
            causes.unsupported(f"{where}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))
        target = port.get("targetPort")
        if isinstance(target, int):
            check_port(f"{where}.targetPort", target, causes)
        else:
            check_port_name(f"{where}.targetPort", target, causes)
        same = (port.get("protocol"), port.get("port"))
        if same in seen:
            causes.found.append(
                Cause(where, f"Duplicate value: {json.dumps(port, sort_keys=True)}", "FieldValueDuplicate")
            )
        seen.add(same)
    check_unique("spec.ports", ports, causes)
    check_labels("spec.selector", spec.get("selector"), causes)


def _check_data(obj: Object, causes: Causes) -> None:
    total = 0
    for field in ("data", "binaryData", "stringData"):
        for key, value in (obj.get(field) or {}).items():
            total += len(key) + len(value)
            if not key or not set(key) <= LETTERS | set("-_.") or key in {".", ".."}:
                causes.invalid(f"{field}[{key}]", key, KEY)
            if len(key) > 253:
                causes.invalid(f"{field}[{key}]", key, too_long(253))
    limit = 1024 * 1024 if obj["kind"] == "ConfigMap" else 1024 * 1024 * 4 // 3 + 4
    if total > limit:
        where = "[]" if obj["kind"] == "ConfigMap" else "data"
        causes.found.append(Cause(where, "Too long: may not be more than 1048576 bytes", "FieldValueTooLong"))
    if obj["kind"] == "Secret":
        for key in _SECRET_KEYS.get(obj.get("type", ""), ()):
            if key not in (obj.get("data") or {}):
                causes.required(f"data[{key}]")


_SECRET_KEYS = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


def _check_claim(obj: Object, causes: Causes) -> None:
    spec = obj["spec"]
    if not spec.get("accessModes"):
        causes.required("spec.accessModes", "at least 1 access mode is required")
    modes = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
    for mode in spec.get("accessModes") or ():
        if mode not in modes:
            causes.unsupported("spec.accessModes", mode, modes)
    if "storage" not in ((spec.get("resources") or {}).get("requests") or {}):
        causes.required("spec.resources[storage]")


def _check_ingress(obj: Object, causes: Causes) -> None:
    spec = obj.get("spec") or {}
    if not spec.get("rules") and not spec.get("defaultBackend"):
        causes.invalid("spec", spec.get("rules"), "either `defaultBackend` or `rules` must be specified")
    types = ("Exact", "ImplementationSpecific", "Prefix")
    for i, rule in enumerate(spec.get("rules") or ()):
        host = rule.get("host")
        if host and not is_subdomain(host.removeprefix("*.")):
            causes.invalid(f"spec.rules[{i}].host", host, SUBDOMAIN)
        if "http" not in rule:
            continue
        if not rule["http"].get("paths"):
            causes.required(f"spec.rules[{i}].http.paths")
        for n, path in enumerate(rule["http"].get("paths") or ()):
            where = f"spec.rules[{i}].http.paths[{n}]"
            if not path.get("pathType"):
                causes.required(f"{where}.pathType", "pathType must be specified")
            elif path["pathType"] not in types:
                causes.unsupported(f"{where}.pathType", path["pathType"], types)
            elif path["pathType"] != "ImplementationSpecific" and not str(path.get("path", "")).startswith("/"):
                causes.invalid(f"{where}.path", path.get("path", ""), "must be an absolute path")
            _backend(f"{where}.backend", path.get("backend") or {}, causes)


def _backend(path: str, backend: Object, causes: Causes) -> None:
    if "resource" in backend:
        return
    service = backend.get("service")
    if service is None:
        causes.required(path, "either `service` or `resource` must be specified")
        return
    if not service.get("name"):
        causes.required(f"{path}.service.name")
    port = service.get("port") or {}
    if not port.get("name") and not port.get("number"):
        causes.required(path, "port name or number is required")


def _check_role(obj: Object, causes: Causes) -> None:
    for i, rule in enumerate(obj.get("rules") or ()):
        if not rule.get("verbs"):
            causes.required(f"rules[{i}].verbs", "verbs must contain at least one value")
        if rule.get("nonResourceURLs"):
            continue
        if not rule.get("apiGroups"):
            causes.required(f"rules[{i}].apiGroups", "resource rules must supply at least one api group")
        if not rule.get("resources"):
            causes.required(f"rules[{i}].resources", "resource rules must supply at least one resource")


def _check_binding(obj: Object, causes: Causes) -> None:
    reference = obj.get("roleRef") or {}
    kinds = ("Role", "ClusterRole") if obj["kind"] == "RoleBinding" else ("ClusterRole",)
    if reference.get("kind") not in kinds:
        causes.unsupported("roleRef.kind", reference.get("kind", ""), kinds)
    if not reference.get("name"):
        causes.required("roleRef.name")
    for i, subject in enumerate(obj.get("subjects") or ()):
        where = f"subjects[{i}]"
        if not subject.get("name"):
            causes.required(f"{where}.name")
        if subject.get("kind") not in {"ServiceAccount", "User", "Group"}:
            causes.unsupported(f"{where}.kind", subject.get("kind", ""), ("Group", "ServiceAccount", "User"))
        elif subject["kind"] == "ServiceAccount" and obj["kind"] != "RoleBinding" and not subject.get("namespace"):
            causes.required(f"{where}.namespace")


def _check_autoscaler(obj: Object, causes: Causes) -> None:
    spec = obj["spec"]
    if spec.get("maxReplicas", 0) < 1:
        causes.invalid("spec.maxReplicas", spec.get("maxReplicas", 0), "must be greater than 0")
    elif spec["maxReplicas"] < spec.get("minReplicas", 1):
        causes.invalid("spec.maxReplicas", spec["maxReplicas"], "must be greater than or equal to `minReplicas`")
    target = spec.get("scaleTargetRef") or {}
    for field in ("kind", "name"):
        if not target.get(field):
            causes.required(f"spec.scaleTargetRef.{field}")


def _check_budget(obj: Object, causes: Causes) -> None:
    spec = obj.get("spec") or {}
    if "minAvailable" in spec and "maxUnavailable" in spec:
        causes.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")
    check_selector("spec.selector", spec.get("selector") or {}, causes)


def _check_crd(obj: Object, causes: Causes) -> None:
    spec = obj["spec"]
    names = spec.get("names") or {}
    for field in ("plural", "singular", "kind", "listKind"):
        if not names.get(field):
            causes.required(f"spec.names.{field}")
    if not spec.get("group"):
        causes.required("spec.group")
    scopes = ("Cluster", "Namespaced")
    if spec.get("scope") not in scopes:
        causes.required("spec.scope") if not spec.get("scope") else causes.unsupported(
            "spec.scope", spec["scope"], scopes
        )
    expected = f"{names.get('plural')}.{spec.get('group')}"
    if obj["metadata"].get("name") != expected:
        causes.invalid("metadata.name", obj["metadata"].get("name"), 'must be spec.names.plural+"."+spec.group')
    versions = spec.get("versions") or []
    if sum(1 for v in versions if v.get("storage")) != 1:
        shown = spec.get("versions")
        causes.invalid("spec.versions", shown, "must have exactly one version marked as storage version")
    for i, version in enumerate(versions):
        if not (version.get("schema") or {}).get("openAPIV3Schema"):
            causes.required(f"spec.versions[{i}].schema.openAPIV3Schema", "schemas are required")


def _check_storage_class(obj: Object, causes: Causes) -> None:
    if not obj.get("provisioner"):
        causes.required("provisioner")


def _check_webhooks(obj: Object, causes: Causes) -> None:
    for i, hook in enumerate(obj.get("webhooks") or ()):
        if not hook.get("name"):
            causes.required(f"webhooks[{i}].name")
        if not hook.get("sideEffects"):
            causes.required(f"webhooks[{i}].sideEffects", "must specify one of None, NoneOnDryRun")
        if not hook.get("admissionReviewVersions"):
            causes.required(f"webhooks[{i}].admissionReviewVersions", "must specify one of v1, v1beta1")
        if not hook.get("clientConfig"):
            causes.required(f"webhooks[{i}].clientConfig", "exactly one of url or service is required")


Check = Callable[[Object, Causes], None]


_CHECKS: dict[tuple[str, str], Check] = {
    ("", "Pod"): _check_pod,
    ("", "ReplicationController"): _check_controller,
    ("", "Service"): _check_service,
    ("", "ConfigMap"): _check_data,
    ("", "Secret"): _check_data,
    ("", "PersistentVolumeClaim"): _check_claim,
    ("apps", "Deployment"): _check_workload,
    ("apps", "ReplicaSet"): _check_workload,
    ("apps", "DaemonSet"): _check_workload,
    ("apps", "StatefulSet"): _check_workload,
    ("batch", "Job"): _check_job,
    ("batch", "CronJob"): _check_cron_job,
    ("networking.k8s.io", "Ingress"): _check_ingress,
    ("autoscaling", "HorizontalPodAutoscaler"): _check_autoscaler,
    ("policy", "PodDisruptionBudget"): _check_budget,
    (_RBAC, "Role"): _check_role,
    (_RBAC, "ClusterRole"): _check_role,
    (_RBAC, "RoleBinding"): _check_binding,
    (_RBAC, "ClusterRoleBinding"): _check_binding,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _check_crd,
    ("storage.k8s.io", "StorageClass"): _check_storage_class,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): _check_webhooks,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): _check_webhooks,
}
