"""create, update, patch, delete, deletecollection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiller.sandbox import apply, call, convert, patches, reading, status
from tiller.sandbox.call import Call
from tiller.sandbox.conform import Conformer, untyped, without_empty
from tiller.sandbox.objects import Objects
from tiller.sandbox.resources import Resource
from tiller.sandbox.schema import Shape
from tiller.sandbox.status import bad_request
from tiller.sandbox.store import copy_json

Object = dict[str, Any]
IMMORTAL = {"default", "kube-public", "kube-system"}
Answer = tuple[int, Object, list[str]]  # HTTP status, body, warnings


def _accepted(found: Call, obj: Object, applied: str = "") -> tuple[Object, list[str]]:
    """A client's object: right kind and place, in the stored version, known fields only. Raises 400."""
    resource = found.resource
    if resource.custom is not None and not (obj.get("apiVersion") and obj.get("kind")):
        raise bad_request(
            f"the object provided is unrecognized (must be of type {resource.kind}): Object 'Kind' is missing"
        )
    given = obj.get("apiVersion") or resource.group_version, obj.get("kind") or resource.kind
    if given != (resource.group_version, resource.kind):
        kind, version = given[1], str(given[0]).rpartition("/")[2]
        raise bad_request(
            f'{kind} in version "{version}" cannot be handled as a {resource.kind}: no kind "{kind}" is registered for '
            f'version "{given[0]}" at this path'
        )
    if obj.get("metadata") is None:
        obj = {**obj, "metadata": {}}
    conformer = Conformer(resource.kind, resource.version, resource.group, applied)
    stored = conformer.run(convert.to_storage(obj, resource), resource.shape())
    if not applied:
        stored = without_empty(stored, resource.shape())
    if conformer.unknown and found.query.get("fieldValidation") == "Strict":
        unknown = ", ".join(f'unknown field "{path}"' for path in conformer.unknown)
        raise bad_request(
            f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: '
            f"strict decoding error: {unknown}"
        )
    if found.query.get("fieldValidation") == "Ignore":
        conformer.unknown.clear()
    _place(found, stored["metadata"])
    return stored, [f'unknown field "{path}"' for path in conformer.unknown]


def _place(found: Call, meta: Object) -> None:
    if not found.resource.namespaced:
        meta.pop("namespace", None)
    elif not found.namespace:
        raise bad_request("an object of this kind is written in its namespace")
    elif meta.setdefault("namespace", found.namespace) != found.namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    if found.name and meta.setdefault("name", found.name) != found.name:
        given = meta["name"]
        raise bad_request(f"the name of the object ({given}) does not match the name on the URL ({found.name})")


def _writer(objects: Objects, found: Call) -> apply.Writer:
    manager = found.manager
    if len(manager) > 128 or not manager.isprintable():
        causes = status.Causes()
        causes.invalid("fieldManager", manager[:200], "may not be more than 128 printable characters")
        raise status.invalid("meta.k8s.io", f"{found.request.method.title()}Options", "", causes.found)
    return apply.Writer(manager, found.resource.group_version, objects.now(), found.subresource)


def check_dry_run(found: Call) -> None:
    """``dryRun`` is ``All`` or is not there; raises a 422."""
    given = found.query.get("dryRun", "All")
    if given != "All":
        options = {"POST": "Create", "PUT": "Update", "PATCH": "Patch"}.get(found.request.method, "Delete")
        causes = status.Causes()
        causes.unsupported("dryRun", [given], ("All",))
        raise status.invalid("meta.k8s.io", f"{options}Options", "", causes.found)


def create(objects: Objects, found: Call) -> Answer:
    stored, warnings = _accepted(found, call.read_object(found))
    return _create(objects, found, stored, warnings)


def _create(objects: Objects, found: Call, stored: Object, warnings: list[str], *, applied: bool = False) -> Answer:
    resource = found.resource
    if "status" in resource.subresources and resource.store != ("", "nodes"):
        stored.pop("status", None)
    new = objects.prepared(resource, stored)
    if not applied:
        new["metadata"].pop("managedFields", None)
        apply.note_update(new, None, resource.shape(), _writer(objects, found))
    out = new if found.dry_run else objects.put(resource.store, new)
    return 201, reading.shown(out, found), warnings


def update(objects: Objects, found: Call) -> Answer:
    stored, warnings = _accepted(found, call.read_object(found))
    old = reading.find(objects, found)
    return _replace(objects, found, stored, old, warnings)


def _replace(
    objects: Objects, found: Call, new: Object, old: Object, warnings: list[str], *, applied: bool = False
) -> Answer:
    resource = found.resource
    entries = old["metadata"].get("managedFields")
    given = new["metadata"].get("managedFields")
    if not applied and entries is not None:
        # A client may clear who owns what, or write it itself; what is no list of owners is ignored.
        owners = isinstance(given, list) and all(isinstance(e, dict) and (not e or e.get("manager")) for e in given)
        if not owners:
            new["metadata"]["managedFields"] = copy_json(entries)
    out = objects.replaced(resource, new, old, found.subresource)
    if out is not old and not applied:
        apply.note_update(out, old, resource.shape(), _writer(objects, found))
    if out is not old and not found.dry_run:
        out = objects.settle(resource.store, out)
    return 200, reading.shown(out, found), warnings


def patch(objects: Objects, found: Call) -> Answer:
    kind = call.patch_type(found)
    change = call.parse(found.request.body, yaml=kind == call.APPLY_PATCH, what=found.resource.kind)
    if kind == call.APPLY_PATCH:
        return _apply(objects, found, change)
    old = reading.find(objects, found)
    view = reading.shown(old, found)
    if kind == call.JSON_PATCH:
        patched = patches.json_patch(view, change)
    elif not isinstance(change, dict):
        raise bad_request("error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}")
    elif kind == call.MERGE_PATCH:
        patched = patches.merge(view, change)
    elif found.resource.custom is not None:
        raise status.unsupported_media((call.JSON_PATCH, call.MERGE_PATCH, call.APPLY_PATCH))
    else:
        patched = patches.strategic(view, change, found.resource.shape())
    given, warnings = _accepted(found, patched)
    return _replace(objects, found, given, old, warnings)


def _apply(objects: Objects, found: Call, config: Any) -> Answer:
    resource = found.resource
    if not found.query.get("fieldManager"):
        causes = status.Causes()
        causes.required("fieldManager", "is required for apply patch")
        raise status.invalid("meta.k8s.io", "PatchOptions", "", causes.found)
    if not isinstance(config, dict):
        raise bad_request("error decoding YAML: an apply configuration is one object")
    if not config.get("apiVersion") or not config.get("kind"):
        raise bad_request("invalid object type: apiVersion and kind must be set in an apply configuration")
    if isinstance(config.get("metadata"), dict) and config["metadata"].get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    meta = config.get("metadata")
    named = meta if isinstance(meta, dict) else {}
    label = f"{named.get('namespace', '')}/{named.get('name', '')}; {resource.group_version}, Kind={resource.kind}"
    stored, warnings = _accepted(found, config, label)
    if warnings:
        where = warnings[0].partition('"')[2].rstrip('"')
        raise untyped(label, f".{where}", "field not declared in schema")
    writer = _writer(objects, found)
    old = objects.get(resource.store, found.namespace, found.name)
    shape = resource.shape()
    if old is None:
        if stored["metadata"].get("uid"):
            raise status.not_found(resource, found.name)
        if found.subresource:
            raise status.not_found(resource, found.name)
        empty: Object = {"apiVersion": stored["apiVersion"], "kind": stored["kind"], "metadata": {}}
        new = without_empty(apply.apply(empty, stored, shape, writer, force=False), shape)
        code, body, _ = _create(objects, found, new, [], applied=True)
        return code, body, []
    new = without_empty(apply.apply(old, stored, shape, writer, force=found.flag("force")), shape)
    return _replace(objects, found, new, old, [], applied=True)


def _options(found: Call) -> Object:
    """DeleteOptions of the body, where there is one; query parameters say the same."""
    if not found.request.body.strip():
        return {}
    given = call.parse_object(
        found.request.body, yaml=call.media_type(found.request) == call.YAML, what="DeleteOptions"
    )
    shape = Shape("object", name="meta.v1.DeleteOptions")
    return Conformer("DeleteOptions", "v1").run(given, shape)


def _policy(found: Call, options: Object) -> str:
    policy = found.query.get("propagationPolicy") or options.get("propagationPolicy")
    if policy is None:
        orphan = options.get("orphanDependents", found.query.get("orphanDependents"))
        policy = "Orphan" if orphan in {True, "true"} else "Background"
    if policy not in {"Background", "Foreground", "Orphan"}:
        causes = status.Causes()
        causes.unsupported("propagationPolicy", policy, ("Foreground", "Background", "Orphan", "nil"))
        raise status.invalid("meta.k8s.io", "DeleteOptions", "", causes.found)
    return str(policy)


def delete(objects: Objects, found: Call) -> Answer:
    options = _options(found)
    resource = found.resource
    policy = _policy(found, options)
    old = reading.find(objects, found)
    if resource.store == ("", "namespaces") and found.name in IMMORTAL:
        raise status.forbidden(resource, found.name, "this namespace may not be deleted")
    _check_preconditions(resource, options, old)
    if found.dry_run or "All" in (options.get("dryRun") or ()):
        return 200, _deleted(resource, old), []
    left = objects.delete(resource, old, policy, options.get("gracePeriodSeconds"))
    return 200, (reading.shown(left, found) if left is not None else _deleted(resource, old)), []


def _check_preconditions(resource: Resource, options: Object, old: Object) -> None:
    wanted = options.get("preconditions") or {}
    for field, words in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        have = old["metadata"][field]
        if wanted.get(field) not in (None, have):
            why = f"the {words} in the precondition ({wanted[field]}) does not match the {words} in record ({have})."
            why += " The object might have been deleted and then recreated" if field == "uid" else ""
            raise status.conflict(resource, old["metadata"]["name"], why.rstrip("."))


def _deleted(resource: Resource, old: Object) -> Object:
    details = {"name": old["metadata"]["name"], "kind": resource.plural, "uid": old["metadata"]["uid"]}
    if resource.group:
        details["group"] = resource.group
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def delete_collection(objects: Objects, found: Call) -> Answer:
    options = _options(found)
    policy = _policy(found, options)
    chosen = reading.listed(objects, found)
    if not found.dry_run:
        for item in chosen["items"]:
            meta = item["metadata"]
            obj = objects.get(found.resource.store, meta.get("namespace", ""), meta["name"])
            if obj is not None:
                objects.delete(found.resource, obj, policy, options.get("gracePeriodSeconds"))
    return 200, chosen, []


VERBS: dict[str, Callable[[Objects, Call], Answer]] = {
    "create": create,
    "update": update,
    "patch": patch,
    "delete": delete,
    "deletecollection": delete_collection,
}
