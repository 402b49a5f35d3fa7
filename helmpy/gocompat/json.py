"""JSON as Go's encoding/json writes and reads it: sorted keys, ``<>&`` escaped, float64 numbers."""

from __future__ import annotations

import base64
import struct
from typing import Any

from helmpy.errors import HelmError
from helmpy.gocompat.kinds import Float32

MAX_DEPTH = 250
"""How deep maps and lists may nest, as in YAML."""

MAX_PARTS = 4_000_000


class JsonError(HelmError):
    """JSON that cannot be read or a value that JSON cannot hold."""


_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_TABLE = str.maketrans({**{chr(code): f"\\u{code:04x}" for code in range(0x20)}, **_ESCAPES})


def clean_text(text: str) -> str:
    """Put a replacement character for every byte that is not UTF-8 (a lone surrogate in Python)."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def quoted(text: str) -> str:
    """Return ``text`` as a JSON string."""
    return '"' + clean_text(text).translate(_TABLE) + '"'


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
    for precision in range(8):
        text = f"{number:.{precision}e}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == number:
            return text
    return f"{number:.8e}"


def go_float(number: float, style: str, *, narrow: bool = False) -> str:
    """Return a finite number in the shortest form that reads back, as Go writes it.

    ``style`` ``json``: encoding/json's, an exponent below 1e-6 and from 1e21 on; ``g``: strconv's,
    an exponent below 1e-4 and from 1e6 on. ``narrow`` formats a float32.
    """
    if narrow:
        number = struct.unpack("f", struct.pack("f", number))[0]
    sign = "-" if struct.pack(">d", number)[0] & 0x80 else ""
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
    """Return a value that is no exact dict, list, str, float, int, bool or None as one that is."""
    if isinstance(value, bool | str | None):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Float32):
        return float(go_float(value, "json", narrow=True))
    if isinstance(value, float):
        return float(value)
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, list | tuple):
        return list(value)
    marshal = getattr(value, "json_value", None)
    if marshal is None:
        raise JsonError(f"json: unsupported type: {getattr(value, 'go_type', type(value).__name__)}")
    return marshal()
