"""Reading and writing objects with an API server's rules: names, versions, finalizers, owners.

The HTTP side (``api``) and the controllers both write through here. Everything is in the stored
version; whoever calls holds the store's lock.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tiller.sandbox import allocate, defaults, status, validate
from tiller.sandbox.resources import Registry, Resource
from tiller.sandbox.store import Key, Kind, Store, copy_json

Object = dict[str, Any]

# What generated names end in: no vowels, so no words.
_SUFFIX = "bcdfghjklmnpqrstvwxz2456789"
CRDS: Kind = ("apiextensions.k8s.io", "customresourcedefinitions")
NAMESPACES: Kind = ("", "namespaces")
_WITHOUT_GENERATION = {
    ("", "configmaps"),
    ("", "secrets"),
    ("", "services"),
    ("", "serviceaccounts"),
    ("", "endpoints"),
    ("", "events"),
    ("", "namespaces"),
    ("", "nodes"),
    ("", "persistentvolumeclaims"),
    ("", "persistentvolumes"),
    ("coordination.k8s.io", "leases"),
    ("autoscaling", "horizontalpodautoscalers"),
}


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(text: str) -> float:
    """The Unix seconds of a timestamp; 0 where it is none."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


class Objects:
    """The stored objects of one sandbox. ``clock`` gives Unix seconds."""

    def __init__(self, store: Store, clock: Callable[[], float], chance: random.Random) -> None:
        self.store = store
        self.clock = clock
        self.chance = chance
        self.registry = Registry()
        self.touched: dict[Key, None] = {}  # written since the controllers last looked, oldest first
        for crd in store.select(CRDS):
            self.registry.set_crd(crd["metadata"]["name"], crd)

    def now(self) -> str:
        return timestamp(self.clock())

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        return self.store.get(kind, namespace, name)

    def generated(self, prefix: str) -> str:
        return prefix[:58] + "".join(self.chance.choice(_SUFFIX) for _ in range(5))

    def prepared(self, resource: Resource, obj: Object) -> Object:
        """``obj`` as it would be created: named, defaulted, allocated and checked. Takes ``obj`` over."""
        meta = obj["metadata"]
        for field in ("resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"):
            meta.pop(field, None)
        if not meta.get("name") and meta.get("generateName"):
            meta["name"] = self.generated(meta["generateName"])
        if resource.store not in _WITHOUT_GENERATION and ("spec" in obj or "webhooks" in obj):
            meta["generation"] = 1
        meta["uid"] = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        meta["creationTimestamp"] = self.now()
        defaults.fill(resource.storage_kind, obj)
        if "status" not in obj and resource.storage_kind in defaults.FIRST_STATUS:
            obj["status"] = copy_json(defaults.FIRST_STATUS[resource.storage_kind])
        allocate.new(self.store, resource.store, obj)
        self._check(resource, obj, validate.check_new(resource.storage_kind, obj))
        self._check_namespace(resource, meta)
        if self.get(resource.store, meta.get("namespace", ""), meta["name"]) is not None:
            raise status.already_exists(resource, meta["name"])
        return obj

    def create(self, resource: Resource, obj: Object) -> Object:
        """Create in the stored version; raises a Refusal."""
        return self.put(resource.store, self.prepared(resource, obj))

    def _check(self, resource: Resource, obj: Object, causes: list[status.Cause]) -> None:
        if causes:
            raise status.invalid(resource.group, resource.kind, obj["metadata"].get("name", ""), causes)

    def _check_namespace(self, resource: Resource, meta: Object) -> None:
        if not resource.namespaced:
            return
        name = meta["namespace"]
        found = self.get(NAMESPACES, "", name)
        if found is None:
            known = self.registry.stored(NAMESPACES)
            assert known is not None
            raise status.not_found(known, name)
        if "deletionTimestamp" in found["metadata"]:
            why = f"unable to create new content in namespace {name} because it is being terminated"
            refusal = status.forbidden(resource, meta["name"], why)
            refusal.details = {
                **(refusal.details or {}),
                "causes": [
                    {
                        "reason": "NamespaceTerminating",
                        "message": f"namespace {name} is being terminated",
                        "field": "metadata.namespace",
                    }
                ],
            }
            raise refusal

    def replaced(self, resource: Resource, new: Object, old: Object, subresource: str = "") -> Object:
        """``new`` as it would replace ``old``; ``old`` itself where nothing changes. Takes ``new`` over."""
        meta, before = new["metadata"], old["metadata"]
        if meta.get("uid") not in (None, "", before["uid"]):
            why = f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {before['uid']}"
            raise status.conflict(resource, before["name"], why)
        if meta.get("resourceVersion") not in (None, "", "0", before["resourceVersion"]):
            raise status.modified(resource, before["name"])
        for field in ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"):
            meta.pop(field, None)
            if field in before:
                meta[field] = before[field]
        meta["resourceVersion"] = before["resourceVersion"]
        _keep_apart(resource, new, old, subresource)
        if subresource != "status":
            defaults.fill(resource.storage_kind, new)
            allocate.again(self.store, resource.store, new, old)
        if "deletionTimestamp" in before:
            added = set(meta.get("finalizers") or ()) - set(before.get("finalizers") or ())
            if added:
                causes = status.Causes()
                causes.forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, "
                    f"found new finalizers {sorted(added)}",
                )
                self._check(resource, new, causes.found)
        self._check(resource, new, validate.check_update(resource.storage_kind, new, old))
        if _content(new) != _content(old) and "generation" in before:
            meta["generation"] = before["generation"] + 1
        return old if new == old else new

    def update(self, resource: Resource, new: Object, old: Object, subresource: str = "") -> Object:
        """Replace; an object being deleted goes with its last finalizer."""
        out = self.replaced(resource, new, old, subresource)
        return self.settle(resource.store, out) if out is not old else old

    def settle(self, kind: Kind, obj: Object) -> Object:
        """Write ``obj``, or remove it where it is being deleted and nothing holds it any more."""
        meta = obj["metadata"]
        if "deletionTimestamp" in meta and not meta.get("finalizers") and not _held(kind, obj):
            return self.remove((*kind, meta.get("namespace", ""), meta["name"])) or obj
        return self.put(kind, obj)

    def put(self, kind: Kind, obj: Object) -> Object:
        """Write without any rule; for controllers' status and for objects already prepared."""
        out = self.store.put(kind, obj)
        meta = out["metadata"]
        self.touched[(*kind, meta.get("namespace", ""), meta["name"])] = None
        if kind == CRDS:
            self.registry.set_crd(meta["name"], out)
        return out

    def remove(self, key: Key) -> Object | None:
        last = self.store.remove(key)
        self.touched[key] = None
        if key[:2] == CRDS:
            self.registry.set_crd(key[3], None)
        if last is not None:
            for owned in self.store.owned_by(last["metadata"]["uid"]):
                self.touched[owned] = None
            for owner in last["metadata"].get("ownerReferences") or ():
                found = self.store.by_uid(owner["uid"])
                if found:
                    self.touched[found] = None
        return last

    def set_status(self, key: Key, **fields: Any) -> Object | None:
        """Merge into the status of the object at ``key``; writes only what changes. None removes a field."""
        old = self.store.at(key)
        if old is None:
            return None
        known = old.get("status") or {}
        merged = {k: v for k, v in {**known, **fields}.items() if v is not None}
        return self.put(key[:2], {**copy_json(old), "status": merged}) if merged != known else old

    def delete(
        self, resource: Resource, obj: Object, policy: str = "Background", grace: int | None = None
    ) -> Object | None:
        """Start or finish a deletion. Answers the object where it stays for now (finalizers), else None."""
        meta = obj["metadata"]
        key = (*resource.store, meta.get("namespace", ""), meta["name"])
        finalizers = [f for f in meta.get("finalizers") or () if f not in {"foregroundDeletion", "orphan"}]
        if policy == "Orphan":
            finalizers.append("orphan")
        elif policy == "Foreground":
            finalizers.append("foregroundDeletion")
        if not finalizers and not _held(resource.store, obj):
            self.remove(key)
            return None
        new = copy_json(obj)
        if finalizers:
            new["metadata"]["finalizers"] = finalizers
        new["metadata"].setdefault("deletionTimestamp", self.now())
        new["metadata"].setdefault("deletionGracePeriodSeconds", grace or 0)
        if resource.store == NAMESPACES:
            new["status"] = {**(new.get("status") or {}), "phase": "Terminating"}
        return self.put(resource.store, new) if new != obj else obj


def _held(kind: Kind, obj: Object) -> bool:
    """Namespaces have a second list of finalizers, in their spec."""
    return kind == NAMESPACES and bool((obj.get("spec") or {}).get("finalizers"))


def _keep_apart(resource: Resource, new: Object, old: Object, subresource: str) -> None:
    """The status is written through its subresource only, and nothing but the status through it."""
    if subresource == "status":
        fields = {k: new["metadata"][k] for k in ("managedFields",) if k in new["metadata"]}
        state = new.get("status")
        new.clear()
        new.update(copy_json(old))
        new["metadata"].update(fields)
        new.pop("status", None)
        if state is not None:
            new["status"] = state
    elif "status" in resource.subresources:
        new.pop("status", None)
        if "status" in old:
            new["status"] = copy_json(old["status"])


def _content(obj: Object) -> Object:
    return {k: v for k, v in obj.items() if k not in {"metadata", "status"}}
