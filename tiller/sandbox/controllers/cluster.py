"""The cluster's own objects: what stands at the beginning, namespaces, definitions, budgets, autoscalers."""

from __future__ import annotations

from typing import Any

from tiller.sandbox import discovery, selectors
from tiller.sandbox.controllers import garbage
from tiller.sandbox.controllers.context import PODS, Context, condition
from tiller.sandbox.controllers.pods import HOST, NODE, is_active, is_ready
from tiller.sandbox.controllers.volumes import DEFAULT_MARKS
from tiller.sandbox.controllers.workloads import NODE_LABELS
from tiller.sandbox.objects import NAMESPACES
from tiller.sandbox.resources import custom_resources
from tiller.sandbox.store import Key, Kind, copy_json

Object = dict[str, Any]
ACCOUNTS: Kind = ("", "serviceaccounts")
CONFIG_MAPS: Kind = ("", "configmaps")
_RBAC = "rbac.authorization.k8s.io"
_READ, _WRITE = ["get", "list", "watch"], ["create", "delete", "deletecollection", "patch", "update"]

_CAPACITY = {"cpu": "8", "memory": "32Gi", "pods": "1000", "ephemeral-storage": "100Gi"}


def _role(name: str, verbs: list[str]) -> Object:
    rules: list[Object] = [{"apiGroups": ["*"], "resources": ["*"], "verbs": verbs}]
    if name == "cluster-admin":
        rules.append({"nonResourceURLs": ["*"], "verbs": verbs})
    meta = {"name": name, "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}
    return {"apiVersion": f"{_RBAC}/v1", "kind": "ClusterRole", "metadata": meta, "rules": rules}


def _first_objects() -> list[Object]:
    names = ("default", "kube-node-lease", "kube-public", "kube-system")
    out: list[Object] = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in names]
    out.append(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": NODE, "labels": dict(NODE_LABELS)},
            "spec": {},
        }
    )
    out.append(
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "standard", "annotations": {DEFAULT_MARKS[0]: "true"}},
            "provisioner": "helmpy.dev/sandbox",
        }
    )
    out.append(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {
                "name": "kubernetes",
                "namespace": "default",
                "labels": {"component": "apiserver", "provider": "kubernetes"},
            },
            "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
        }
    )
    out += [
        _role("cluster-admin", ["*"]),
        _role("admin", _READ + _WRITE),
        _role("edit", _READ + _WRITE),
        _role("view", _READ),
    ]
    reference = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": "cluster-admin"}
    out.append(
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "cluster-admin"},
            "roleRef": reference,
            "subjects": [{"kind": "Group", "name": "system:masters", "apiGroup": _RBAC}],
        }
    )
    for name, value in (("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)):
        meta = {"name": name}
        out.append({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": meta, "value": value})
    return out


def bootstrap(context: Context) -> None:
    """Make what is missing of what every cluster has."""
    for obj in _first_objects():
        resource = context.objects.registry.of_kind(obj["apiVersion"], obj["kind"])
        assert resource is not None, obj
        if context.objects.get(resource.store, obj["metadata"].get("namespace", ""), obj["metadata"]["name"]) is None:
            context.objects.create(resource, obj)
    now = context.objects.now()
    ready = condition("Ready", holds=True, reason="KubeletReady", message="the sandbox runs", now=now)
    context.objects.set_status(
        ("", "nodes", "", NODE),
        capacity=dict(_CAPACITY),
        allocatable=dict(_CAPACITY),
        conditions=[{**ready, "lastHeartbeatTime": ready["lastTransitionTime"]}],
        addresses=[{"type": "InternalIP", "address": HOST}, {"type": "Hostname", "address": NODE}],
        nodeInfo={
            "kubeletVersion": discovery.GIT_VERSION,
            "kubeProxyVersion": discovery.GIT_VERSION,
            "operatingSystem": "linux",
            "architecture": "amd64",
            "osImage": "sandbox",
            "kernelVersion": "sandbox",
            "containerRuntimeVersion": "sandbox://1",
            "machineID": "",
            "systemUUID": "",
            "bootID": "",
        },
    )


def namespace(context: Context, key: Key, obj: Object) -> None:
    """A living one has its default account; a dying one loses its contents, then itself."""
    name = key[3]
    if "deletionTimestamp" not in obj["metadata"]:
        context.objects.set_status(key, phase="Active")
        if context.objects.get(ACCOUNTS, name, "default") is None:
            meta = {"name": "default", "namespace": name}
            context.objects.create(
                context.resource(ACCOUNTS), {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta}
            )
        if context.objects.get(CONFIG_MAPS, name, "kube-root-ca.crt") is None:
            meta = {"name": "kube-root-ca.crt", "namespace": name}
            body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"ca.crt": ""}}
            context.objects.create(context.resource(CONFIG_MAPS), body)
        return
    if garbage.empty_namespace(context, name) and (obj.get("spec") or {}).get("finalizers"):
        new = copy_json(obj)
        kept = [f for f in new["spec"]["finalizers"] if f != "kubernetes"]
        new["spec"] = {"finalizers": kept} if kept else {}
        context.objects.settle(NAMESPACES, new)


def definition(context: Context, key: Key, obj: Object) -> None:
    """A CRD's names are accepted and its kinds served."""
    now = context.objects.now()
    known = (obj.get("status") or {}).get("conditions")
    if not custom_resources(obj):
        return
    versions = obj["spec"]["versions"]
    stored = [v["name"] for v in versions if v.get("storage")]
    before = (obj.get("status") or {}).get("storedVersions") or []
    reason, name = context.objects.registry.conflict(key[3], obj)
    if reason:
        said = [
            ("NamesAccepted", reason, f'"{name}" is already in use'),
            ("Established", "NotAccepted", "not all names are accepted"),
        ]
        context.objects.set_status(
            key,
            conditions=[condition(k, holds=False, reason=r, message=m, now=now, known=known) for k, r, m in said],
            acceptedNames={"plural": obj["spec"]["names"]["plural"], "kind": ""},
            storedVersions=before + [v for v in stored if v not in before],
        )
        return
    context.objects.set_status(
        key,
        conditions=[
            condition(
                "NamesAccepted", holds=True, reason="NoConflicts", message="no conflicts found", now=now, known=known
            ),
            condition(
                "Established",
                holds=True,
                reason="InitialNamesAccepted",
                message="the initial names have been accepted",
                now=now,
                known=known,
            ),
        ],
        acceptedNames=copy_json(obj["spec"]["names"]),
        storedVersions=before + [v for v in stored if v not in before],
    )


def definition_gone(context: Context, key: Key) -> None:
    """With a CRD go its objects; nobody could reach them any more."""
    plural, _, group = key[3].partition(".")
    for obj in context.objects.store.select((group, plural)):
        meta = obj["metadata"]
        context.objects.remove((group, plural, meta.get("namespace", ""), meta["name"]))


def api_service(context: Context, key: Key, obj: Object) -> None:
    now = context.objects.now()
    known = (obj.get("status") or {}).get("conditions")
    local = not (obj.get("spec") or {}).get("service")
    reason, words = ("Local", "Local APIServices are always available") if local else ("Passed", "all checks passed")
    context.objects.set_status(
        key, conditions=[condition("Available", holds=True, reason=reason, message=words, now=now, known=known)]
    )


def budget(context: Context, key: Key, obj: Object) -> None:
    """How many pods there are, and how many may go."""
    spec = obj.get("spec") or {}
    chosen = selectors.of_object(spec.get("selector"))
    pods = [
        p
        for p in context.objects.store.select(PODS, key[2])
        if chosen is not None and is_active(p) and selectors.matches(chosen, p["metadata"].get("labels"))
    ]
    expected, healthy = len(pods), sum(map(is_ready, pods))
    if "maxUnavailable" in spec:
        desired = max(expected - _amount(spec["maxUnavailable"], expected), 0)
    else:
        desired = _amount(spec.get("minAvailable", 1), expected)
    allowed = max(healthy - desired, 0)
    reason = "SufficientPods" if allowed else "InsufficientPods"
    known = (obj.get("status") or {}).get("conditions")
    state = condition(
        "DisruptionAllowed", holds=allowed > 0, reason=reason, message="", now=context.objects.now(), known=known
    )
    context.objects.set_status(
        key,
        observedGeneration=obj["metadata"].get("generation", 1),
        expectedPods=expected,
        currentHealthy=healthy,
        desiredHealthy=desired,
        disruptionsAllowed=allowed,
        conditions=[{**state, "message": "", "observedGeneration": obj["metadata"].get("generation", 1)}],
    )


def _amount(value: Any, total: int) -> int:
    """A number, or a share of ``total`` rounded up."""
    if isinstance(value, str):
        digits = value.rstrip("%")
        return -(-total * int(digits) // 100) if digits.isascii() and digits.isdigit() and len(digits) < 4 else 0
    return int(value)


def autoscaler(context: Context, key: Key, obj: Object) -> None:
    """Shows its target's size; there are no metrics here to scale by, so only the bounds count."""
    target = obj["spec"].get("scaleTargetRef") or {}
    resource = context.objects.registry.of_kind(str(target.get("apiVersion") or "apps/v1"), str(target.get("kind")))
    found = context.objects.get(resource.store, key[2], str(target.get("name"))) if resource is not None else None
    size = ((found or {}).get("spec") or {}).get("replicas", 0)
    known = (obj.get("status") or {}).get("conditions")
    reason, words = (
        ("SucceededGetScale", "the target's scale was read") if found else ("FailedGetScale", "no such target")
    )
    context.objects.set_status(
        key,
        observedGeneration=obj["metadata"].get("generation", 1),
        currentReplicas=size if isinstance(size, int) else 0,
        desiredReplicas=size if isinstance(size, int) else 0,
        conditions=[
            condition(
                "AbleToScale",
                holds=found is not None,
                reason=reason,
                message=words,
                now=context.objects.now(),
                known=known,
            )
        ],
    )
