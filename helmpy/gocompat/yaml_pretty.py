"""Python values to YAML text as Go's yaml.v3 writes them with two columns a level, which is ``toYamlPretty``.

Unlike yaml.v2's: lists stand two columns right of their key, no line is folded, numbers do not pass through
JSON (``1000000.0`` is ``1e+06``), and what cannot be printed is escaped instead of refused.
"""

from __future__ import annotations

import math
from functools import cmp_to_key

from helmpy.gocompat import yaml_style
from helmpy.gocompat.json import JsonError, go_float, plain_value
from helmpy.gocompat.yaml_scalars import MAX_DEPTH, YamlError
from helmpy.gocompat.yaml_writer import MAX_PARTS, MAX_TEXT, compare_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST_KEY = 128  # bytes; longer keys, and keys of several lines, are written after a ``?``
_NO_NUMBERS = {math.inf: ".inf", -math.inf: "-.inf"}


def dump(value: Any) -> str:
    """Return ``value`` as YAML with its final newline. Raises YamlError for what YAML cannot hold."""
    pieces: list[str] = []
    try:
        _node(pieces, value, 0, 0)
    except JsonError as error:
        raise YamlError(error.message) from None
    text = "".join(pieces).removeprefix("\n")
    if len(text) > MAX_TEXT:
        raise YamlError("yaml: exceeded max size")
    return text


def _node(pieces: list[str], value: Any, indent: int, depth: int) -> None:
    """Write a value; a container begins on a line of its own, at ``indent``."""
    if depth > MAX_DEPTH or len(pieces) > MAX_PARTS:
        raise YamlError(f"yaml: exceeded max {'depth' if depth > MAX_DEPTH else 'size'}")
    if not isinstance(value, dict | list | str | float | int | None):
        value = plain_value(value)
    if isinstance(value, dict) and value:
        pieces.append("\n")
        _mapping(pieces, value, indent, depth)
    elif isinstance(value, list) and value:
        pieces.append("\n")
        for item in value:
            pieces.append(" " * indent + "-")
            _item(pieces, item, indent + 2, depth + 1)
    else:
        pieces.append(f"{' ' if depth else ''}{_scalar(value, max(indent, 2))}\n")


def _item(pieces: list[str], value: Any, indent: int, depth: int) -> None:
    """Write what follows a dash or a question mark: a container begins right there."""
    start = len(pieces)
    _node(pieces, value, indent, depth)
    if pieces[start] == "\n":
        pieces[start] = " "
        pieces[start + 1] = pieces[start + 1].removeprefix(" " * indent)


def _mapping(pieces: list[str], items: dict[str, Any], indent: int, depth: int) -> None:
    pad = " " * indent
    for key in sorted(items, key=cmp_to_key(_compare_keys)):
        text = _text(key, indent + 2)
        if text[0] == "|" or "\n" in text or len(text.encode("utf-8", "surrogatepass")) > _LONGEST_KEY:
            pieces.append(f"{pad}? {text}\n{pad}:")
            _item(pieces, items[key], indent + 2, depth + 1)
        else:
            pieces.append(f"{pad}{text}:")
            _node(pieces, items[key], indent + 2, depth + 1)


def _compare_keys(left: str, right: str) -> int:
    """Order keys as yaml.v3 does: as v2, but after a digit letters come before all else."""
    at = next((i for i, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), 0)
    if at and left[at - 1].isdecimal() and left[at].isalpha() != right[at].isalpha():
        return -1 if left[at].isalpha() else 1
    return compare_keys(left, right)


def _scalar(value: Any, indent: int) -> str:
    if isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(int(value))
    if math.isfinite(value):
        return go_float(value, "g")
    return _NO_NUMBERS.get(value, ".nan")


def _text(text: str, indent: int) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8
        from binascii import b2a_base64

        return f"!!binary {b2a_base64(text.encode('utf-8', 'surrogateescape'), newline=False).decode()}"
    if "\t" in text and "\n" in text and yaml_style.style_of(text.replace("\t", "x")) == "|":
        return yaml_style.literal(text, indent)  # tabs are welcome in lines, and nowhere else
    return yaml_style.unfolded(text, indent)
