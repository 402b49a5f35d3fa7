"""RFC 3339 as Go's ``time.Time`` reads it from JSON and YAML."""

from __future__ import annotations

from helmpy.gocompat.pattern import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LAYOUT = "2006-01-02T15:04:05Z07:00"

# What is right beyond doubt, days that not every month has left aside: 0.6 us, by the parser 30.
_PLAIN = Pattern(
    r"(?a)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


def fault(value: str) -> str:
    """Return what Go says is wrong with a time, nothing where it is one."""
    if _PLAIN.fullmatch(value):
        return ""
    from helmpy.gocompat.function import FunctionError
    from helmpy.gocompat.time_parse import parse

    try:
        parse(LAYOUT, value)
    except FunctionError as error:
        return error.message
    return ""


def is_time(value: Any) -> bool:
    """Whether a value of a file is a time, or not there."""
    return value is None or (value.__class__ is str and not fault(value))
