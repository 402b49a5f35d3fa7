"""Which objects an API server refuses, and in which words. Objects are of the stored version, conform and defaulted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from tiller.sandbox import selectors
from tiller.sandbox.status import Cause, Causes

Object = dict[str, Any]

_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_ALNUM = _LOWER | _DIGITS
_LETTERS = _ALNUM | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
    "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_1035 = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and "
    "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_LABEL_NAME = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def _is_label(text: str) -> bool:
    return bool(text) and set(text) <= _ALNUM | {"-"} and text[0] != "-" and text[-1] != "-"


def _is_subdomain(text: str) -> bool:
    return all(_is_label(part) for part in text.split("."))


def _is_qualified(text: str) -> bool:
    return bool(text) and set(text) <= _LETTERS | set("-_.") and text[0] in _LETTERS and text[-1] in _LETTERS


def _too_long(limit: int) -> str:
    return f"must be no more than {limit} bytes"


def name_problem(rule: str, name: str) -> str:
    """Why ``name`` breaks ``rule`` (subdomain, label, label1035, segment), or nothing."""
    if rule == "segment":
        bad = next((c for c in "/%" if c in name), "")
        if name in {".", ".."}:
            return f"may not be '{name}'"
        return f"may not contain '{bad}'" if bad else ""
    if rule == "subdomain":
        return _too_long(253) if len(name) > 253 else ("" if _is_subdomain(name) else _SUBDOMAIN)
    if len(name) > 63:
        return _too_long(63)
    if rule == "label1035":
        return "" if _is_label(name) and name[0] in _LOWER else _LABEL_1035
    return "" if _is_label(name) else _LABEL


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
    step = _CHECKS.get(kind)
    if step:
        step(new, causes)
    frozen = _FROZEN.get(kind)
    if frozen:
        frozen(new, old, causes)
    return causes.found


def _metadata(kind: tuple[str, str], meta: Object, causes: Causes) -> None:
    name = meta.get("name", "")
    if not name:
        causes.required("metadata.name", "name or generateName is required")
    else:
        problem = name_problem(_NAME_RULES.get(kind, "subdomain"), name)
        if problem:
            causes.invalid("metadata.name", name, problem)
    _labels("metadata.labels", meta.get("labels"), causes)
    for key in meta.get("annotations") or {}:
        _qualified_name("metadata.annotations", key.lower(), causes)
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
        _qualified_name("metadata.finalizers", finalizer, causes)


def _qualified_name(path: str, key: str, causes: Causes) -> None:
    prefix, slash, name = key.rpartition("/")
    if slash and not _is_subdomain(prefix):
        causes.invalid(path, key, f"prefix part {_SUBDOMAIN}" if prefix else "prefix part must be non-empty")
    if not name:
        causes.invalid(path, key, "name part must be non-empty")
    elif len(name) > 63:
        causes.invalid(path, key, f"name part {_too_long(63)}")
    elif not _is_qualified(name):
        causes.invalid(path, key, _LABEL_NAME)


def _labels(path: str, labels: Any, causes: Causes) -> None:
    for key, value in (labels or {}).items():
        _qualified_name(path, key, causes)
        if len(value) > 63:
            causes.invalid(path, value, _too_long(63))
        elif value and not _is_qualified(value):
            causes.invalid(path, value, _LABEL_VALUE)


def _selector(path: str, selector: Object, causes: Causes) -> None:
    _labels(f"{path}.matchLabels", selector.get("matchLabels"), causes)
    operators = ("In", "NotIn", "Exists", "DoesNotExist")
    for i, e in enumerate(selector.get("matchExpressions") or ()):
        where = f"{path}.matchExpressions[{i}]"
        operator = e.get("operator", "")
        if operator not in operators:
            causes.invalid(f"{where}.operator", operator, "not a valid selector operator")
        elif operator in {"In", "NotIn"} and not e.get("values"):
            causes.required(f"{where}.values", "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in {"Exists", "DoesNotExist"} and e.get("values"):
            causes.forbidden(f"{where}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")


def _port(path: str, value: Any, causes: Causes) -> None:
    if not isinstance(value, int) or not 0 < value < 65536:
        causes.invalid(path, value, "must be between 1 and 65535, inclusive")


def _container(path: str, container: Object, volumes: set[str], causes: Causes) -> None:
    name = container.get("name", "")
    if not name:
        causes.required(f"{path}.name")
    elif name_problem("label", name):
        causes.invalid(f"{path}.name", name, name_problem("label", name))
    if not container.get("image"):
        causes.required(f"{path}.image")
    _names(f"{path}.ports", container.get("ports") or (), causes)
    for i, port in enumerate(container.get("ports") or ()):
        if "containerPort" not in port:
            causes.required(f"{path}.ports[{i}].containerPort")
        else:
            _port(f"{path}.ports[{i}].containerPort", port["containerPort"], causes)
        if port.get("protocol") not in {"TCP", "UDP", "SCTP"}:
            causes.unsupported(f"{path}.ports[{i}].protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))
        _port_name(f"{path}.ports[{i}].name", port.get("name"), causes)
    for i, env in enumerate(container.get("env") or ()):
        if not env.get("name"):
            causes.required(f"{path}.env[{i}].name")
        if env.get("valueFrom") and env.get("value"):
            causes.invalid(f"{path}.env[{i}].valueFrom", "", "may not be specified when `value` is not empty")
    seen = set()
    for i, mount in enumerate(container.get("volumeMounts") or ()):
        where = f"{path}.volumeMounts[{i}]"
        if not mount.get("name"):
            causes.required(f"{where}.name")
        elif mount["name"] not in volumes:
            causes.found.append(Cause(f"{where}.name", f"Not found: {json.dumps(mount['name'])}", "FieldValueNotFound"))
        target = mount.get("mountPath", "")
        if not target:
            causes.required(f"{where}.mountPath")
        elif target in seen:
            causes.invalid(f"{where}.mountPath", target, "must be unique")
        seen.add(target)
    if container.get("imagePullPolicy") not in {"Always", "IfNotPresent", "Never"}:
        choices = ("Always", "IfNotPresent", "Never")
        causes.unsupported(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), choices)
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        if kind in container and not {"exec", "httpGet", "tcpSocket", "grpc"} & set(container[kind]):
            causes.required(f"{path}.{kind}", "must specify a handler type")


def _port_name(path: str, name: Any, causes: Causes) -> None:
    if not name:
        return
    if len(name) > 15:
        causes.invalid(path, name, "must be no more than 15 characters")
    elif not set(name) <= _ALNUM | {"-"} or not set(name) & _LOWER or "--" in name or "-" in (name[0], name[-1]):
        why = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        causes.invalid(path, name, why)


def _names(path: str, items: Iterable[Object], causes: Causes, key: str = "name") -> None:
    seen = set()
    for i, item in enumerate(items):
        name = item.get(key)
        if name and name in seen:
            causes.duplicate(f"{path}[{i}].{key}", name)
        seen.add(name)


def _pod_spec(path: str, spec: Object, causes: Causes, claims: Iterable[Object] = ()) -> None:
    """``claims`` are a StatefulSet's volumeClaimTemplates: their names count as volumes."""
    volumes = spec.get("volumes") or ()
    known = {v.get("name", "") for v in volumes} | {(c.get("metadata") or {}).get("name", "") for c in claims}
    for i, volume in enumerate(volumes):
        if not volume.get("name"):
            causes.required(f"{path}.volumes[{i}].name")
        elif name_problem("label", volume["name"]):
            causes.invalid(f"{path}.volumes[{i}].name", volume["name"], name_problem("label", volume["name"]))
        if len(volume) > 2:
            causes.forbidden(
                f"{path}.volumes[{i}].{sorted(set(volume) - {'name'})[1]}", "may not specify more than 1 volume type"
            )
    _names(f"{path}.volumes", volumes, causes)
    if not spec.get("containers"):
        causes.required(f"{path}.containers")
    for group in ("containers", "initContainers"):
        for i, container in enumerate(spec.get(group) or ()):
            _container(f"{path}.{group}[{i}]", container, known, causes)
        _names(f"{path}.{group}", spec.get(group) or (), causes)
    policy = spec.get("restartPolicy")
    if policy not in {None, "Always", "OnFailure", "Never"}:
        causes.unsupported(f"{path}.restartPolicy", policy, ("Always", "OnFailure", "Never"))
    dns = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
    if spec.get("dnsPolicy") not in dns:
        causes.unsupported(f"{path}.dnsPolicy", spec.get("dnsPolicy"), dns)
    account = spec.get("serviceAccountName")
    if account and name_problem("subdomain", account):
        causes.invalid(f"{path}.serviceAccountName", account, name_problem("subdomain", account))


def _check_pod(obj: Object, causes: Causes) -> None:
    _pod_spec("spec", obj["spec"], causes)


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
        _selector("spec.selector", selector, causes)
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            causes.invalid("spec.selector", selector, "empty selector is invalid for " + obj["kind"].lower())
    template = spec["template"]
    labels = (template.get("metadata") or {}).get("labels")
    found = selectors.of_object(selector)
    if found is None or not selectors.matches(found, labels):
        causes.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
    _labels("spec.template.labels", labels, causes)
    _pod_spec("spec.template.spec", template["spec"], causes, spec.get("volumeClaimTemplates") or ())
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
    _pod_spec("spec.template.spec", spec["template"]["spec"], causes)
    _always(spec["template"]["spec"], causes)


def _job_spec(path: str, spec: Object, causes: Causes) -> None:
    for field in ("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"):
        if spec.get(field, 0) < 0:
            causes.invalid(f"{path}.{field}", spec[field], "must be greater than or equal to 0")
    _pod_spec(f"{path}.template.spec", spec["template"]["spec"], causes)
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
        got = len(spec["schedule"].split())
        causes.invalid(
            "spec.schedule", spec["schedule"], f"expected exactly 5 fields, found {got}: {spec['schedule'].split()}"
        )
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
        causes.invalid("spec.externalName", "", _SUBDOMAIN)
    seen = set()
    for i, port in enumerate(ports):
        where = f"spec.ports[{i}]"
        if len(ports) > 1 and not port.get("name"):
            causes.required(f"{where}.name")
        if port.get("name") and name_problem("label", port["name"]):
            causes.invalid(f"{where}.name", port["name"], name_problem("label", port["name"]))
        _port(f"{where}.port", port.get("port", 0), causes)
        if port.get("protocol") not in {"TCP", "UDP", "SCTP"}:
            causes.unsupported(f"{where}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))
        target = port.get("targetPort")
        if isinstance(target, int):
            _port(f"{where}.targetPort", target, causes)
        else:
            _port_name(f"{where}.targetPort", target, causes)
        same = (port.get("protocol"), port.get("port"))
        if same in seen:
            causes.found.append(
                Cause(where, f"Duplicate value: {json.dumps(port, sort_keys=True)}", "FieldValueDuplicate")
            )
        seen.add(same)
    _names("spec.ports", ports, causes)
    _labels("spec.selector", spec.get("selector"), causes)


def _check_data(obj: Object, causes: Causes) -> None:
    total = 0
    for field in ("data", "binaryData", "stringData"):
        for key, value in (obj.get(field) or {}).items():
            total += len(key) + len(value)
            if not key or not set(key) <= _LETTERS | set("-_.") or key in {".", ".."}:
                causes.invalid(f"{field}[{key}]", key, _KEY)
            if len(key) > 253:
                causes.invalid(f"{field}[{key}]", key, _too_long(253))
    limit = 1024 * 1024 if obj["kind"] == "ConfigMap" else 1024 * 1024 * 4 // 3 + 4
    if total > limit:
        where = "" if obj["kind"] == "ConfigMap" else "data"
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
        if host and not _is_subdomain(host.removeprefix("*.")):
            causes.invalid(f"spec.rules[{i}].host", host, _SUBDOMAIN)
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
    _selector("spec.selector", spec.get("selector") or {}, causes)


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
Frozen = Callable[[Object, Object, Causes], None]


def _immutable(*paths: str) -> Frozen:
    """The fields at these paths keep their value."""

    def check(new: Object, old: Object, causes: Causes) -> None:
        for path in paths:
            value: Any = new
            before: Any = old
            for part in path.split("."):
                value = value.get(part) if isinstance(value, dict) else None
                before = before.get(part) if isinstance(before, dict) else None
            if value != before:
                causes.invalid(path, value, "field is immutable")

    return check


_STATEFUL_FREE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)


def _frozen_stateful_set(new: Object, old: Object, causes: Causes) -> None:
    def rest(obj: Object) -> Object:
        return {k: v for k, v in obj["spec"].items() if k not in _STATEFUL_FREE}

    if rest(new) != rest(old):
        free = ", ".join(f"'{f}'" for f in _STATEFUL_FREE[:-1])
        causes.forbidden(
            "spec", f"updates to statefulset spec for fields other than {free} and '{_STATEFUL_FREE[-1]}' are forbidden"
        )


def _frozen_service(new: Object, old: Object, causes: Causes) -> None:
    before, after = old["spec"].get("clusterIP"), new["spec"].get("clusterIP")
    if "ExternalName" in (old["spec"].get("type"), new["spec"].get("type")):
        return
    if before and after != before:
        causes.invalid("spec.clusterIPs[0]", [after], "may not change once set")


def _frozen_claim(new: Object, old: Object, causes: Causes) -> None:
    def rest(obj: Object) -> Object:
        return {
            k: v for k, v in obj["spec"].items() if k not in {"resources", "volumeName", "volumeAttributesClassName"}
        }

    if rest(new) != rest(old):
        causes.forbidden(
            "spec",
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
        )


def _frozen_pod(new: Object, old: Object, causes: Causes) -> None:
    def rest(obj: Object) -> Object:
        free = {"activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations", "nodeName"}
        spec = {k: v for k, v in obj["spec"].items() if k not in free}
        for group in ("containers", "initContainers"):
            spec[group] = [{k: v for k, v in c.items() if k != "image"} for c in spec.get(group) or ()]
        return spec

    if rest(new) != rest(old):
        causes.forbidden(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
            "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
            "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        )


def _frozen_binding(new: Object, old: Object, causes: Causes) -> None:
    if new.get("roleRef") != old.get("roleRef"):
        causes.invalid("roleRef", new.get("roleRef"), "cannot change roleRef")


def _frozen_data(new: Object, old: Object, causes: Causes) -> None:
    if old["kind"] == "Secret" and new.get("type") != old.get("type"):
        causes.invalid("type", new.get("type"), "field is immutable")
    if old.get("immutable"):
        if not new.get("immutable"):
            causes.forbidden("immutable", "field is immutable when `immutable` is set")
        for field in ("data", "binaryData"):
            if new.get(field) != old.get(field):
                causes.forbidden(field, "field is immutable when `immutable` is set")


def _frozen_storage_class(new: Object, old: Object, causes: Causes) -> None:
    for field in ("parameters", "provisioner", "reclaimPolicy"):
        if new.get(field) != old.get(field):
            causes.forbidden(field, f"updates to {field} are forbidden.")


_FROZEN: dict[tuple[str, str], Frozen] = {
    ("", "Pod"): _frozen_pod,
    ("", "Service"): _frozen_service,
    ("", "PersistentVolumeClaim"): _frozen_claim,
    ("", "ConfigMap"): _frozen_data,
    ("", "Secret"): _frozen_data,
    ("apps", "Deployment"): _immutable("spec.selector"),
    ("apps", "ReplicaSet"): _immutable("spec.selector"),
    ("apps", "DaemonSet"): _immutable("spec.selector"),
    ("apps", "StatefulSet"): _frozen_stateful_set,
    ("batch", "Job"): _immutable("spec.completions", "spec.selector", "spec.template"),
    (_RBAC, "RoleBinding"): _frozen_binding,
    (_RBAC, "ClusterRoleBinding"): _frozen_binding,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _immutable("spec.scope", "spec.group", "spec.names.kind"),
    ("storage.k8s.io", "StorageClass"): _frozen_storage_class,
}
