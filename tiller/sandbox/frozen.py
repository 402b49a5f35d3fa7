"""Fields that keep the value they were created with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiller.sandbox.status import Causes

Object = dict[str, Any]
_RBAC = "rbac.authorization.k8s.io"

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


FROZEN: dict[tuple[str, str], Frozen] = {
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
