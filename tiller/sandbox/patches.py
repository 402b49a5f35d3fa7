"""Merge patch, JSON patch and strategic merge patch. Pure; raises 400, 409 or 422."""

from __future__ import annotations

import json
from typing import Any

from tiller.sandbox.schema import Shape
from tiller.sandbox.status import Refusal, bad_request
from tiller.sandbox.store import copy_json

MAX_OPERATIONS = 10_000
MAX_DEPTH = 200

# Fields of a strategic patch that say how, not what.
_PATCH, _KEEP = "$patch", "$retainKeys"
_ORDER, _DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"


def merge(value: Any, patch: Any, depth: int = 0) -> Any:
    """RFC 7386: null removes, objects merge, everything else replaces."""
    if depth > MAX_DEPTH:
        raise bad_request("patch: exceeded max depth")
    if not isinstance(patch, dict):
        return copy_json(patch)
    out = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            out.pop(key, None)
        else:
            out[key] = merge(out.get(key), change, depth + 1)
    return out


def _cannot() -> Refusal:
    """Kubernetes says no more than this of a JSON patch that does not apply."""
    return Refusal(422, "Invalid", "the server rejected our request due to an error in our request", {})


def json_patch(value: Any, operations: Any) -> Any:
    """RFC 6902."""
    if not isinstance(operations, list) or not all(isinstance(o, dict) for o in operations):
        raise bad_request("error decoding patch: a JSON patch is a list of operations")
    if len(operations) > MAX_OPERATIONS:
        limit = f"The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(operations)}"
        raise Refusal(413, "RequestEntityTooLarge", limit)
    root = {"": copy_json(value)}
    for operation in operations:
        _operate(root, operation)
    return root[""]


def _pointer(text: Any) -> list[str]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise bad_request(f"error decoding patch: {json.dumps(text)} is no JSON pointer")
    return ["", *(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])]


def _index(parts: str, length: int) -> int:
    if not parts.isascii() or not parts.isdigit() or len(parts) > 9 or int(parts) >= length:
        raise _cannot()
    return int(parts)


def _find(root: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(root, dict) and part in root:
            root = root[part]
        elif isinstance(root, list):
            root = root[_index(part, len(root))]
        else:
            raise _cannot()
    return root


def _add(root: Any, path: list[str], value: Any) -> None:
    parent = _find(root, path[:-1])
    if isinstance(parent, dict):
        parent[path[-1]] = value
    elif isinstance(parent, list):
        parent.insert(len(parent) if path[-1] == "-" else _index(path[-1], len(parent) + 1), value)
    else:
        raise _cannot()


def _remove(root: Any, path: list[str]) -> Any:
    parent = _find(root, path[:-1])
    if isinstance(parent, dict) and path[-1] in parent:
        return parent.pop(path[-1])
    if isinstance(parent, list):
        return parent.pop(_index(path[-1], len(parent)))
    raise _cannot()


def _operate(root: dict[str, Any], operation: dict[str, Any]) -> None:
    op, path = operation.get("op"), _pointer(operation.get("path"))
    if not isinstance(op, str):
        raise _cannot()
    if op in {"add", "replace", "test"} and "value" not in operation:
        raise bad_request(f"error decoding patch: operation {op} has no value")
    if op == "add":
        _add(root, path, copy_json(operation["value"]))
    elif op == "remove":
        _remove(root, path)
    elif op == "replace":
        _find(root, path)
        parent = _find(root, path[:-1])
        key = path[-1] if isinstance(parent, dict) else _index(path[-1], len(parent))
        parent[key] = copy_json(operation["value"])
    elif op == "move":
        source = _pointer(operation.get("from"))
        if path[: len(source)] == source and path != source:
            raise _cannot()
        _add(root, path, _remove(root, source))
    elif op == "copy":
        _add(root, path, copy_json(_find(root, _pointer(operation.get("from")))))
    elif op == "test":
        if _find(root, path) != operation["value"]:
            raise _cannot()
    else:
        raise _cannot()
    if not isinstance(root.get(""), dict):
        raise _cannot()


def strategic(value: Any, patch: Any, shape: Shape, depth: int = 0) -> Any:
    """Kubernetes' own: lists with a merge key merge item by item, ``$patch`` and its kin direct it."""
    if depth > MAX_DEPTH:
        raise bad_request("patch: exceeded max depth")
    if not isinstance(patch, dict):
        return copy_json(patch)
    directive = patch.get(_PATCH)
    if directive == "delete":
        return {}
    if directive == "replace":
        return copy_json({k: v for k, v in patch.items() if k != _PATCH})
    if directive not in (None, "merge"):
        raise bad_request(f"unknown patch type {json.dumps(directive)} in map")
    out = dict(value) if isinstance(value, dict) else {}
    if isinstance(patch.get(_KEEP), list):
        out = {k: v for k, v in out.items() if k in patch[_KEEP]}
    for key, change in patch.items():
        if key in {_PATCH, _KEEP} or key.startswith(_ORDER):
            continue
        if key.startswith(_DELETE):
            name = key.removeprefix(_DELETE)
            if isinstance(change, list) and isinstance(out.get(name), list):
                out[name] = [v for v in out[name] if v not in change]
        elif change is None:
            out.pop(key, None)
        else:
            out[key] = _strategic_field(out.get(key), change, shape.field(key), depth)
    for key, order in patch.items():
        if key.startswith(_ORDER) and isinstance(order, list):
            name = key.removeprefix(_ORDER)
            if isinstance(out.get(name), list):
                out[name] = _ordered(out[name], order, shape.field(name).merge_key)
    return out


def _strategic_field(value: Any, change: Any, shape: Shape, depth: int) -> Any:
    if not isinstance(change, list):
        return strategic(value, change, shape, depth + 1)
    if "merge" not in shape.strategies or not isinstance(value, list):
        return _plain_list(change)
    if not shape.merge_key:
        return value + [v for i, v in enumerate(change) if v not in value and v not in change[:i]]
    return _merged_items(value, change, shape, depth)


def _plain_list(change: list[Any]) -> list[Any]:
    """A list that replaces: its directives have nothing to work on."""
    kept = [v for v in change if not (isinstance(v, dict) and v.get(_PATCH) in ("delete", "replace"))]
    return copy_json([{k: x for k, x in v.items() if k != _PATCH} if isinstance(v, dict) else v for v in kept])  # type: ignore[no-any-return]  # a copied list is a list


def _merged_items(value: list[Any], change: list[Any], shape: Shape, depth: int) -> list[Any]:
    key = shape.merge_key
    items = [v for v in value if isinstance(v, dict)]
    if any(isinstance(c, dict) and c.get(_PATCH) == "replace" for c in change):
        return _plain_list(change)
    for patch in change:
        if not isinstance(patch, dict):
            raise bad_request(f"a list that merges by {key} holds objects only")
        if key not in patch:
            raise bad_request(f"map: {json.dumps(patch)[:200]} does not contain declared merge key: {key}")
        at = next((i for i, item in enumerate(items) if item.get(key) == patch[key]), None)
        if patch.get(_PATCH) == "delete":
            items = [item for item in items if item.get(key) != patch[key]]
        elif at is None:
            items.append(strategic({}, patch, shape.item(), depth + 1))
        else:
            items[at] = strategic(items[at], patch, shape.item(), depth + 1)
    return items


def _ordered(items: list[Any], order: list[Any], key: str) -> list[Any]:
    """Items named in ``order`` in that order; others keep their place relative to their neighbours."""
    wanted = [o.get(key) if key and isinstance(o, dict) else o for o in order]

    def word(item: Any) -> Any:
        return item.get(key) if key and isinstance(item, dict) else item

    named = sorted((i for i in items if word(i) in wanted), key=lambda i: wanted.index(word(i)))
    out: list[Any] = []
    place = {id(item): n for n, item in enumerate(items)}
    rest = [i for i in items if word(i) not in wanted]
    for item in named:
        while rest and place[id(rest[0])] < place[id(item)]:
            out.append(rest.pop(0))
        out.append(item)
    return out + rest
