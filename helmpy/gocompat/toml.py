"""TOML as BurntSushi's encoder writes it, and read by the standard library's parser."""

from __future__ import annotations

import datetime as dt

from helmpy.errors import HelmError
from helmpy.gocompat.json import JsonError, plain_value
from helmpy.gocompat.kinds import Int64
from helmpy.gocompat.time import UTC, Time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 250
MAX_PARTS = 1_000_000
MAX_TEXT = 10_000_000
"""The most pieces, and characters, of one text: what holds itself many times over is refused."""

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"})
_ESCAPES_3 = {
    **{code: f"\\u{code:04x}" for code in (*range(0x20), 0x7F)},
    **_ESCAPES,
    ord("\b"): "\\b",
    ord("\f"): "\\f",
}
_INT64 = 1 << 63


class TomlError(HelmError):
    """TOML that cannot be read, or a value that TOML cannot hold."""


def dumps(value: Any, *, dialect: int = 2) -> str:
    """Return a map as TOML: plain entries first, then tables, each sorted. Raises TomlError.

    Nulls are left out. ``dialect`` 2 refuses lists of mixed types, tables inside nested lists and
    empty keys; 3 writes them as Helm 3's later encoder does.
    """
    value = _plain(value)
    writer = _Writer(dialect)
    if isinstance(value, list):
        writer.look_into(value)
    if not isinstance(value, dict):
        raise TomlError("toml: top-level values must be Go maps or structs")
    writer.table(value, ())
    text = "".join(writer.out)
    if len(text) > MAX_TEXT:
        raise TomlError("toml: exceeded max size")
    return text


def _plain(value: Any) -> Any:
    """Return a value as an exact Python type; bytes are lists of numbers here."""
    kind = type(value)
    if kind in (dict, list, str, float, int, bool) or value is None:
        return value
    if isinstance(value, bytes | bytearray):
        return list(value)
    if isinstance(value, Time):
        return value
    try:
        return plain_value(value)
    except JsonError:
        raise TomlError(f"toml: unsupported type: {type(value).__name__}") from None


def _type(value: Any, depth: int = 0) -> str:
    """Return TOML's type of a value: ``tables`` is a list of maps; empty for null."""
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, list):
        return "tables" if value and _element_type(value, depth + 1) == "dict" else "list"
    return type(value).__name__


def _element_type(items: list[Any], depth: int) -> str:
    """Return the type of a list's first element, having made sure that none is null."""
    _check_depth(depth)
    kinds = [_type(item, depth) for item in items]
    if "" in kinds:
        raise TomlError("toml: cannot encode array with nil element")
    return kinds[0]


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TomlError("toml: exceeded max depth")


class _Writer:
    def __init__(self, dialect: int) -> None:
        self.dialect = dialect
        self.out: list[str] = []
        self.parts = 0

    def key(self, key: str, path: tuple[str, ...]) -> str:
        if not key and self.dialect == 2:
            name = ".".join(map(self.quoted_key, (*path, ""))) if path else ""
            raise TomlError(f"toml: Key '{name}' is not a valid table name. Key names cannot be empty.")
        return self.quoted_key(key)

    def quoted_key(self, key: str) -> str:
        if (key and _BARE.issuperset(key)) or (not key and self.dialect == 2):
            return key
        return '"' + (key.replace('"', '\\"') if self.dialect == 2 else key.translate(_ESCAPES_3)) + '"'

    def table(self, value: dict[str, Any], path: tuple[str, ...]) -> None:
        """Write a table's own entries and then the tables inside it."""
        _check_depth(len(path))
        pad = "  " * len(path)
        items = [(key, item) for key in sorted(value) if (item := _plain(value[key])) is not None]
        own, tables = self.parted(items)
        for key, item in own:
            self.out.append(f"{pad}{self.key(key, path)} = {self.inline(item, len(path), path)}\n")
        for key, item in tables:
            self.key(key, path)
            inner = (*path, key)
            if isinstance(item, dict):
                self.header(inner, "[", "]", gap=not path)
                self.table(item, inner)
                continue
            for element in item:
                self.header(inner, "[[", "]]", gap=True)
                if not isinstance(element, dict):
                    raise TomlError("toml: cannot encode array with mixed element types")
                self.table(element, inner)

    def parted(self, items: list[tuple[str, Any]]) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
        """Part entries into plain ones and tables; what cannot be written is refused before anything is."""
        kinds = []
        for _, item in items:
            if isinstance(item, list):
                self.look_into(item)
            kinds.append(_type(item))
        own = [entry for entry, kind in zip(items, kinds, strict=True) if kind not in ("dict", "tables")]
        return own, [entry for entry, kind in zip(items, kinds, strict=True) if kind in ("dict", "tables")]

    def look_into(self, items: list[Any]) -> None:
        """Refuse a list with a null, and what the older encoder cannot write.

        Those are mixed types and tables inside lists of lists. The first fault is told, as there.
        """
        if self.dialect == 3:
            _type(items)
            return
        first = ""
        for item in items:
            kind = _type(item)
            if not kind:
                raise TomlError("toml: cannot encode array with nil element")
            first = first or kind
            if kind != first:
                raise TomlError("toml: cannot encode array with mixed element types")
        for item in items:
            item = _plain(item)
            if isinstance(item, list):
                if _type(item) == "tables":
                    raise TomlError("toml: TOML array element cannot contain a table")
                self.look_into(item)

    def header(self, path: tuple[str, ...], opening: str, closing: str, *, gap: bool) -> None:
        if len(self.out) > MAX_PARTS:
            raise TomlError("toml: exceeded max size")
        if gap and self.out:
            self.out.append("\n")
        name = ".".join(map(self.quoted_key, path))
        self.out.append(f"{'  ' * (len(path) - 1)}{opening}{name}{closing}\n")

    def inline(self, value: Any, depth: int, path: tuple[str, ...]) -> str:
        """Return a value that stands on its key's line."""
        _check_depth(depth)
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise TomlError("toml: exceeded max size")
        value = _plain(value)
        if isinstance(value, str):
            return '"' + value.translate(_ESCAPES if self.dialect == 2 else _ESCAPES_3) + '"'
        if isinstance(value, Time):
            return value.within(UTC).format("2006-01-02T15:04:05Z")
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float):
            return _float(value)
        if value is None:
            raise TomlError("toml: cannot encode array with nil element")
        if isinstance(value, list):
            return "[" + ", ".join([self.inline(item, depth + 1, path) for item in value]) + "]"
        own, tables = self.parted([(key, item) for key in sorted(value) if (item := _plain(value[key])) is not None])
        return (
            "{"
            + ", ".join([f"{self.key(key, path)} = {self.inline(item, depth + 1, path)}" for key, item in own + tables])
            + "}"
        )


def _float(value: float) -> str:
    """Return a float without an exponent and with a fraction."""
    if value - value != 0:
        return "nan" if value != value else ("inf" if value > 0 else "-inf")  # noqa: PLR0124 - only NaN is not itself
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    sign = "-" if mantissa[0] == "-" else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    power = int(exponent)
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{whole}{fraction}"
    return f"{sign}{whole}{fraction}{'0' * (power - len(fraction))}.0"


def loads(text: str) -> dict[str, Any]:
    """Return a TOML document; whole numbers are Go's int64, dates are text. Raises TomlError."""
    import tomllib

    try:
        return {key: _loaded(value, 0) for key, value in tomllib.loads(text).items()}
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"toml: {error}") from None
    except (RecursionError, ValueError):
        # the parser recurses; ValueError: a date or number beyond what Python holds
        raise TomlError("toml: the document is nested too deeply or holds a number that is too large") from None


def _loaded(value: Any, depth: int) -> Any:
    _check_depth(depth)
    if isinstance(value, dict):
        return {key: _loaded(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_loaded(item, depth + 1) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        if not -_INT64 <= value < _INT64:
            raise TomlError(f"toml: {value} is out of range for int64")
        return Int64(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return value
