"""Go's time.Duration: reading, printing, rounding. The number is nanoseconds, as int64."""

from __future__ import annotations

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.kinds import Int64
from helmpy.gocompat.methods import MethodObject
from helmpy.gocompat.pattern import Pattern
from helmpy.gocompat.text_quote import to_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import ClassVar, Self

    from helmpy.gocompat.methods import Method

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "µs": MICROSECOND,  # U+00B5
    "μs": MICROSECOND,  # U+03BC
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_TERM = Pattern(r"(?a)([0-9]*+)(?:(\.)([0-9]*+))?([^0-9.]*+)")


class Duration(int, MethodObject):
    """A time.Duration in nanoseconds; prints as ``1h30m0s``."""

    __slots__ = ()
    go_type: ClassVar[str] = "time.Duration"
    go_kind: ClassVar[str] = "int64"
    methods: ClassVar[Mapping[str, Method]]

    def __str__(self) -> str:
        if self == 0:
            return "0s"
        sign, number = ("-", -int(self)) if self < 0 else ("", int(self))
        for unit, name in ((MICROSECOND, "ns"), (MILLISECOND, "µs"), (SECOND, "ms")):
            if number < unit:
                return f"{sign}{_with_fraction(number, unit // 1000)}{name}"
        hours, rest = divmod(number, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        text = f"{_with_fraction(rest, SECOND)}s"
        if number >= MINUTE:
            text = f"{minutes}m{text}"
        return f"{sign}{hours}h{text}" if hours else sign + text

    def rounded(self, unit: int) -> Self:
        """Round to a multiple of ``unit``, halves away from zero, within int64."""
        if unit <= 0:
            return self
        size = abs(int(self))
        down = size - size % unit
        near = down if (size % unit) * 2 < unit else down + unit
        return type(self)(max(_LOWEST, min(_HIGHEST, -near if self < 0 else near)))

    def truncated(self, unit: int) -> Self:
        """Round towards zero to a multiple of ``unit``."""
        if unit <= 0:
            return self
        size = abs(int(self)) // unit * unit
        return type(self)(-size if self < 0 else size)


def _with_fraction(number: int, unit: int) -> str:
    whole, rest = divmod(number, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if unit > 1 else ""
    return f"{whole}.{digits}" if digits else str(whole)


def _in(unit: int) -> Method:
    def number(self: Duration) -> float:
        whole, rest = divmod(abs(int(self)), unit)
        return (float(whole) + rest / unit) * (-1 if self < 0 else 1)

    return number, "", "float64"


def _whole(unit: int) -> Method:
    def number(self: Duration) -> Int64:
        return Int64(abs(int(self)) // unit * (-1 if self < 0 else 1))

    return number, "", "int64"


Duration.methods = {
    "Abs": (lambda self: Duration(min(abs(int(self)), _HIGHEST)), "", "time.Duration"),
    "Hours": _in(HOUR),
    "Microseconds": _whole(MICROSECOND),
    "Milliseconds": _whole(MILLISECOND),
    "Minutes": _in(MINUTE),
    "Nanoseconds": _whole(1),
    "Round": (Duration.rounded, "time.Duration", "time.Duration"),
    "Seconds": _in(SECOND),
    "String": (str, "", "string"),
    "Truncate": (Duration.truncated, "time.Duration", "time.Duration"),
}


def clamp(nanoseconds: int) -> Duration:
    """Return the duration nearest to ``nanoseconds`` that int64 holds, as Time.Sub does."""
    return Duration(max(_LOWEST, min(_HIGHEST, nanoseconds)))


def wrap(nanoseconds: int) -> Duration:
    """Return the duration that int64 arithmetic makes of ``nanoseconds``."""
    return Duration(((nanoseconds - _LOWEST) & 0xFFFFFFFFFFFFFFFF) + _LOWEST)


def quote(text: str) -> str:
    r"""Quote as package time does in its errors: bytes beyond printable ASCII as ``\\xNN``."""
    out = []
    for byte in to_bytes(text):
        char = chr(byte)
        if byte >= 0x80 or byte < 0x20:
            out.append(f"\\x{byte:02x}")
        else:
            out.append("\\" + char if char in '"\\' else char)
    return f'"{"".join(out)}"'


def parse_duration(text: str) -> Duration:
    """Read ``1h30m``, ``-1.5s``, ``300ms``; raise FunctionError in Go's words where it is none."""
    invalid = FunctionError(f"time: invalid duration {quote(text)}")
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return Duration(0)
    if not body:
        raise invalid
    total, at = 0, 0
    while at < len(body):
        found = _TERM.match(body, at)
        assert found is not None  # every part of the pattern may be empty
        whole, _, fraction, unit = found.groups()
        if not whole and not fraction:
            raise invalid
        if len(whole.lstrip("0")) > 19:
            raise invalid
        if not unit:
            raise FunctionError(f"time: missing unit in duration {quote(text)}")
        if unit not in _UNITS:
            raise FunctionError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        total += int(whole[-30:] or "0") * _UNITS[unit] + _fraction(fraction or "", _UNITS[unit])
        if total > 1 << 63:
            raise invalid
        at = found.end()
    if text[0] == "-":
        return Duration(-total)
    if total > _HIGHEST:
        raise invalid
    return Duration(total)


def _fraction(digits: str, unit: int) -> int:
    """Return the part of ``unit`` that the digits after the point say, computed in float64 as Go does."""
    kept = digits[:18]
    return int(float(int(kept)) * (float(unit) / 10.0 ** len(kept))) if kept else 0
