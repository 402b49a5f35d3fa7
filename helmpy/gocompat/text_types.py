"""How Go calls the type of a value, how it sorts keys, and how much text a value may become."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gocompat.kinds import Float32, GoObject, Int32, Int64, StringList, StringMap, Uint8, Uint32, Uint64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# What one format may ask for; Go refuses wider ones too.
MAX_WIDTH = 1_000_000
# Lists and maps inside each other; only a map that contains itself gets there.
MAX_DEPTH = 200
# Characters of one result: a template may double a text as often as it likes.
MAX_TEXT = 10_000_000
# Pieces that a value prints as: keys, items, brackets.
MAX_PIECES = 1_000_000

_TYPE_NAMES: dict[type, str] = {
    str: "string", bool: "bool", int: "int", float: "float64", list: "[]interface {}",
    dict: "map[string]interface {}", type(None): "<nil>", bytes: "[]uint8", complex: "complex128",
    Int64: "int64", Int32: "int32", Uint8: "uint8", Uint32: "uint32", Uint64: "uint64", Float32: "float32",
    StringList: "[]string", StringMap: "map[string]string",
}  # fmt: skip


class TextTooDeep(HelmError):
    """A value nested too deep to print, as a map that contains itself."""

    def __init__(self) -> None:
        super().__init__("value is nested too deep to print")


class TextTooLong(HelmError):
    """A result beyond ``MAX_TEXT`` characters."""

    def __init__(self) -> None:
        super().__init__(f"text is longer than {MAX_TEXT} characters")


def type_name(value: Any) -> str:
    """Return the value's Go type as ``%T`` prints it."""
    name = _TYPE_NAMES.get(type(value))
    if name is not None:
        return name
    go_type = getattr(value, "go_type", None)
    if go_type is not None:
        return str(go_type)
    return next((_TYPE_NAMES[base] for base in type(value).__mro__ if base in _TYPE_NAMES), "interface {}")


_KINDS = {"[]": "slice", "map[": "map", "*": "ptr"}


def kind_name(value: Any) -> str:
    """Return the value's Go kind (``map``, ``slice``, ``ptr``, ``struct``, ``invalid`` for nil, …)."""
    if value is None:
        return "invalid"
    if isinstance(value, GoObject):
        return value.go_kind
    if isinstance(value, dict):
        return "map"
    if isinstance(value, (list, tuple, bytes)):
        return "slice"
    name = type_name(value)
    go_kind = getattr(value, "go_kind", None)
    if go_kind is not None:
        return str(go_kind)
    return next((kind for prefix, kind in _KINDS.items() if name.startswith(prefix)), name)


def sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    """Return the keys as Go sorts them: text by bytes, numbers by size."""
    try:
        return sorted(mapping)
    except TypeError:
        return sorted(mapping, key=lambda key: (type(key).__name__, str(key)))


def check_size(depth: int, out: list[str]) -> None:
    """Stop at maps that contain themselves, or each other again and again."""
    if depth >= MAX_DEPTH:
        raise TextTooDeep
    if len(out) > MAX_PIECES:
        raise TextTooLong


def joined(out: list[str], separator: str = "") -> str:
    """Return the pieces as one text. Raises TextTooLong."""
    if sum(map(len, out)) > MAX_TEXT:
        raise TextTooLong
    return separator.join(out)
