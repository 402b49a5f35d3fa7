"""JSON as Go's encoding/json writes and reads it: sorted keys, ``<>&`` escaped, float64 numbers."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gocompat.kinds import Float32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_DEPTH = 250
"""How deep maps and lists may nest, as in YAML."""

MAX_PARTS = 1_000_000
MAX_TEXT = 10_000_000
"""The most pieces, and characters, a text is put together from: what holds itself many times over is refused."""


class JsonError(HelmError):
    """JSON that cannot be read or a value that JSON cannot hold."""


class Struct(dict["str", "Any"]):
    """What a Go struct marshals to: its fields keep their order, where a map's keys are sorted."""

    __slots__ = ()


def clean_text(text: str) -> str:
    """Put a replacement character for every byte that is not UTF-8 (a lone surrogate in Python)."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def _escape_table() -> dict[int, str]:
    table = {code: f"\\u{code:04x}" for code in range(0x20)}
    for char, escape in zip('"\\\n\r\t\b\f', ('\\"', "\\\\", "\\n", "\\r", "\\t", "\\b", "\\f"), strict=True):
        table[ord(char)] = escape
    return table | {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


_TABLE = _escape_table()
_SPECIAL = frozenset(map(chr, _TABLE))


def quoted(text: str) -> str:
    """Return ``text`` as a JSON string; bytes that are not UTF-8 are written as an escape."""
    if (
        text.isprintable()
        and text.isascii()
        and '"' not in text
        and "\\" not in text
        and "<" not in text
        and ">" not in text
        and "&" not in text
    ):
        return f'"{text}"'  # nearly all: 0.2 us for 20 characters, by the set below 0.6
    whole = text
    if not text.isascii():
        text = clean_text(text)
    escaped = text if _SPECIAL.isdisjoint(text) else text.translate(_TABLE)
    if text is not whole:  # only what was put in is escaped, a replacement character that stood there is not
        escaped = "".join("\\ufffd" if "\ud800" <= char <= "\udfff" else char.translate(_TABLE) for char in whole)
    return f'"{escaped}"'


def _digits(number: float, *, narrow: bool) -> tuple[str, int]:
    """Return the shortest digits d of a positive number, and n so that it is 0.d times 10**n."""
    text = _shortest32(number) if narrow else repr(number)
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    all_digits = (whole + fraction).rstrip("0")
    digits = all_digits.lstrip("0")
    return digits or "0", point - (len(all_digits) - len(digits)) if digits else 1


def _shortest32(number: float) -> str:
    from _struct import pack, unpack

    for precision in range(8):
        text = f"{number:.{precision}e}"
        if unpack("f", pack("f", float(text)))[0] == number:
            return text
    return f"{number:.8e}"


def go_float(number: float, style: str, *, narrow: bool = False) -> str:
    """Return a number in the shortest form that reads back, as Go writes it; JsonError if it is not finite.

    ``style`` ``json``: encoding/json's, an exponent below 1e-6 and from 1e21 on; ``g``: strconv's,
    an exponent below 1e-4 and from 1e6 on. ``narrow`` formats a float32.
    """
    if style == "json" and not narrow and -1e15 < number < 1e15 and number and number == int(number):
        return str(int(number))  # 0.3 us; the way below takes 2
    _finite(number)
    if narrow:
        from _struct import pack, unpack

        number = unpack("f", pack("f", number))[0]
    sign = "-" if repr(number)[0] == "-" else ""
    if number == 0:
        return sign + "0"
    digits, point = _digits(abs(number), narrow=narrow)
    exponent = point - 1
    if style == "json":
        scientific = abs(number) < 1e-6 or abs(number) >= 1e21
    else:
        scientific = exponent < -4 or exponent >= 6
    if not scientific:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{digits}"
        if len(digits) <= point:
            return sign + digits + "0" * (point - len(digits))
        return f"{sign}{digits[:point]}.{digits[point:]}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    size = abs(exponent)
    power = str(size) if style == "json" and exponent < 0 else f"{size:02d}"
    return f"{sign}{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{power}"


def shortest32(number: float) -> str:
    return go_float(number, "g", narrow=True)


def plain_value(value: Any) -> Any:
    """Return any value as what JSON makes of it: a dict, list, str, float, int, bool or None.

    Objects answer through a method ``json_value()`` that returns such a value; a ``Struct`` keeps
    the order of its fields. Raises JsonError for a type without one.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Float32):
        return float(go_float(value, "json", narrow=True))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(_finite(value))
    marshal = getattr(type(value), "json_value", None)
    if marshal is not None:
        return marshal(value)
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, bytes | bytearray):
        from binascii import b2a_base64

        return b2a_base64(value, newline=False).decode()
    raise JsonError(f"json: unsupported type: {getattr(value, 'go_type', type(value).__name__)}")


def _finite(value: float) -> float:
    if value - value != 0:
        name = "NaN" if value != value else ("+Inf" if value > 0 else "-Inf")  # noqa: PLR0124 - only NaN is not itself
        raise JsonError(f"json: unsupported value: {name}")
    return value


def dumps(value: Any, *, dialect: int = 2) -> str:
    """Return ``value`` as compact JSON. Raises JsonError.

    ``dialect`` 3 writes backspace and form feed as Helm 3's older Go does.
    """
    out: list[str] = []
    _write(out, value, None, 0)
    return _joined(out, dialect)


def dumps_pretty(value: Any, *, dialect: int = 2) -> str:
    """Return ``value`` as JSON with an indent of two spaces. Raises JsonError."""
    out: list[str] = []
    _write(out, value, "\n", 0)
    return _joined(out, dialect)


def _joined(out: list[str], dialect: int) -> str:
    text = "".join(out)
    if len(text) > MAX_TEXT:
        raise JsonError("json: exceeded max size")
    if dialect == 3 and ("\\b" in text or "\\f" in text):
        parts = text.split("\\\\")  # an escaped backslash is not the start of an escape
        text = "\\\\".join(part.replace("\\b", "\\u0008").replace("\\f", "\\u000c") for part in parts)
    return text


_WORDS = {True: "true", False: "false", None: "null"}


def _write(out: list[str], value: Any, line: str | None, depth: int) -> None:
    """Append the pieces of ``value``; ``line`` is a line's start with its indent, None for compact text."""
    kind = value.__class__
    if kind is str:
        out.append(quoted(value))
    elif kind is float:
        out.append(go_float(value, "json"))
    elif kind is bool or value is None:
        out.append(_WORDS[value])
    elif kind is int:
        out.append(str(value))
    elif kind is dict or kind is Struct:
        _write_dict(out, value, line, depth + 1)
    elif kind is list:
        _write_list(out, value, line, depth + 1)
    elif isinstance(value, Float32):
        out.append(go_float(value, "json", narrow=True))
    else:
        _write(out, plain_value(value), line, depth + 1)


def _check(out: list[str], depth: int) -> None:
    if depth > MAX_DEPTH or len(out) > MAX_PARTS:
        raise JsonError(f"json: exceeded max {'depth' if depth > MAX_DEPTH else 'size'}")


def _write_dict(out: list[str], value: dict[str, Any], line: str | None, depth: int) -> None:
    _check(out, depth)
    if not value:
        out.append("{}")
        return
    inner = None if line is None else line + "  "
    opening, gap, colon = "{" + (inner or ""), "," + (inner or ""), ":" if line is None else ": "
    for key in value if isinstance(value, Struct) else sorted(value):
        out.append(opening + quoted(key) + colon)
        opening = gap
        _write(out, value[key], inner, depth)
    out.append((line or "") + "}")


def _write_list(out: list[str], value: list[Any], line: str | None, depth: int) -> None:
    _check(out, depth)
    if not value:
        out.append("[]")
        return
    inner = None if line is None else line + "  "
    opening, gap = "[" + (inner or ""), "," + (inner or "")
    for item in value:
        out.append(opening)
        opening = gap
        _write(out, item, inner, depth)
    out.append((line or "") + "]")


# --- reading ------------------------------------------------------------------------------------

_BLANKS = " \t\n\r"


class _Rules:
    """What the interpreter's JSON scanner is told: Go's strictness and float64 for every number."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    memo: dict[str, str] = {}  # noqa: RUF012 - the scanner's interface

    @staticmethod
    def parse_constant(name: str) -> Any:
        raise ValueError(name)

    @staticmethod
    def parse_float(text: str) -> float:
        number = float(text)
        if number - number != 0:
            raise JsonError(f"json: cannot unmarshal number {text} into Go value of type float64")
        return number

    parse_int = parse_float


def _scanner() -> Callable[[str, int], tuple[Any, int]]:
    """Return the interpreter's scanner, without the cost of the whole json package where that can be."""
    try:
        from _json import make_scanner
    except ImportError:
        from json import JSONDecoder

        decoder: Any = JSONDecoder(
            parse_float=_Rules.parse_float, parse_int=_Rules.parse_float, parse_constant=_Rules.parse_constant
        )
        slow: Callable[[str, int], tuple[Any, int]] = decoder.scan_once
        return slow
    rules: Any = _Rules()
    scan: Callable[[str, int], tuple[Any, int]] = make_scanner(rules)
    return scan


_scan: Callable[[str, int], tuple[Any, int]] | None = None


def explain(text: str) -> str:
    """Return Go's message for the first fault of ``text``, empty where there is none."""
    from helmpy.gocompat import json_fault

    return json_fault.explain(text)


def loads(text: str | bytes) -> Any:
    """Return the value of a JSON text; numbers are floats. Raises JsonError in Go's words."""
    global _scan  # noqa: PLW0603 - made at its first use
    if _scan is None:
        _scan = _scanner()
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    if text.count("[") + text.count("{") > MAX_DEPTH and _too_deep(text):
        raise JsonError(explain(text) or f"json: exceeded max depth of {MAX_DEPTH}")
    start = len(text) - len(text.lstrip(_BLANKS))
    try:
        value, end = _scan(text, start)
    except (ValueError, StopIteration, SystemError):
        # SystemError: the scanner takes its exception out of json.decoder, and nobody may have loaded that.
        end = -1
    except JsonError as error:
        raise JsonError(explain(text) or error.message) from None
    if end < 0 or text[end:].strip(_BLANKS):
        raise JsonError(explain(text) or "unexpected end of JSON input")
    return _cleaned(value) if "\\u" in text or not text.isascii() else value


def _too_deep(text: str) -> bool:
    depth = 0
    for between in text.replace("\\\\", "").replace('\\"', "").split('"')[::2]:  # what stands between strings
        opened = between.count("[") + between.count("{")
        if depth + opened <= MAX_DEPTH:
            depth += opened - between.count("]") - between.count("}")
            continue
        for char in between:
            depth += (char in "[{") - (char in "]}")
            if depth > MAX_DEPTH:
                return True
    return False


def _cleaned(value: Any) -> Any:
    """Replace lone surrogates, as Go does with bytes that are no UTF-8 and with halves of pairs."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value
