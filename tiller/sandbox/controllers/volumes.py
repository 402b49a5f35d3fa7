"""PersistentVolumeClaims get a volume: one that stands ready, or a new one of their class."""

from __future__ import annotations

from typing import Any

from tiller.sandbox.controllers.context import Context
from tiller.sandbox.store import Key, Kind, copy_json

Object = dict[str, Any]
CLAIMS: Kind = ("", "persistentvolumeclaims")
VOLUMES: Kind = ("", "persistentvolumes")
CLASSES: Kind = ("storage.k8s.io", "storageclasses")
DEFAULT_MARKS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"


def _default_class(context: Context) -> str | None:
    for found in context.objects.store.select(CLASSES):
        annotations = found["metadata"].get("annotations") or {}
        if any(annotations.get(mark) == "true" for mark in DEFAULT_MARKS):
            return str(found["metadata"]["name"])
    return None


def claim(context: Context, key: Key, obj: Object) -> None:
    """Bind; a claim whose class nobody provides stays Pending."""
    if "deletionTimestamp" in obj["metadata"] or (obj.get("status") or {}).get("phase") == "Bound":
        return
    spec = obj["spec"]
    if "storageClassName" not in spec:
        old = (obj["metadata"].get("annotations") or {}).get(_OLD_CLASS)
        chosen = old if old is not None else _default_class(context)
        if chosen is not None:
            obj = copy_json(obj)
            obj["spec"]["storageClassName"] = chosen
            obj = context.objects.put(CLAIMS, obj)
            spec = obj["spec"]
    found = _standing(context, obj) or _provisioned(context, obj)
    if found is None:
        context.objects.set_status(key, phase="Pending")
        return
    new = copy_json(obj)
    new["spec"]["volumeName"] = found["metadata"]["name"]
    new["status"] = {
        "phase": "Bound",
        "accessModes": list(spec.get("accessModes") or ()),
        "capacity": dict(found["spec"].get("capacity") or {}),
    }
    context.objects.put(CLAIMS, new)


def _reference(obj: Object) -> Object:
    meta = obj["metadata"]
    named = {k: meta[k] for k in ("namespace", "name", "uid", "resourceVersion")}
    return {"kind": "PersistentVolumeClaim", "apiVersion": "v1", **named}


def _standing(context: Context, obj: Object) -> Object | None:
    """A volume that was made by hand and fits."""
    spec, meta = obj["spec"], obj["metadata"]
    for found in context.objects.store.select(VOLUMES):
        taken = found["spec"].get("claimRef") or {}
        mine = (taken.get("namespace"), taken.get("name")) == (meta["namespace"], meta["name"])
        named = spec.get("volumeName")
        fits = found["spec"].get("storageClassName", "") == spec.get("storageClassName", "")
        modes = set(spec.get("accessModes") or ()) <= set(found["spec"].get("accessModes") or ())
        if mine or (not taken and (named == found["metadata"]["name"] if named else fits and modes)):
            new = copy_json(found)
            new["spec"]["claimRef"] = _reference(obj)
            new["status"] = {"phase": "Bound"}
            return context.objects.put(VOLUMES, new)
    return None


def _provisioned(context: Context, obj: Object) -> Object | None:
    spec = obj["spec"]
    chosen = context.objects.get(CLASSES, "", spec.get("storageClassName", ""))
    if chosen is None or spec.get("volumeName"):
        return None
    made = {
        "name": f"pvc-{obj['metadata']['uid']}",
        "annotations": {"pv.kubernetes.io/provisioned-by": chosen["provisioner"]},
    }
    body = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": made,
        "spec": {
            "accessModes": list(spec.get("accessModes") or ()),
            "capacity": dict((spec.get("resources") or {}).get("requests") or {}),
            "claimRef": _reference(obj),
            "hostPath": {"path": f"/sandbox/{made['name']}", "type": ""},
            "persistentVolumeReclaimPolicy": chosen.get("reclaimPolicy", "Delete"),
            "storageClassName": chosen["metadata"]["name"],
            "volumeMode": spec.get("volumeMode", "Filesystem"),
        },
        "status": {"phase": "Bound"},
    }
    return context.objects.create(context.resource(VOLUMES), body)


def volume(context: Context, key: Key, obj: Object) -> None:
    """A new volume may be what a claim waits for; one whose claim went is released or removed."""
    taken = obj["spec"].get("claimRef")
    if not taken:
        context.objects.set_status(key, phase="Available")
        for waiting in context.objects.store.select(CLAIMS):
            if (waiting.get("status") or {}).get("phase") != "Bound":
                meta = waiting["metadata"]
                context.touch((*CLAIMS, meta["namespace"], meta["name"]))
    elif taken.get("uid") and context.objects.store.by_uid(taken["uid"]) is None:
        if obj["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            context.objects.delete(context.resource(VOLUMES), obj)
        else:
            context.objects.set_status(key, phase="Released")


def claim_gone(context: Context, key: Key) -> None:
    for found in context.objects.store.select(VOLUMES):
        taken = found["spec"].get("claimRef") or {}
        if (taken.get("namespace"), taken.get("name")) == key[2:]:
            context.touch((*VOLUMES, "", found["metadata"]["name"]))
