"""Go's fmt: how values print, by default and through a format's verbs."""

from __future__ import annotations

from helmpy.gocompat.kinds import Float32, GoObject
from helmpy.gocompat.text_number import format_complex, format_float
from helmpy.gocompat.text_quote import quote
from helmpy.gocompat.text_types import (
    MAX_TEXT,
    TextTooDeep,
    TextTooLong,
    check_size,
    joined,
    kind_name,
    sorted_keys,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

__all__ = [
    "TextTooDeep",
    "TextTooLong",
    "format_float",
    "kind_name",
    "quote",
    "sorted_keys",
    "sprint",
    "sprint_all",
    "sprintf",
    "sprintln",
    "type_name",
]


def sprint(value: Any) -> str:
    """Return what ``{{value}}`` prints, ``%v``; nil is ``<nil>``. Raises TextTooDeep."""
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[no-any-return]  # the class was just looked at
    if kind is float:
        return format_float(value)
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "<nil>"
    out: list[str] = []
    _plain(value, out, 0)
    return joined(out)


def _plain(value: Any, out: list[str], depth: int) -> None:
    """Append ``%v`` of a value without any flags."""
    kind = value.__class__
    if kind is str:
        out.append(value)
    elif kind is float or kind is Float32:
        out.append(format_float(value))
    elif kind is bool:
        out.append("true" if value else "false")
    elif value is None:
        out.append("<nil>")
    elif kind is complex:
        out.append(format_complex(value))
    elif isinstance(value, GoObject) or (hasattr(value, "go_type") and not isinstance(value, (list, dict))):
        out.append(str(value))
    elif isinstance(value, int):
        out.append(str(int(value)))
    elif isinstance(value, dict):
        check_size(depth, out)
        out.append("map[")
        for index, key in enumerate(sorted_keys(value)):
            if index:
                out.append(" ")
            _plain(key, out, depth + 1)
            out.append(":")
            _plain(value[key], out, depth + 1)
        out.append("]")
    elif isinstance(value, (list, tuple, bytes)):
        check_size(depth, out)
        out.append("[")
        for index, item in enumerate(value):
            if index:
                out.append(" ")
            _plain(item, out, depth + 1)
        out.append("]")
    else:
        out.append(str(value))


def sprint_all(values: Iterable[Any]) -> str:
    """Return Go's Sprint: a space between two values of which neither is a string."""
    out: list[str] = []
    previous_text = True
    for value in values:
        text = isinstance(value, str)
        if out and not text and not previous_text:
            out.append(" ")
        out.append(sprint(value))
        previous_text = text
    return joined(out)


def sprintln(values: Iterable[Any]) -> str:
    """Return Go's Sprintln: a space between any two values, a newline at the end."""
    return joined([sprint(value) for value in values], " ") + "\n"


def sprintf(template: str, values: Sequence[Any]) -> str:
    """Return Go's Sprintf; faults of the format are told in the result, as Go does (``%!d(string=x)``).

    Widths and precisions beyond a million are refused in Go's way. Raises TextTooDeep, TextTooLong.
    """
    known, count = _simple.get(template) or _remember(template)
    if len(values) == count:
        for value in values:
            if value.__class__ is not str:
                break
        else:
            text = known % tuple(values)
            if len(text) > MAX_TEXT:
                raise TextTooLong
            return text
    from helmpy.gocompat.text_format import formatted

    return formatted(template, values)


# Formats that have but %s and %v, as Python's, and how many those are: 0.4 us a call; others have -1.
_simple: dict[str, tuple[str, int]] = {}
_REMEMBERED = 1000
_REMEMBERED_FORMAT = 200


def _remember(template: str) -> tuple[str, int]:
    known = template.replace("%v", "%s")
    pieces = known.split("%s")
    found = ("", -1) if any("%" in piece for piece in pieces) else (known, len(pieces) - 1)
    if len(template) <= _REMEMBERED_FORMAT:
        if len(_simple) >= _REMEMBERED:
            _simple.clear()
        _simple[template] = found
    return found
