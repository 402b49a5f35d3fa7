"""Sets of fields as ``metadata.managedFields`` notes them (FieldsV1): who wrote what.

A path is a tuple of FieldsV1's own words: ``f:spec``, ``k:{"name":"web"}`` (an item of a list with
keys), ``v:"x"`` (an item of a set).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tiller.sandbox.schema import ATOMIC, Shape

Path = tuple[str, ...]
Object = dict[str, Any]

# A list item's own entry in flatten(): it stands, whatever it holds.
STANDS = object()

# Kubernetes fills these in schema defaults, so two spellings of one port are one port.
_KEY_DEFAULTS = {"protocol": "TCP"}

# Nobody owns these.
_STRIPPED = {
    ("f:apiVersion",),
    ("f:kind",),
    ("f:metadata",),
    *(
        ("f:metadata", f"f:{name}")
        for name in (
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        )
    ),
}


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def item_key(item: Any, shape: Shape) -> str:
    """The word for an item of a list that has keys."""
    known = item if isinstance(item, dict) else {}
    keys = {k: known.get(k, _KEY_DEFAULTS.get(k)) for k in shape.keys}
    return "k:" + compact({k: v for k, v in keys.items() if v is not None})


def by_key(items: Any, shape: Shape) -> dict[str, Any]:
    """Items of a list with keys or of a set, by their word; of two with one word the last."""
    if shape.mode == "map":
        return {item_key(item, shape): item for item in items or ()}
    return {"v:" + compact(item): item for item in items or ()}


def flatten(obj: Object, shape: Shape) -> dict[Path, Any]:
    """Every path of an object and the value there; atomic parts are one path."""
    out: dict[Path, Any] = {}
    _walk(obj, shape, (), out)
    return {path: value for path, value in out.items() if path not in _STRIPPED and path[:2] != _OWN}


_OWN = ("f:metadata", "f:managedFields")


def _walk(value: Any, shape: Shape, path: Path, out: dict[Path, Any]) -> None:
    if isinstance(value, dict) and value and shape.mode != ATOMIC:
        for key, item in value.items():
            _walk(item, shape.field(key), (*path, f"f:{key}"), out)
    elif isinstance(value, list) and value and shape.type == "list" and shape.mode in {"map", "set"}:
        for word, item in by_key(value, shape).items():
            out[(*path, word)] = STANDS
            if isinstance(item, dict) and shape.item().mode != ATOMIC:
                _walk(item, shape.item(), (*path, word), out)
            elif shape.mode == "map":
                out[(*path, word)] = item
    else:
        out[path] = value


def to_v1(paths: Iterable[Path]) -> Object:
    """Paths → the nested form of managedFields."""
    root: Object = {}
    members = sorted(paths)
    for path in members:
        node = root
        for word in path:
            node = node.setdefault(word, {})
    for path in members:
        node = root
        for word in path:
            node = node[word]
        if node:
            node["."] = {}
    return {k: _sorted(v) for k, v in sorted(root.items())}


def _sorted(node: Object) -> Object:
    return {k: _sorted(v) for k, v in sorted(node.items())}


def from_v1(node: Any) -> set[Path]:
    """The nested form → paths; anything else → nothing."""
    return set(_paths(node, ())) if isinstance(node, dict) else set()


def _paths(node: Object, path: Path) -> Iterator[Path]:
    for word, child in node.items():
        if word == ".":
            yield path
        elif isinstance(child, dict) and child:
            yield from _paths(child, (*path, word))
        else:
            yield (*path, word)


def text_of(path: Path) -> str:
    """As Kubernetes' messages spell it: ``.spec.containers[name="c"].image``."""
    out = []
    for word in path:
        sort, _, rest = word.partition(":")
        if sort == "f":
            out.append(f".{rest}")
        elif sort == "k":
            out.append("[" + ",".join(f"{k}={compact(v)}" for k, v in json.loads(rest).items()) + "]")
        else:
            out.append(f"[={rest}]")
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Manager:
    """One entry of managedFields: ``operation`` is Apply or Update."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""
    time: str = ""
    paths: frozenset[Path] = frozenset()

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.name, self.operation, self.subresource

    def entry(self) -> Object:
        out: Object = {"manager": self.name, "operation": self.operation, "apiVersion": self.api_version}
        if self.time:
            out["time"] = self.time
        out |= {"fieldsType": "FieldsV1", "fieldsV1": to_v1(self.paths)}
        if self.subresource:
            out["subresource"] = self.subresource
        return out


def managers(obj: Object) -> list[Manager]:
    """The entries of an object."""
    out = []
    for entry in obj["metadata"].get("managedFields") or ():
        if isinstance(entry, dict):
            words = [str(entry.get(k) or "") for k in ("manager", "operation", "apiVersion", "subresource", "time")]
            name, operation, version, subresource, time = words
            paths = frozenset(from_v1(entry.get("fieldsV1")))
            out.append(Manager(name, operation, version, subresource, time, paths))
    return out


def write(obj: Object, entries: Iterable[Manager]) -> None:
    """Set an object's entries, those without fields left out."""
    kept = sorted((m for m in entries if m.paths), key=lambda m: (m.operation, m.time, m.name))
    obj["metadata"].pop("managedFields", None)
    if kept:
        obj["metadata"]["managedFields"] = [m.entry() for m in kept]
