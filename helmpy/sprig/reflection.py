"""Types and kinds by name, and equality as reflect.DeepEqual has it."""

from __future__ import annotations

from helmpy.gocompat.kinds import Int64
from helmpy.gocompat.text import kind_name, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Any


def type_of(value: Any) -> str:
    """Return the Go type's name."""
    return type_name(value)


def type_is(target: str, value: Any) -> bool:
    """Tell whether the Go type's name is ``target``."""
    return target == type_name(value)


def type_is_like(target: str, value: Any) -> bool:
    """Tell whether the Go type's name is ``target``, or a pointer to it."""
    name = type_name(value)
    return name in (target, "*" + target)


def kind_of(value: Any) -> str:
    """Return the Go kind's name."""
    return kind_name(value)


def kind_is(target: str, value: Any) -> bool:
    """Tell whether the Go kind's name is ``target``."""
    return target == kind_name(value)


def deep_equal(left: Any, right: Any) -> bool:
    """Compare as reflect.DeepEqual does: types too, maps and lists by content, NaN never equal."""
    pending = [(left, right)]
    seen: set[tuple[int, int]] = set()
    while pending:
        one, other = pending.pop()
        kind = type(one)
        if kind is not type(other):
            return False
        if issubclass(kind, dict):
            if (id(one), id(other)) in seen:
                continue
            seen.add((id(one), id(other)))
            if one.keys() != other.keys():
                return False
            pending += [(value, other[key]) for key, value in one.items()]
        elif issubclass(kind, list):
            if (id(one), id(other)) in seen:
                continue
            seen.add((id(one), id(other)))
            if len(one) != len(other):
                return False
            pending += zip(one, other, strict=True)
        elif one != other:
            return False
    return True


# How many parts of a value its fingerprint takes in.
_FINGERPRINT = 500


def fingerprint(value: Any) -> Hashable:
    """Return something that is the same for values that are deeply equal, and seldom for others."""
    if not isinstance(value, dict | list):
        return _mark(value)
    marks: list[Hashable] = []
    pending: list[Any] = [value]
    while pending and len(marks) < _FINGERPRINT:
        part = pending.pop()
        if isinstance(part, dict):
            names = sorted(part)
            marks += [type(part), *names[:_FINGERPRINT]]
            pending += [part[name] for name in names[:_FINGERPRINT]]
        elif isinstance(part, list):
            marks += [type(part), len(part)]
            pending += part[:_FINGERPRINT]
        else:
            marks.append(_mark(part))
    return tuple(marks)


def _mark(value: Any) -> Hashable:
    return type(value), value if type(value) in _PLAIN else None


_PLAIN = frozenset({str, int, float, bool, bytes, Int64})
