"""get, list and watch; and how objects look to a client: their version, a table, their metadata only."""

from __future__ import annotations

import base64
import json
from typing import Any

from tiller.sandbox import call, convert, selectors, status, tables, watch
from tiller.sandbox.call import Call
from tiller.sandbox.objects import Objects
from tiller.sandbox.status import Refusal, bad_request, gone

Object = dict[str, Any]


def find(objects: Objects, found: Call) -> Object:
    """The stored object that a call names; raises a 404."""
    obj = objects.get(found.resource.store, found.namespace, found.name)
    if obj is None:
        raise status.not_found(found.resource, found.name)
    return obj


def get(objects: Objects, found: Call) -> Object:
    return shaped(objects, found, shown(find(objects, found), found))


def shown(obj: Object, found: Call) -> Object:
    """An object in the version asked for."""
    return convert.from_storage(obj, found.resource)


def shaped(objects: Objects, found: Call, obj: Object) -> Object:
    """An object, or a Status, in the form asked for."""
    form = call.wanted_form(found.request)
    if not form or obj.get("kind") == "Status":
        return obj
    if form == "Table":
        items = obj["items"] if "items" in obj and obj.get("kind", "").endswith("List") else [obj]
        return tables.table(found.resource, items, objects.clock(), _meta_of(obj), found.query.get("includeObject", ""))
    return _partial(obj)


def _meta_of(obj: Object) -> Object:
    meta = obj.get("metadata") or {}
    return {k: meta[k] for k in ("resourceVersion", "continue", "remainingItemCount") if k in meta}


def _partial(obj: Object) -> Object:
    if "items" in obj and obj.get("kind", "").endswith("List"):
        items = [_partial(i) for i in obj["items"]]
        kind = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
        return {**kind, "metadata": obj["metadata"], "items": items}
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _selected(found: Call) -> Any:
    labels = selectors.parse_labels(found.query.get("labelSelector", ""))
    terms = selectors.parse_fields(found.query.get("fieldSelector", ""), found.resource.store)

    def accepts(obj: Object) -> bool:
        known = obj["metadata"].get("labels")
        return selectors.matches(labels, known) and selectors.matches_fields(terms, obj)

    return accepts


def listed(objects: Objects, found: Call) -> Object:
    accepts = _selected(found)
    every = [o for o in objects.store.select(found.resource.store, found.namespace) if accepts(o)]
    meta: Object = {"resourceVersion": str(objects.store.version)}
    limit = found.number("limit")
    found.number("resourceVersion")
    token = found.query.get("continue", "")
    if token:
        version, after = _read_token(token)
        if version < objects.store.oldest:
            raise gone("The provided continue parameter is too old to display a consistent list result.")
        every = [o for o in every if _place(o) > after]
        meta["resourceVersion"] = str(version)
    if 0 < limit < len(every):
        meta["continue"] = _token(int(meta["resourceVersion"]), _place(every[limit - 1]))
        meta["remainingItemCount"] = len(every) - limit
        every = every[:limit]
    r = found.resource
    body: Object = {
        "kind": r.list_kind,
        "apiVersion": r.group_version,
        "metadata": meta,
        "items": [shown(o, found) for o in every],
    }
    form = call.wanted_form(found.request)
    if form:
        return shaped(objects, found, body)
    if r.custom is None:  # typed lists say the kind once
        body["items"] = [{k: v for k, v in o.items() if k not in {"kind", "apiVersion"}} for o in body["items"]]
    return body


def _place(obj: Object) -> tuple[str, str]:
    meta = obj["metadata"]
    return meta.get("namespace", ""), meta["name"]


def _token(version: int, after: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps([version, *after]).encode()).decode()


def _read_token(text: str) -> tuple[int, tuple[str, str]]:
    try:
        version, namespace, name = json.loads(base64.urlsafe_b64decode(text.encode()))
        return int(version), (str(namespace), str(name))
    except (ValueError, TypeError, RecursionError):
        raise bad_request("continue key is not valid") from None


def watch_of(objects: Objects, found: Call) -> watch.Watch:
    """What a watch request wants; raises a 400."""
    version = found.query.get("resourceVersion", "")
    since = found.number("resourceVersion")
    if since < 0:
        raise Refusal(400, "BadRequest", f'invalid resource version "{version}": must not be negative')
    since = min(since, objects.store.version)
    sends_initial = found.flag("sendInitialEvents")
    form = call.wanted_form(found.request)
    shown_before: list[bool] = []

    def show(obj: Object) -> Object:
        out = shown(obj, found)
        if not form:
            return out
        table = shaped(objects, found, out)
        if form == "Table" and shown_before:
            table = {**table, "columnDefinitions": None}
        shown_before.append(True)
        return table

    seen = watch.Filter(found.resource.store, found.namespace, found.name, _selected(found), show)
    return watch.Watch(
        filter=seen,
        api_version=found.resource.group_version,
        kind=found.resource.kind,
        since=since,
        initial=sends_initial or since == 0,
        bookmarks=found.flag("allowWatchBookmarks"),
        send_initial_end=sends_initial and found.flag("allowWatchBookmarks"),
        seconds=float(found.number("timeoutSeconds")),
    )
