"""Numbers: Go's conversions to int64, int and float64, and arithmetic that wraps as int64 does."""

from __future__ import annotations

from helmpy.gocompat.function import FunctionPanic
from helmpy.gocompat.kinds import Int64
from helmpy.gocompat.pattern import Pattern
from helmpy.gocompat.text import sprint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    from helmpy.sprig.settings import Settings

_MIN, _MAX = -(1 << 63), (1 << 63) - 1
_PREFIXED = Pattern(r"(?a)([+-]?)0(?:[xX]((?:_?[0-9a-fA-F])++)|[bB]((?:_?[01])++)|[oO]?((?:_?[0-7])++))")
_DECIMAL_SEPARATED = Pattern(r"(?a)[+-]?[1-9](?:_?[0-9])*+")
_OCTAL = frozenset("01234567")
_FLOAT = Pattern(r"(?a)[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
_HEX_FLOAT = Pattern(r"(?a)[+-]?0[xX](?:[0-9a-fA-F]++(?:\.[0-9a-fA-F]*+)?|\.[0-9a-fA-F]++)[pP][+-]?[0-9]++")
_SEPARATOR = Pattern(r"(?a)(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])")
_INFINITY = Pattern(r"(?ia)[+-]?inf(?:inity)?")
_INF = float("inf")
_LONGEST_NUMBER = 4000  # digits Python converts without complaint; more never fit int64


class IntList(list[int]):
    """Go's []int."""

    __slots__ = ()
    go_type: ClassVar[str] = "[]int"


def _int64(number: int) -> Int64:
    if _MIN <= number <= _MAX:
        return Int64(number)
    return Int64(((number - _MIN) & 0xFFFFFFFFFFFFFFFF) + _MIN)


def _in_range(text: str, base: int) -> int:
    if len(text) > _LONGEST_NUMBER:
        sign, digits = (text[0], text[1:]) if text[0] in "+-" else ("", text)
        text = sign + digits.lstrip("0")[:_LONGEST_NUMBER]
    number = int(text, base)
    return number if _MIN <= number <= _MAX else 0


def _is_decimal(text: str) -> bool:
    body = text[1:] if text[:1] in ("+", "-") else text
    return body.isascii() and body.isdigit()


def parse_decimal(text: str) -> int:
    """Return the int64 that ``text`` spells in base 10, 0 where it does not."""
    return _in_range(text, 10) if _is_decimal(text) else 0


def parse_literal(text: str) -> int:
    """Return the int64 that ``text`` spells as a Go literal (0x, 0b, 0o, 017, 1_000), else 0."""
    first = text[1:2] if text[:1] in ("+", "-") else text[:1]
    if first != "0":
        plain = _is_decimal(text) or ("_" in text and _DECIMAL_SEPARATED.fullmatch(text))
        return _in_range(text.replace("_", ""), 10) if plain else 0
    found = _PREFIXED.fullmatch(text)
    if found is None:
        return 0
    sign, sixteen, two, eight = found.groups()
    digits, base = (sixteen, 16) if sixteen else (two, 2) if two else (eight, 8)
    return _in_range(sign + digits.replace("_", ""), base)


def parse_float(text: str) -> float:
    """Return the float64 that ``text`` spells, 0 where it does not or is too large."""
    if "_" in text:
        text = _SEPARATOR.sub("", text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if number - number == 0 else 0.0
    if _INFINITY.fullmatch(text) or text.lower() == "nan":
        return float(text)
    if _HEX_FLOAT.fullmatch(text):
        try:
            return float.fromhex(text)
        except OverflowError:
            return 0.0
    return 0.0


def _truncate(number: float) -> int:
    if _MIN <= number <= _MAX and number < 9223372036854775808.0:
        return int(number)
    return _MIN  # what amd64 makes of NaN and of numbers out of range


def integer(value: Any) -> int:
    """Convert as sprig 3 does: text is a Go literal, what is no number is 0; named types are none."""
    kind = type(value)
    if kind is float:
        return _truncate(value)
    if kind is Int64 or kind is int:
        return value  # type: ignore[no-any-return]  # exact type was just seen
    if hasattr(value, "go_type"):
        return 0
    if isinstance(value, float):
        return _truncate(value)
    if isinstance(value, int):
        return _int64(value)
    return parse_literal(value) if isinstance(value, str) else 0


def integer_v2(value: Any) -> int:
    """Convert as sprig 2 does: text is decimal, what is no number is 0."""
    if isinstance(value, float):
        return _truncate(value)
    if isinstance(value, int):
        return min(value, _MAX)
    return parse_decimal(value) if isinstance(value, str) else 0


def real(value: Any) -> float:
    """Convert to float64 as sprig 3 does."""
    return 0.0 if hasattr(value, "go_type") else real_v2(value)


def real_v2(value: Any) -> float:
    """Convert to float64 as sprig 2 does."""
    if isinstance(value, float | int):
        return float(value)
    return parse_float(value) if isinstance(value, str) else 0.0


def atoi(text: str) -> int:
    """Return the int that ``text`` spells in base 10; one out of range becomes the nearest int."""
    if not _is_decimal(text):
        return 0
    number = _in_range(text, 10)
    if number or not text.strip("+-0"):
        return number
    return _MIN if text[0] == "-" else _MAX


def to_decimal(value: Any) -> Int64:
    """Read a file mode: the digits of ``value`` in base 8."""
    text = sprint(value)
    digits = text[1:] if text[:1] in ("+", "-") else text
    return Int64(_in_range(text, 8) if digits and _OCTAL.issuperset(digits) else 0)


class Arithmetic:
    """The functions that convert their arguments, for one way to convert."""

    __slots__ = ("_integer", "_real")

    def __init__(self, to_integer: Callable[[Any], int], to_real: Callable[[Any], float]) -> None:
        self._integer = to_integer
        self._real = to_real

    def to_int64(self, value: Any) -> Int64:
        """Convert to int64."""
        return _int64(self._integer(value))

    def to_int(self, value: Any) -> int:
        """Convert to int."""
        return int(self._integer(value))

    def to_float64(self, value: Any) -> float:
        """Convert to float64."""
        return self._real(value)

    def add(self, *values: Any) -> Int64:
        """Add."""
        return _int64(sum(map(self._integer, values)))

    def add1(self, value: Any) -> Int64:
        """Add 1."""
        return _int64(self._integer(value) + 1)

    def sub(self, left: Any, right: Any) -> Int64:
        """Subtract."""
        return _int64(self._integer(left) - self._integer(right))

    def mul(self, first: Any, *values: Any) -> Int64:
        """Multiply."""
        product = self._integer(first)
        for value in values:
            product = _int64(product * self._integer(value))
        return _int64(product)

    def div(self, left: Any, right: Any) -> Int64:
        """Divide, cutting towards zero."""
        dividend, divisor = self._integer(left), self._integer(right)
        if divisor == 0:
            raise FunctionPanic("runtime error: integer divide by zero")
        quotient = abs(dividend) // abs(divisor)
        return _int64(quotient if (dividend < 0) == (divisor < 0) else -quotient)

    def mod(self, left: Any, right: Any) -> Int64:
        """Return the remainder, with the sign of ``left``."""
        dividend, divisor = self._integer(left), self._integer(right)
        if divisor == 0:
            raise FunctionPanic("runtime error: integer divide by zero")
        rest = abs(dividend) % abs(divisor)
        return _int64(-rest if dividend < 0 else rest)

    def largest(self, first: Any, *values: Any) -> Int64:
        """Return the largest."""
        return _int64(max(self._integer(first), *map(self._integer, values))) if values else self.to_int64(first)

    def smallest(self, first: Any, *values: Any) -> Int64:
        """Return the smallest."""
        return _int64(min(self._integer(first), *map(self._integer, values))) if values else self.to_int64(first)

    def floor(self, value: Any) -> float:
        """Round down."""
        from math import floor

        return _whole(floor, self._real(value))

    def ceil(self, value: Any) -> float:
        """Round up."""
        from math import ceil

        return _whole(ceil, self._real(value))

    def round_to(self, value: Any, places: int, *up_from: float) -> float:
        """Round to ``places`` digits; a rest of ``up_from`` (0.5) or more goes up."""
        from math import ceil, floor, isfinite, modf, nan

        threshold = up_from[0] if up_from else 0.5
        power = _power_of_ten(places)
        shifted = power * self._real(value)
        rest = modf(shifted)[0] if isfinite(shifted) else nan
        whole = _whole(ceil if rest >= threshold else floor, shifted)
        return _divide(whole, power)

    def largest_real(self, first: Any, *values: Any) -> float:
        """Return the largest; NaN wins, infinity before it."""
        return _extreme([self._real(first), *map(self._real, values)], _INF, max)

    def smallest_real(self, first: Any, *values: Any) -> float:
        """Return the smallest; NaN wins, minus infinity before it."""
        return _extreme([self._real(first), *map(self._real, values)], -_INF, min)


V2 = Arithmetic(integer_v2, real_v2)
V3 = Arithmetic(integer, real)


def _extreme(numbers: list[float], strongest: float, choose: Callable[..., float]) -> float:
    from math import copysign

    if strongest in numbers:
        return strongest
    if any(number != number for number in numbers):  # noqa: PLR0124 - NaN is what differs from itself
        return float("nan")
    return choose(numbers, key=lambda number: (number, copysign(1, number)))  # -0 is less than 0 here


def _whole(cut: Callable[[float], int], number: float) -> float:
    from math import copysign, isfinite

    return copysign(float(cut(number)), number) if isfinite(number) else number


def _power_of_ten(places: int) -> float:
    from math import pow as math_pow

    try:
        return math_pow(10.0, places)
    except OverflowError:
        return _INF


def _divide(dividend: float, divisor: float) -> float:
    from math import copysign, inf, isnan, nan

    if divisor:
        return dividend / divisor
    return nan if dividend == 0 or isnan(dividend) else copysign(inf, dividend)


def until_step(settings: Settings, start: int, stop: int, step: int) -> IntList:
    """Return the numbers from ``start`` before ``stop``; a step that leads away gives none."""
    if (stop < start and step >= 0) or (stop >= start and step <= 0):
        return IntList()
    numbers = range(start, stop, step)
    settings.check_items(_count(start, stop, step))
    return IntList(numbers)


def _count(start: int, stop: int, step: int) -> int:
    return -((start - stop) // step)


def until(settings: Settings, count: int) -> IntList:
    """Return the numbers from 0 before ``count``, downwards where that is negative."""
    return until_step(settings, 0, count, -1 if count < 0 else 1)


def seq(settings: Settings, *params: int) -> str:
    """Return the numbers that the shell's seq prints, on one line."""
    if len(params) == 1:
        start, stop, step = 1, params[0], 0
    elif len(params) == 2:
        start, stop, step = params[0], params[1], 0
    elif len(params) == 3:
        start, step, stop = params
        if stop < start and step > 0:
            return ""
        if step == 0:
            return ""
    else:
        return ""
    beyond = -1 if stop < start else 1
    return " ".join(map(str, until_step(settings, start, stop + beyond, step or beyond)))
