"""The functions that every template has, in Go's words."""

from __future__ import annotations

from helmpy.gocompat import text
from helmpy.gocompat.function import FunctionError, FunctionPanic, GoFunc
from helmpy.gocompat.kinds import GoObject, StringList, StringMap, Uint8, Uint32, Uint64
from helmpy.gocompat.text_quote import to_bytes, to_text
from helmpy.gocompat.text_types import MAX_TEXT, TextTooLong
from helmpy.gotemplate.arguments import NIL_POINTER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

NO_VALUE = "<no value>"


def truth(value: Any) -> bool:
    """Whether ``if`` takes the value: not zero, not empty, not nil."""
    return bool(value)


def _not(value: Any) -> bool:
    return not value


def _and(*values: Any) -> Any:
    """Stand for ``and`` where it is looked up; the runtime evaluates its arguments one by one."""
    return next((value for value in values if not value), values[-1])


def _or(*values: Any) -> Any:
    return next((value for value in values if value), values[-1])


def _len(value: Any) -> int:
    if isinstance(value, str):
        return len(value) if value.isascii() else len(to_bytes(value))
    if isinstance(value, (dict, list, tuple, bytes)):
        return len(value)
    if value is None:
        raise FunctionPanic("reflect: call of reflect.Value.Type on zero Value")
    if value is NIL_POINTER:
        raise FunctionError("len of nil pointer")
    size = getattr(type(value), "__len__", None)
    if isinstance(value, GoObject) and size is not None:
        return int(size(value))
    raise FunctionError(f"len of type {text.type_name(value).removeprefix('*')}")


def _position(index: Any, size: int) -> int:
    """Return an index that may be ``size`` itself, for slices."""
    if isinstance(index, bool) or not isinstance(index, int):
        kind = "nil" if index is None else f"type {text.type_name(index)}"
        raise FunctionError(f"cannot index slice/array with {kind}")
    if not 0 <= index <= size:
        raise FunctionError(f"index out of range: {int(index)}")
    return index


def _index(item: Any, *indexes: Any) -> Any:
    if item is None:
        raise FunctionError("index of untyped nil")
    for index in indexes:
        if item is None:
            raise FunctionError("index of nil pointer")
        item = _element(item, index)
    return item


def _element(item: Any, index: Any) -> Any:
    if isinstance(item, dict):
        if not isinstance(index, str):
            if index is None:
                raise FunctionError("value is nil; should be of type string")
            raise FunctionError(f"value has type {text.type_name(index)}; should be string")
        return dict.get(item, index, "" if isinstance(item, StringMap) else None)  # an entry, never a method
    if isinstance(item, (list, tuple, str, bytes)):
        data = to_bytes(item) if isinstance(item, str) else item
        position = _position(index, len(data))
        if position == len(data):
            kind = "string" if isinstance(item, str) else "slice"
            raise FunctionPanic(f"reflect: {kind} index out of range")
        return Uint8(data[position]) if isinstance(data, bytes) else data[position]
    element = getattr(item, "element", None)
    if isinstance(item, GoObject) and element is not None:
        return element(index)
    raise FunctionError(f"can't index item of type {text.type_name(item).removeprefix('*')}")


def _slice(item: Any, *indexes: Any) -> Any:
    if item is None:
        raise FunctionError("slice of untyped nil")
    if len(indexes) > 3:
        raise FunctionError(f"too many slice indexes: {len(indexes)}")
    if isinstance(item, str):
        if len(indexes) == 3:
            raise FunctionError("cannot 3-index slice a string")
        data: Any = to_bytes(item)
    elif isinstance(item, (list, tuple, bytes)):
        data = item
    else:
        raise FunctionError(f"can't slice item of type {text.type_name(item)}")
    bounds = [_position(index, len(data)) for index in indexes]
    for low, high in zip(bounds, bounds[1:], strict=False):  # noqa: RUF007 - itertools costs start-up
        if low > high:
            raise FunctionError(f"invalid slice index: {int(low)} > {int(high)}")
    low = bounds[0] if bounds else 0
    high = bounds[1] if len(bounds) > 1 else len(data)
    part = data[low:high]
    if isinstance(item, str):
        return to_text(part)
    return StringList(part) if isinstance(item, StringList) else part


def _call(*arguments: Any) -> Any:
    """No value of ours is a function, so this can only refuse."""
    if not arguments or arguments[0] is None:
        raise FunctionError("call of nil")
    raise FunctionError(f"non-function of type {text.type_name(arguments[0])}")


# Comparison

_BAD_KIND = "invalid type for comparison"
_KINDS: dict[type, str] = {
    bool: "bool", int: "int", float: "float", str: "string", complex: "complex",
    Uint8: "uint", Uint32: "uint", Uint64: "uint",
}  # fmt: skip
_INTEGERS = frozenset({"int", "uint"})
_ORDERED = frozenset({"int", "uint", "float", "string"})


def _kind(value: Any) -> str:
    """Return the kind that comparison cares for, "" for what is not basic."""
    kind = _KINDS.get(type(value))
    if kind is None:
        kind = next((_KINDS[base] for base in type(value).__mro__ if base in _KINDS), "")
    return kind


def _incompatible(first: Any, other: Any) -> FunctionError:
    kinds = f"{text.type_name(first)} and {text.type_name(other)}"
    return FunctionError(f"incompatible types for comparison: {kinds}")


def _uncomparable(value: Any) -> bool:
    return isinstance(value, (list, dict, bytes))


def _equal(first: Any, *others: Any) -> bool:
    if not others:
        raise FunctionError("missing argument for comparison")
    return any(_same(first, other) for other in others)


def _same(first: Any, other: Any) -> bool:
    kind, other_kind = _kind(first), _kind(other)
    if first is None or other is None:
        return first is other
    if kind != other_kind:
        if kind in _INTEGERS and other_kind in _INTEGERS:
            return bool(first == other)
        if _uncomparable(first):
            raise FunctionError(f"uncomparable type {text.type_name(first)}: {text.sprint(first)}")
        raise _incompatible(first, other)
    if kind:
        return bool(first == other)
    for value in (first, other):
        if _uncomparable(value):
            raise FunctionError(f"uncomparable type {text.type_name(value)}: {text.sprint(value)}")
    return bool(first is other or (type(first) is type(other) and first == other))


def _not_equal(first: Any, other: Any) -> bool:
    return not _same(first, other)


def _less(first: Any, other: Any) -> bool:
    kind, other_kind = _kind(first), _kind(other)
    if not kind or not other_kind:
        raise FunctionError(_BAD_KIND)
    if kind != other_kind and not (kind in _INTEGERS and other_kind in _INTEGERS):
        raise _incompatible(first, other)
    if kind not in _ORDERED:
        raise FunctionError(_BAD_KIND)
    return bool(first < other)


def _less_or_equal(first: Any, other: Any) -> bool:
    return _less(first, other) or _same(first, other)


def _greater(first: Any, other: Any) -> bool:
    return not _less_or_equal(first, other)


def _greater_or_equal(first: Any, other: Any) -> bool:
    return not _less(first, other)


# Text


def _print(*values: Any) -> str:
    return text.sprint_all(values)


def _println(*values: Any) -> str:
    return text.sprintln(values)


def _printf(template: str, *values: Any) -> str:
    return text.sprintf(template, values)


def _written(values: tuple[Any, ...]) -> str:
    if len(values) == 1 and isinstance(values[0], str):
        if len(values[0]) > MAX_TEXT:
            raise TextTooLong
        return values[0]
    return text.sprint_all([NO_VALUE if value is None else value for value in values])


_HTML = str.maketrans({'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "�"})
_JS = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    | {chr(code): f"\\u{code:04X}" for code in range(0x20)}
)


def _html(*values: Any) -> str:
    return _written(values).translate(_HTML)


def _js(*values: Any) -> str:
    escaped = _written(values).translate(_JS)
    if escaped.isprintable():
        return escaped
    return "".join(char if char.isprintable() or char.isascii() else f"\\u{ord(char):04X}" for char in escaped)


def _urlquery(*values: Any) -> str:
    from urllib.parse import quote_plus

    return quote_plus(to_bytes(_written(values)), safe="~")


_TABLE: Mapping[str, tuple[Callable[..., Any], str, str]] = {
    "and": (_and, "any ...any", "any"),
    "call": (_call, "any ...any", "any"),
    "eq": (_equal, "any ...any", "bool"),
    "ge": (_greater_or_equal, "any any", "bool"),
    "gt": (_greater, "any any", "bool"),
    "html": (_html, "...any", "string"),
    "index": (_index, "any ...any", "any"),
    "js": (_js, "...any", "string"),
    "le": (_less_or_equal, "any any", "bool"),
    "len": (_len, "reflect.Value", "int"),
    "lt": (_less, "any any", "bool"),
    "ne": (_not_equal, "any any", "bool"),
    "not": (_not, "any", "bool"),
    "or": (_or, "any ...any", "any"),
    "print": (_print, "...any", "string"),
    "printf": (_printf, "string ...any", "string"),
    "println": (_println, "...any", "string"),
    "slice": (_slice, "any ...any", "any"),
    "urlquery": (_urlquery, "...any", "string"),
}

BUILTINS: Mapping[str, GoFunc] = {
    name: GoFunc(function, tuple(params.split()), result, pure=True)
    for name, (function, params, result) in _TABLE.items()
}
