"""Python values to YAML text, byte for byte as Go's yaml.v2 writes what went through JSON.

Layout: block style, two columns a level, lists level with their key, sorted keys, lines folded at
the first single space past column 80. Scalars choose their own style: ``yaml_style``.
"""

from __future__ import annotations

from _functools import cmp_to_key  # type: ignore[import-not-found]  # the C behind functools, which takes 1.5 ms

from helmpy.gocompat import yaml_style
from helmpy.gocompat.json import JsonError, plain_value
from helmpy.gocompat.yaml_scalars import MAX_DEPTH, YamlError
from helmpy.gocompat.yaml_style import number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MAX_PARTS = 1_000_000
MAX_TEXT = 10_000_000
"""The most pieces, and characters, a text is put together from: what holds itself many times over is refused."""

_LONGEST_KEY = 128
"""Longer keys, in bytes, and keys of several lines are written after a ``?``."""

_WORDS = {True: "true", False: "false", None: "null"}
_EXACT = frozenset({dict, list, str, float, int, bool, type(None)})


def dump(value: Any, *, dialect: int = 2) -> str:  # noqa: ARG001 - callers say which Helm; today both write alike
    """Return ``value`` as YAML with its final newline, as Helm's toYaml gets it from the library.

    ``dialect`` is Helm's, 2 or 3. Raises YamlError for what JSON or YAML cannot hold.
    """
    writer = _Writer()
    try:
        writer.root(value)
    except JsonError as error:
        raise YamlError(f"error marshaling into JSON: {error.message}") from None
    text = "".join(writer.out)
    if len(text) > MAX_TEXT:
        raise YamlError("error converting JSON to YAML: yaml: exceeded max size")
    return text


class _Writer:
    """Collects the pieces of one text."""

    def __init__(self) -> None:
        self.out: list[str] = []

    def root(self, value: Any) -> None:
        if value.__class__ not in _EXACT:
            value = plain_value(value)
        self.node(value, 0, -2 if isinstance(value, dict | list) else 0, 0, "")

    def node(self, value: Any, column: int, indent: int, depth: int, gap: str) -> None:
        """Write a value that begins at ``column``, inside a container at ``indent``; ends the line.

        ``gap`` stands before it where it shares the line with its key or dash.
        """
        kind = value.__class__
        if kind is str:
            self.out.append(gap + yaml_style.scalar(value, column, indent + 2) + "\n")
        elif kind is dict or kind is list:
            if value:
                self.block(value, indent + 2, depth + 1, gap)
            else:
                self.out.append(gap + ("{}\n" if kind is dict else "[]\n"))
        elif value is None or kind is bool:
            self.out.append(f"{gap}{_WORDS[value]}\n")
        elif kind is float or kind is int:
            self.out.append(f"{gap}{number_text(value)}\n")
        else:
            self.node(plain_value(value), column, indent, depth, gap)

    def block(self, value: Any, indent: int, depth: int, gap: str) -> None:
        """Write a container that is not empty, its first line after ``gap``."""
        if depth > MAX_DEPTH or len(self.out) > MAX_PARTS:
            raise YamlError(
                f"error converting JSON to YAML: yaml: exceeded max {'depth' if depth > MAX_DEPTH else 'size'}"
            )
        if gap:
            self.out.append(gap)
        if value.__class__ is dict:
            self.mapping(value, indent, depth)
        else:
            self.sequence(value, indent, depth)

    def sequence(self, items: list[Any], indent: int, depth: int) -> None:
        """Write items; the first one's line is indented already."""
        dash = "-"
        pad = " " * indent + "-"
        for item in items:
            self.out.append(dash)
            dash = pad
            self.node(item, indent + 2, indent, depth, " ")

    def mapping(self, items: dict[str, Any], indent: int, depth: int) -> None:
        """Write entries; the first one's line is indented already."""
        out = self.out
        pad = ""
        keys: Sequence[str] = tuple(items)
        if len(keys) > 1:
            keys = _orders.get(keys) or in_order(keys)
        for key in keys:
            value = items[key]
            text = yaml_style.key(key)
            if text is None:
                out.append(f"{pad}? {yaml_style.scalar(key, indent + 2, indent + 2)}\n{' ' * indent}:")
                self.node(value, indent + 2, indent, depth, " ")
                pad = pad or " " * indent
                continue
            out.append(pad + text)
            pad = pad or " " * indent
            kind = value.__class__
            if kind is str:
                out.append(" " + yaml_style.scalar(value, indent + len(text) + 1, indent + 2) + "\n")
                continue
            while kind not in _EXACT:  # a Go struct gives a map that keeps its order, which is no dict yet
                value = plain_value(value)
                kind = value.__class__
            if kind is dict and value:
                self.block(value, indent + 2, depth + 1, "\n" + " " * (indent + 2))
            elif kind is list and value:
                self.block(value, indent, depth + 1, "\n" + " " * indent)
            else:
                self.node(value, indent + len(text) + 1, indent, depth, " ")


# In which order keys are written that came in another: a process that lives on meets the same ones again and again.
_orders: dict[Sequence[str], list[str]] = {}
_ORDERS = 2_000
_LONGEST_ORDER = 1_000  # characters of all keys: at most some 10 MB for all


def in_order(keys: Sequence[str]) -> list[str]:
    """Return keys as yaml.v2 sorts them."""
    ordered = sorted(keys)
    joined = "".join(ordered)
    if not joined.isalpha() and not joined.translate(_IN_ORDER).isalpha():
        ordered.sort(key=_ORDER)
    if len(joined) <= _LONGEST_ORDER:
        if len(_orders) >= _ORDERS:
            _orders.clear()
        _orders[keys] = ordered
    return ordered


_IN_ORDER = str.maketrans("", "", "-./")
"""Keys of letters and these alone sort naturally as they sort by code point."""


def compare_keys(left: str, right: str) -> int:
    """Order keys as yaml.v2 does: numbers inside by their value, letters after all else."""
    at = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        at += 1
    else:
        return len(left) - len(right)
    if one.isalpha() or other.isalpha():
        if one.isalpha() and other.isalpha():
            return -1 if one < other else 1
        return 1 if one.isalpha() else -1
    (number, end), (other_number, other_end) = _digits(left, at), _digits(right, at)
    if "0" in (one, other) and _grows(left, at):
        number = other_number = 1
    if number != other_number:
        return -1 if number < other_number else 1
    if end != other_end:
        return end - other_end
    return -1 if one < other else 1


def _digits(text: str, start: int) -> tuple[int, int]:
    """Return the number whose digits begin at ``start``, and their end."""
    end = start
    while end < len(text) and text[end].isdecimal():
        end += 1
    number = 0
    for char in text[start:end]:
        number = number * 10 + ord(char) - 48
    return number, end


def _grows(text: str, at: int) -> bool:
    """Whether the digits right before ``at`` hold one that is not a zero."""
    while at and text[at - 1].isdecimal():
        at -= 1
        if text[at] != "0":
            return True
    return False


_ORDER = cmp_to_key(compare_keys)
