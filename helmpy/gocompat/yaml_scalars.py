"""What a plain scalar is: the rules of Go's yaml.v2, which are YAML 1.1's with exceptions.

Dates and base-60 numbers stay strings; ``0777``, ``0o777``, ``0x1FF``, ``0b1`` and ``1_000`` are
integers; ``1e3``, ``.5`` and ``1.`` are floats.
"""

from __future__ import annotations

from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Convert = Callable[[Any], Any]

MAX_DEPTH = 250
"""How deep maps and lists may nest; everything that walks values later recurses at most so far."""

PREFIX = "error converting YAML to JSON: "
"""What begins every error of reading."""

CACHE_LIMIT = 4096
CACHED_LENGTH = 64
_FLOAT_OF_INT_LIMIT = 1 << 63


class YamlError(HelmError):
    """YAML that cannot be read or written.

    ``line`` and ``column`` are 1-based and point at the fault; 0 where the place is not known.
    The message is Go's, whose line numbers are often one less than the true ones.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


WORDS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
"""Scalars known by their whole spelling."""

_NUMBER_START = frozenset("+-.0123456789")
_BASES = {"x": (16, frozenset("0123456789abcdefABCDEF")), "o": (8, frozenset("01234567")), "b": (2, frozenset("01"))}
_DIGITS = frozenset("0123456789")
_INT64 = 1 << 63
_LONGEST = 4300
"""More digits than this are nobody's number (and cost quadratic time to convert)."""


def resolve(text: str) -> Any:
    """Return what the plain scalar ``text`` stands for: str, int, float, bool or None.

    Integers beyond 64 bits are floats, as in Go; infinities and NaN are floats that JSON refuses.
    """
    if text in WORDS:
        return WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if text[0] == ".":
        return _dotted(text)
    plain = text.replace("_", "")
    number: float | None = _integer(plain)
    if number is None:
        number = _float(plain)
    return text if number is None else number


def _dotted(text: str) -> Any:
    """A scalar that starts with a dot is read by Go's ParseFloat: underscores only between digits."""
    at = text.find("_")
    while at >= 0:
        if text[at - 1] not in _DIGITS or text[at + 1 : at + 2] not in _DIGITS:
            return text
        at = text.find("_", at + 1)
    number = _float(text.replace("_", ""))
    return text if number is None else number


def _integer(plain: str) -> int | None:
    digits = plain[1:] if plain[:1] in ("+", "-") else plain
    if not digits or len(digits) > _LONGEST:
        return None
    base, allowed = 10, _DIGITS
    if digits[0] == "0" and len(digits) > 1:
        known = _BASES.get(digits[1].lower())
        if known:
            base, allowed = known
            digits = digits[2:]
        elif _DIGITS.issuperset(digits):
            base = 8 if not ("8" in digits or "9" in digits) else 0
    if not base or not digits or not allowed.issuperset(digits):
        return None
    number = int(digits, base)
    if plain[0] == "-":
        return -number if number <= _INT64 else None
    # an unsigned number may not carry a sign
    return number if number < (_INT64 if plain[0] == "+" else 2 * _INT64) else None


def _float(plain: str) -> float | None:
    """Return the float that ``[-+]?(.D+|D+(.D*)?)([eE][-+]?D+)?`` spells, if it fits."""
    body = plain[1:] if plain[:1] in ("+", "-") else plain
    if len(body) > _LONGEST:
        return None
    mantissa, mark, exponent = body.partition("e") if "e" in body else body.partition("E")
    whole, _, fraction = mantissa.partition(".")
    if exponent[:1] in ("+", "-"):
        exponent = exponent[1:]
    if not (whole or fraction) or not _DIGITS.issuperset(whole + fraction + exponent) or bool(mark) != bool(exponent):
        return None
    number = float(plain)
    return None if number in (float("inf"), float("-inf")) else number


_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_timestamp(text: str) -> bool:
    """Whether yaml.v2 takes ``text`` for a date, alone or with a time (RFC 3339, lenient in digits)."""
    if len(text) < len("2006-1-2") or text[4] != "-" or not _DIGITS.issuperset(text[:4]):
        return False
    month, rest = _two_digits(text[5:])
    if not 1 <= month <= len(_MONTH_DAYS) or rest[:1] != "-":
        return False
    day, rest = _two_digits(rest[1:])
    year = int(text[:4])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _MONTH_DAYS[month - 1] or (month == 2 and day == 29 and not leap):
        return False
    return not rest or _is_time(rest)


def _is_time(text: str) -> bool:
    for mark, limit in (("Tt ", 24), (":", 60), (":", 60)):
        number, rest = _two_digits(text[1:])
        if not text or text[0] not in mark or not 0 <= number < limit:
            return False
        if mark == "Tt ":
            zoned = text[0] != " "
        text = rest
    if len(text) > 1 and text[0] in ".," and text[1] in _DIGITS:
        text = text[1:].lstrip("0123456789")
    if not zoned:
        return not text
    if text == "Z":
        return True
    hours, minutes = text[1:3], text[4:6]
    return (
        len(text) == len("+07:00")
        and text[0] in "+-"
        and text[3] == ":"
        and _DIGITS.issuperset(hours + minutes)
        and int(hours) <= 24
        and int(minutes) < 60
    )


def _two_digits(text: str) -> tuple[int, str]:
    """Return the number of one or two digits at the start, -1 where there is none, and the rest."""
    size = 0
    while size < 2 and text[size : size + 1] in _DIGITS and size < len(text):
        size += 1
    return (int(text[:size]), text[size:]) if size else (-1, text)


# -- values and keys as JSON has them ---------------------------------------------------------------


class Scalars:
    """Resolved plain scalars, remembered: charts repeat themselves."""

    def __init__(self, convert: Convert) -> None:
        self.known: dict[str, Any] = {}
        self.convert = convert

    def __call__(self, text: str) -> Any:
        value = self.convert(resolve(text))
        if len(text) <= CACHED_LENGTH:
            if len(self.known) >= CACHE_LIMIT:
                self.known.clear()
            self.known[text] = value
        return value


def _json_number(value: float) -> float:
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is what differs from itself
        name = "NaN" if value != value else ("+Inf" if value > 0 else "-Inf")  # noqa: PLR0124 - as above
        raise YamlError(f"{PREFIX}json: unsupported value: {name}")
    return value


def _to_float(value: Any) -> Any:
    """Make a number what JSON makes of it in Go: a float64."""
    kind = type(value)
    if kind is int:
        return float(value)
    return _json_number(value) if kind is float else value


def to_number(value: Any) -> Any:
    """Keep integers, as Kubernetes reads objects: what JSON writes without a fraction is an int64."""
    kind = type(value)
    if kind is int:
        return value if -_FLOAT_OF_INT_LIMIT <= value < _FLOAT_OF_INT_LIMIT else float(value)
    if kind is float:
        _json_number(value)
        if value == int(value) and -_FLOAT_OF_INT_LIMIT <= value < _FLOAT_OF_INT_LIMIT:
            return int(value)
    return value


_FLOATS = Scalars(_to_float)
_NUMBERS = Scalars(to_number)


def scalars(*, ints: bool) -> Scalars:
    """Return what resolves plain scalars, keeping integers or not."""
    return _NUMBERS if ints else _FLOATS


class BadKey:
    """A key that JSON cannot have; the complaint about it names the value too."""

    __slots__ = ("message",)

    def __init__(self, what: str) -> None:
        self.message = f"{PREFIX}Unsupported map key of type: {what}"


def key_text(key: Any) -> str | BadKey:
    """Return the JSON name of a plain key, as ghodss/yaml makes it."""
    if key is True or key is False:
        return "true" if key else "false"
    if key is None:
        return BadKey("%!s(<nil>), key: <nil>")
    if isinstance(key, int):
        if key >= _FLOAT_OF_INT_LIMIT:
            return BadKey(f"uint64, key: {key:#x}")
        return str(key)
    if isinstance(key, float):
        if key != key:  # noqa: PLR0124 - NaN is what differs from itself
            return ".nan"
        if key in (float("inf"), float("-inf")):
            return ".inf" if key > 0 else "-.inf"
        from helmpy.gocompat.json import shortest32

        return shortest32(key)
    return str(key)


def text_of(value: Any) -> str:
    """Return the text that ghodss/yaml makes of a scalar where a string is wanted; none of None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        from helmpy.gocompat.json import shortest32

        return shortest32(value)
    return str(value)


def plain_key(text: str) -> str | BadKey:
    """Return the JSON name of the key that is written ``text`` without quotes."""
    return key_text(resolve(text))
