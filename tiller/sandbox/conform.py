"""Does an object have its kind's types? Unknown fields are dropped, as an API server drops them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tiller.sandbox.schema import Shape
from tiller.sandbox.status import Refusal, bad_request

MAX_DEPTH = 200


def _go_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
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


_BOUNDS = {"int32": 1 << 31, "int64": 1 << 63}


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


@dataclass(slots=True)
class Conformer:
    """Checks one object. ``unknown`` collects the paths of fields that were dropped."""

    kind: str
    version: str
    unknown: list[str] = field(default_factory=list)

    def run(self, obj: dict[str, Any], shape: Shape) -> dict[str, Any]:
        """A copy with known fields only; nulls of known fields are dropped too. Raises a 400."""
        out: dict[str, Any] = self._value(obj, shape, self.kind, ())
        return out

    def _refuse(self, text: str) -> Refusal:
        return bad_request(f'{self.kind} in version "{self.version}" cannot be handled as a {self.kind}: {text}')

    def _value(self, value: Any, shape: Shape, owner: str, path: tuple[str, ...]) -> Any:
        if len(path) > MAX_DEPTH:
            raise self._refuse("exceeded max depth")
        fits = _FITS.get(shape.type)
        if fits is None:
            return self._plain(value, len(path))
        if not fits(value, shape):
            shown = f"number {value}" if shape.type == "integer" and isinstance(value, (int, float)) else None
            got = shown if shown and not isinstance(value, bool) else _go_kind(value)
            where = f"Go struct field {owner}.{'.'.join(path)}" if path else "Go value"
            raise self._refuse(f"json: cannot unmarshal {got} into {where} of type {_go_type(shape)}")
        if shape.type == "object":
            return self._object(value, shape, path)
        if shape.type == "map":
            item = shape.item()
            return {
                k: self._value(v, item, owner, path) if v is not None else _ZERO.get(item.type)
                for k, v in value.items()
            }
        if shape.type == "list":
            item = shape.item()
            return [self._value(v, item, owner, (*path,)) for v in value if v is not None]
        if shape.type == "byte":
            self._base64(value)
        return value

    def _object(self, value: dict[str, Any], shape: Shape, path: tuple[str, ...]) -> dict[str, Any]:
        known = shape.known_fields()
        owner = shape.name.rsplit(".", 1)[-1] if shape.name != "custom" else self.kind
        out = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise self._refuse(f"json: object key {key!r} is not a string")
            if known is not None and key not in known:
                self.unknown.append(".".join((*path, key)))
            elif item is not None:
                out[key] = self._value(item, known[key] if known else shape.field(key), owner, (*path, key))
            elif shape.custom is not None:
                out[key] = None
        return out

    def _plain(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise self._refuse("exceeded max depth")
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
            raise self._refuse(f"illegal base64 data at input byte {bad}") from None


_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
_ZERO: dict[str, Any] = {"string": "", "byte": "", "object": {}, "list": [], "map": {}, "quantity": "0"}
