"""Does an object have its kind's types? Unknown fields are dropped, as an API server drops them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tiller.sandbox import fields
from tiller.sandbox.schema import Shape, required
from tiller.sandbox.status import Causes, Refusal, bad_request, invalid
from tiller.sandbox.store import copy_json

MAX_DEPTH = 200
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
_BOUNDS = {"int32": 1 << 31, "int64": 1 << 63}
_ZERO: dict[str, Any] = {"string": "", "byte": "", "object": {}, "list": [], "map": {}, "quantity": "0"}
_ROOT = {"apiVersion", "kind", "metadata"}


def _json_kind(value: Any, number: str = "number") -> str:
    if isinstance(value, bool):
        return "bool" if number == "number" else "boolean"
    if isinstance(value, (int, float)):
        return number if isinstance(value, int) else "number"
    return "string" if isinstance(value, str) else ("array" if isinstance(value, list) else "object")


def _go_type(shape: Shape) -> str:
    if shape.type == "list":
        return f"[]{_go_type(shape.item())}"
    if shape.type == "map":
        return f"map[string]{_go_type(shape.item())}"
    if shape.type == "object":
        return ".".join(shape.name.split(".")[-2:])
    if shape.type == "integer":
        return shape.name or "int64"
    return {"boolean": "bool", "number": "float64", "byte": "[]uint8"}.get(shape.type, shape.type)


def _is_integer(value: Any, shape: Shape) -> bool:
    bound = _BOUNDS.get(shape.name, 1 << 63)
    return isinstance(value, int) and not isinstance(value, bool) and -bound <= value < bound


_FITS: dict[str, Callable[[Any, Shape], bool]] = {
    "object": lambda v, _: isinstance(v, dict),
    "map": lambda v, _: isinstance(v, dict),
    "list": lambda v, _: isinstance(v, list),
    "string": lambda v, _: isinstance(v, str),
    "byte": lambda v, _: isinstance(v, str),
    "boolean": lambda v, _: isinstance(v, bool),
    "integer": _is_integer,
    "number": lambda v, _: isinstance(v, (int, float)) and not isinstance(v, bool),
    "quantity": lambda v, _: isinstance(v, (str, int, float)) and not isinstance(v, bool),
    "int-or-string": lambda v, _: isinstance(v, (str, int)) and not isinstance(v, bool),
}
# What server-side apply expected to find.
_EXPECTED = {"object": "map", "map": "map", "integer": "numeric (int or float)", "number": "numeric (int or float)"}
_OPEN_API = {"list": "array", "map": "object"}


def untyped(label: str, path: str, why: str) -> Refusal:
    """How server-side apply refuses a configuration that breaks the schema: status 500, no reason."""
    return Refusal(500, "", f"failed to create typed patch object ({label}): {path}: {why}")


# Lists that the API server's types write even when nothing is in them.
_WRITTEN_EMPTY = {
    "rbac.v1.Role": {"rules"},
    "rbac.v1.ClusterRole": {"rules"},
    "discovery.v1.EndpointSlice": {"endpoints"},
}


def without_empty(value: Any, shape: Shape) -> Any:
    """A copy without the empty lists and maps of typed fields: to the API server's types they are absent."""
    if shape.type == "list" and isinstance(value, list):
        item = shape.item()
        return [without_empty(each, item) for each in value] if item.type == "object" else value
    if shape.type != "object" or not isinstance(value, dict):
        return value
    if shape.custom is not None:
        if shape.name != "custom" or not isinstance(value.get("metadata"), dict):
            return value
        return {**value, "metadata": without_empty(value["metadata"], shape.field("metadata"))}
    kept = {*required(shape.name), *_WRITTEN_EMPTY.get(shape.name, ())}
    out = {}
    for key, item in value.items():
        known = shape.field(key)
        if key in kept or known.type not in {"list", "map"} or not isinstance(item, (list, dict)) or item:
            out[key] = without_empty(item, known)
    return out


@dataclass(slots=True)
class Conformer:
    """Checks one object. ``unknown`` collects the paths of fields that were dropped.

    ``applied`` is set for server-side apply, whose errors read otherwise: the name of the object in them.
    """

    kind: str
    version: str
    group: str = ""
    applied: str = ""
    unknown: list[str] = field(default_factory=list)
    causes: Causes = field(default_factory=Causes)  # of a custom resource

    def run(self, obj: dict[str, Any], shape: Shape) -> dict[str, Any]:
        """A copy with known fields only; nulls of known fields are dropped too.

        Raises 400, for custom resources 422, for server-side apply 500.
        """
        out: dict[str, Any] = self._value(obj, shape, self.kind, ())
        if self.causes.found:
            meta = out.get("metadata")
            name = meta.get("name", "") if isinstance(meta, dict) else ""
            raise invalid(self.group, self.kind, name if isinstance(name, str) else "", self.causes.found)
        return out

    def refuse(self, text: str) -> Refusal:
        """The 400 of an object that cannot be decoded."""
        return bad_request(f'{self.kind} in version "{self.version}" cannot be handled as a {self.kind}: {text}')

    def _mismatch(self, value: Any, shape: Shape, owner: str, path: tuple[str, ...]) -> None:
        if self.applied:
            where = "".join(p if p.startswith("[") else f".{p}" for p in path)
            expected = _EXPECTED.get(shape.type, shape.type)
            got = _json_kind(value) if expected.startswith("numeric") else f"&value.valueUnstructured{{Value:{value}}}"
            raise untyped(self.applied, where, f"expected {expected}, got {got}"[:500])
        if not owner:
            where = ".".join(path).replace(".[", "[")
            wanted, got = _OPEN_API.get(shape.type, shape.type), _json_kind(value, "integer")
            self.causes.invalid(where, got, f'{where} in body must be of type {wanted}: "{got}"')
            self.causes.found[-1] = type(self.causes.found[-1])(
                where, self.causes.found[-1].message, "FieldValueTypeInvalid"
            )
            return
        plain = [p for p in path if not p.startswith("[")]
        number = shape.type == "integer" and isinstance(value, (int, float)) and not isinstance(value, bool)
        got = f"number {value}" if number else _json_kind(value)
        where = f"Go struct field {owner}.{'.'.join(plain)}" if plain else "Go value"
        raise self.refuse(f"json: cannot unmarshal {got} into {where} of type {_go_type(shape)}")

    def _value(self, value: Any, shape: Shape, owner: str, path: tuple[str, ...]) -> Any:
        """``owner`` is the Go struct that has the field, nothing inside custom resources."""
        if len(path) > MAX_DEPTH:
            raise self.refuse("exceeded max depth")
        fits = _FITS.get(shape.type)
        if fits is None:
            return self._plain(value, len(path))
        if not fits(value, shape):
            self._mismatch(value, shape, owner, path)
            return value
        if shape.type == "object":
            return self._object(value, shape, path)
        if shape.type == "map":
            item = shape.item()
            return {
                str(k): self._value(v, item, owner, (*path, str(k))) if v is not None else _ZERO.get(item.type)
                for k, v in value.items()
            }
        if shape.type == "list":
            return self._list(value, shape, owner, path)
        if shape.type == "byte":
            self._base64(value)
        return value

    def _list(self, value: list[Any], shape: Shape, owner: str, path: tuple[str, ...]) -> list[Any]:
        if self.applied and shape.mode in {"map", "set"}:
            self._no_twins(value, shape, path)
        out = []
        for i, item in enumerate(value):
            if item is not None:
                keyed = self.applied and shape.mode == "map"
                word = fields.text_of((fields.item_key(item, shape),)) if keyed else f"[{i}]"
                out.append(self._value(item, shape.item(), owner, (*path, word)))
        return out

    def _no_twins(self, value: list[Any], shape: Shape, path: tuple[str, ...]) -> None:
        """Server-side apply must know items apart."""
        seen = set()
        for item in value:
            word = fields.item_key(item, shape) if shape.mode == "map" else f"v:{fields.compact(item)}"
            if word in seen:
                where = "".join(p if p.startswith("[") else f".{p}" for p in path)
                raise untyped(self.applied, where, f"duplicate entries for key {fields.text_of((word,))}")
            seen.add(word)

    def _object(self, value: dict[str, Any], shape: Shape, path: tuple[str, ...]) -> dict[str, Any]:
        if shape.custom is not None:
            return self._custom(value, shape, path)
        known = shape.known_fields()
        owner = shape.name.rsplit(".", 1)[-1]
        out = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise self.refuse(f"json: object key {key!r} is not a string")
            if known is not None and key not in known:
                self.unknown.append(".".join((*path, key)).replace(".[", "["))
            elif item is not None:
                out[key] = self._value(item, known[key] if known else shape.field(key), owner, (*path, key))
        return out

    def _custom(self, value: dict[str, Any], shape: Shape, path: tuple[str, ...]) -> dict[str, Any]:
        """An object that a CRD's schema describes: pruned, defaulted, required fields asked for."""
        schema = shape.custom
        known = schema.get("properties") if isinstance(schema.get("properties"), dict) else {}
        top = shape.name == "custom"
        keeps = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("additionalProperties")
        out: dict[str, Any] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise self.refuse(f"json: object key {key!r} is not a string")
            if key not in known and not keeps and not (top and key in _ROOT):
                self.unknown.append(".".join((*path, key)).replace(".[", "["))
            elif item is None:
                out[key] = None
            else:
                owner = self.kind if top and key in _ROOT else ""
                out[key] = self._value(item, shape.field(key), owner, (*path, key))
        if not self.applied:
            for key, described in known.items():
                if isinstance(described, dict) and "default" in described and out.get(key) is None:
                    out[key] = copy_json(described["default"])
            for key in schema.get("required") or ():
                if out.get(key) is None and not (top and key in _ROOT):
                    self.causes.required(".".join((*path, str(key))).replace(".[", "["))
        return out

    def _plain(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise self.refuse("exceeded max depth")
        if isinstance(value, dict):
            return {str(k): self._plain(v, depth + 1) for k, v in value.items()}
        if isinstance(value, list):
            return [self._plain(v, depth + 1) for v in value]
        return value

    def _base64(self, value: str) -> None:
        text = value.replace("\n", "").replace("\r", "")
        try:
            base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            bad = next((i for i, c in enumerate(text) if c not in _BASE64), len(text))
            raise self.refuse(f"illegal base64 data at input byte {bad}") from None
