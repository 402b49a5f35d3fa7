"""Owners and what goes with them; the contents of namespaces."""

from __future__ import annotations

from typing import Any

from tiller.sandbox.controllers.context import Context
from tiller.sandbox.objects import NAMESPACES
from tiller.sandbox.store import Key, copy_json

Object = dict[str, Any]


def collect(context: Context, key: Key, obj: Object) -> bool:
    """Remove what no living owner holds; carry deletions on. False where the object is gone now."""
    meta = obj["metadata"]
    owners = meta.get("ownerReferences") or ()
    store = context.objects.store
    if owners and all(store.by_uid(o["uid"]) is None for o in owners) and "deletionTimestamp" not in meta:
        context.objects.delete(context.resource(key[:2]), obj)
        return store.at(key) is not None
    if "deletionTimestamp" in meta:
        _orphan(context, key, obj)
        _foreground(context, key)
    return store.at(key) is not None


def _without_finalizer(context: Context, key: Key, name: str) -> None:
    obj = context.objects.store.at(key)
    if obj is not None:
        new = copy_json(obj)
        new["metadata"]["finalizers"] = [f for f in new["metadata"].get("finalizers") or () if f != name]
        if not new["metadata"]["finalizers"]:
            del new["metadata"]["finalizers"]
        context.objects.settle(key[:2], new)


def _orphan(context: Context, key: Key, obj: Object) -> None:
    """Dependents lose the owner, then the owner goes."""
    if "orphan" not in (obj["metadata"].get("finalizers") or ()):
        return
    uid = obj["metadata"]["uid"]
    for owned in context.objects.store.owned_by(uid):
        dependent = context.objects.store.at(owned)
        if dependent is None:
            continue
        new = copy_json(dependent)
        kept = [o for o in new["metadata"]["ownerReferences"] if o["uid"] != uid]
        new["metadata"].pop("ownerReferences")
        if kept:
            new["metadata"]["ownerReferences"] = kept
        context.objects.put(owned[:2], new)
    _without_finalizer(context, key, "orphan")


def _foreground(context: Context, key: Key) -> None:
    """Dependents go first; the owner with the last of those that block it."""
    obj = context.objects.store.at(key)
    if obj is None or "foregroundDeletion" not in (obj["metadata"].get("finalizers") or ()):
        return
    uid = obj["metadata"]["uid"]
    blocked = False
    for owned in context.objects.store.owned_by(uid):
        dependent = context.objects.store.at(owned)
        if dependent is None:
            continue
        if "deletionTimestamp" not in dependent["metadata"]:
            others = [o for o in dependent["metadata"]["ownerReferences"] if o["uid"] != uid]
            if others:
                continue
            context.objects.delete(context.resource(owned[:2]), dependent, "Foreground")
        if context.objects.store.at(owned) is not None:
            references = dependent["metadata"]["ownerReferences"]
            blocked |= any(o["uid"] == uid and o.get("blockOwnerDeletion") for o in references)
    if not blocked:
        _without_finalizer(context, key, "foregroundDeletion")


def empty_namespace(context: Context, name: str) -> bool:
    """Delete everything in a namespace; True once nothing is left."""
    store = context.objects.store
    left = False
    for kind in store.kinds():
        for obj in store.select(kind, name):
            if "deletionTimestamp" not in obj["metadata"] and context.objects.registry.stored(kind):
                context.objects.delete(context.resource(kind), obj)
            left = left or store.get(kind, name, obj["metadata"]["name"]) is not None
    return not left


def contents_of_namespace_left(context: Context, key: Key) -> None:
    """Something went: a namespace that waits for that may go now."""
    if key[2]:
        namespace = context.objects.store.get(NAMESPACES, "", key[2])
        if namespace is not None and "deletionTimestamp" in namespace["metadata"]:
            context.touch((*NAMESPACES, "", key[2]))
