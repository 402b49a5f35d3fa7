"""Constants of the language: what a number, a character or a string in a template stands for."""

from __future__ import annotations

from helmpy.gocompat.text_quote import quote
from helmpy.gotemplate.nodes import NumberNode

_SIMPLE_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\",
}  # fmt: skip
_WIDTHS = {"x": 2, "u": 4, "U": 8}
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_OCTAL = frozenset("01234567")
_MAX_INT = (1 << 63) - 1
_MAX_UINT = (1 << 64) - 1


def unquote(quoted: str) -> str:
    """Return the text of a string constant in quotes; ``ValueError("invalid syntax")`` where Go refuses it."""
    result = bytearray()
    position = 1
    end = len(quoted) - 1
    while position < end:
        if quoted[position] != "\\":
            after = quoted.find("\\", position, end)
            after = end if after < 0 else after
            result += quoted[position:after].encode("utf-8", "surrogatepass")
            position = after
            continue
        value, is_byte, position = _escape(quoted, position, end, '"')
        result += bytes((value,)) if is_byte else chr(value).encode()
    return result.decode("utf-8", "surrogateescape")


def _escape(text: str, position: int, end: int, mark: str) -> tuple[int, bool, int]:
    """Read the escape at ``position``: its value, whether it is a byte of UTF-8, where it ends."""
    kind = text[position + 1 : position + 2] if position + 1 < end else ""
    if kind in _SIMPLE_ESCAPES:
        return ord(_SIMPLE_ESCAPES[kind]), False, position + 2
    if kind and kind == mark:
        return ord(kind), False, position + 2
    if kind in _WIDTHS:
        digits = text[position + 2 : min(position + 2 + _WIDTHS[kind], end)]
        if len(digits) == _WIDTHS[kind] and _HEXADECIMAL.issuperset(digits):
            value = int(digits, 16)
            if kind == "x" or (value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF):
                return value, kind == "x", position + 2 + len(digits)
    elif kind in _OCTAL and kind:
        digits = text[position + 1 : min(position + 4, end)]
        if len(digits) == 3 and _OCTAL.issuperset(digits) and int(digits, 8) <= 0xFF:
            return int(digits, 8), True, position + 4
    raise ValueError("invalid syntax")


def number(position: int, text: str) -> NumberNode:
    """Return what a number or character constant stands for; ValueError in Go's words."""
    node = NumberNode(position, text)
    if text[0] == "'":
        _character(node)
    elif text[-1] == "i":
        _imaginary(node)
    else:
        _real(node)
    return node


def _character(node: NumberNode) -> None:
    text = node.text
    inside = text[1:-1]
    if inside.startswith("\\"):
        value, _, end = _escape(text, 1, len(text) - 1, "'")
    elif not inside or inside[0] == "'":
        raise ValueError("invalid syntax")
    else:
        value, end = ord(inside[0]), 2
    if end != len(text) - 1:
        raise ValueError(f"malformed character constant: {text}")
    node.as_int = node.as_uint = node.ideal = value
    node.as_float = float(value)


def _imaginary(node: NumberNode) -> None:
    text = node.text
    split = max(text.rfind("+"), text.rfind("-"))
    while split > 0 and text[split - 1] in "eEpP" and "x" not in text[:split].lower():
        split = max(text.rfind("+", 0, split), text.rfind("-", 0, split))
    try:
        if split > 0:
            value = complex(_float(text[:split]), _float(text[split:-1]))
        else:
            value = complex(0.0, _float(text[:-1]))
    except ValueError:
        raise ValueError(f"illegal number syntax: {quote(text)}") from None
    node.as_complex = node.ideal = value
    if value.imag == 0:
        node.as_float = value.real
        if value.real.is_integer():
            _integers(node, int(value.real))


def _integers(node: NumberNode, value: int) -> None:
    if -_MAX_INT - 1 <= value <= _MAX_INT:
        node.as_int = value
    if 0 <= value <= _MAX_UINT:
        node.as_uint = value


def _real(node: NumberNode) -> None:
    text = node.text
    value = _integer(text)
    if value is not None and -_MAX_INT - 1 <= value <= _MAX_UINT:
        _integers(node, value)
        node.as_float = float(value)
    else:
        _floating(node)
    if node.as_int is None and node.as_uint is None and node.as_float is None:
        raise ValueError(f"illegal number syntax: {quote(text)}")
    hexadecimal = "x" in text[:3].lower() and "p" not in text.lower()
    if node.as_float is not None and not hexadecimal and any(char in ".eEpP" for char in text):
        node.ideal = node.as_float
    elif node.as_int is not None:
        node.ideal = node.as_int
    else:
        node.ideal_error = f"{text} overflows int"


def _floating(node: NumberNode) -> None:
    text = node.text
    try:
        value = _float(text)
    except ValueError:
        return
    if not any(char in ".eEpP" for char in text):
        raise ValueError(f"integer overflow: {quote(text)}")
    node.as_float = value
    if value.is_integer():
        _integers(node, int(value))


def _integer(text: str) -> int | None:
    """Read an integer as Go does in base 0: prefixes, a leading 0 for octal, underscores between digits."""
    sign, digits = _sign(text)
    if digits[:1] == "0" and len(digits) > 1 and digits[1] not in "xXoObB":
        digits = f"0o{digits[1:].removeprefix('_')}"
    if not digits[:1].isdecimal() or not digits.isascii():
        return None
    try:
        return sign * int(digits, 0)
    except ValueError:
        return None


def _sign(text: str) -> tuple[int, str]:
    if text[:1] in {"+", "-"}:
        return (-1 if text[0] == "-" else 1), text[1:]
    return 1, text


def _float(text: str) -> float:
    """Read a float as Go does, hexadecimal ones too; ValueError where it refuses or overflows."""
    sign, digits = _sign(text)
    lower = digits.lower()
    if not digits[:1].isdecimal() and not (digits[:1] == "." and digits[1:2].isdecimal()):
        raise ValueError(text)
    if lower.startswith("0x"):
        if "p" not in lower:
            raise ValueError(text)
        try:
            value = float.fromhex(lower.replace("_", ""))
        except OverflowError:
            raise ValueError(text) from None
    else:
        value = float(digits)  # underscores stand between digits in both languages
    if value == float("inf"):
        raise ValueError(text)
    return sign * value
