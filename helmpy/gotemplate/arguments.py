"""What fits a Go parameter: the checks before a function is called."""

from __future__ import annotations

from helmpy.gocompat.kinds import (
    Float32,
    Int32,
    Int64,
    NamedMap,
    StringList,
    StringMap,
    Uint8,
    Uint32,
    Uint64,
)
from helmpy.gocompat.text_types import type_name
from helmpy.gotemplate.errors import ExecError
from helmpy.gotemplate.nodes import BoolNode, NilNode, Node, NumberNode, StringNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final


class _Type:
    """A parameter's Go name, the class that fits as it is, and what nil becomes (None: nothing)."""

    __slots__ = ("empty", "exact", "name")

    def __init__(self, name: str, exact: type | None, empty: Callable[[], Any] | None = None) -> None:
        self.name = name
        self.exact = exact
        self.empty = empty


_TYPES: dict[str, _Type] = {
    "reflect.Value": _Type("interface {}", None, lambda: None),
    "any": _Type("interface {}", None, lambda: None),
    "string": _Type("string", str),
    "bool": _Type("bool", bool),
    "int": _Type("int", int),
    "int64": _Type("int64", Int64),
    "int32": _Type("int32", Int32),
    "uint8": _Type("uint8", Uint8),
    "uint32": _Type("uint32", Uint32),
    "uint64": _Type("uint64", Uint64),
    "float64": _Type("float64", float),
    "float32": _Type("float32", Float32),
    "list": _Type("[]interface {}", list, list),
    "strings": _Type("[]string", StringList, StringList),
    "dict": _Type("map[string]interface {}", dict, dict),
    "stringmap": _Type("map[string]string", StringMap, StringMap),
    "bytes": _Type("[]uint8", bytes, bytes),
}
_SIGNED = frozenset({"int", "int64", "int32"})
_UNSIGNED = frozenset({"uint8", "uint32", "uint64"})
_FLOATS = frozenset({"float64", "float32"})


# What a function with a parameter of type reflect.Value gets for a nil map element or the like.
NIL_POINTER: Final = object()


def _type(param: str) -> _Type:
    known = _TYPES.get(param)
    if known is None and param.startswith("dict:"):
        known = _Type(param[5:], dict, dict)
    if known is None:
        known = _Type(param, None, (lambda: None) if param.startswith(("*", "[]", "map[")) else None)
    return known


def exact_class(param: str) -> type | None:
    """Return the class whose values need no look, None where there is none."""
    return _type(param).exact


def param_at(params: tuple[str, ...], index: int) -> str:
    """Return the parameter that argument ``index`` meets."""
    if params[-1].startswith("...") and index >= len(params) - 1:
        return params[-1][3:]
    return params[index]


def check_count(name: str, params: tuple[str, ...], written: int, node: Node, *, piped: bool) -> None:
    """Raise ExecError where the arguments, ``written`` ones and perhaps a ``piped`` one, are too many or too few."""
    count = written + piped
    if params and params[-1].startswith("..."):
        if count < len(params) - 1:  # here Go tells of the written ones only
            raise ExecError(node, f"wrong number of args for {name}: want at least {len(params) - 1} got {written}")
    elif count != len(params):
        raise ExecError(node, f"wrong number of args for {name}: want {len(params)} got {count}")


def fit(value: Any, param: str, node: Node, *, loose: bool) -> Any:
    """Return the value as the parameter takes it; ExecError at ``node`` where it does not fit."""
    if param == "any":
        return value
    if param == "reflect.Value":
        return NIL_POINTER if value is None and loose else value
    known = _type(param)
    name, empty = known.name, known.empty
    if value.__class__ is known.exact:
        return value
    if value is None:
        if loose:
            raise ExecError(node, f"wrong type for value; expected {name}; got interface {{}}")
        if empty is None:
            raise ExecError(node, f"invalid value; expected {name}")
        return empty()
    actual = type_name(value)
    if actual in (name, f"*{name}") or (param[:4] == "dict" and isinstance(value, NamedMap) and value.of_any):
        return value
    raise ExecError(node, f"wrong type for value; expected {name}; got {actual}")


def constant(node: Node, param: str) -> Any:
    """Return what a constant is for a parameter; ExecError where the types disagree."""
    if isinstance(node, NilNode):
        known = _type(param)
        if known.empty is None:
            raise ExecError(node, f"cannot assign nil to {known.name}")
        return known.empty()
    if param in {"any", "reflect.Value"}:
        return ideal(node)
    if param == "bool":
        if isinstance(node, BoolNode):
            return node.value
        raise ExecError(node, f"expected bool; found {node}")
    if param == "string":
        if isinstance(node, StringNode):
            return node.value
        raise ExecError(node, f"expected string; found {node}")
    if param in _SIGNED or param in _UNSIGNED or param in _FLOATS:
        return _number(node, param)
    raise ExecError(node, f"can't handle {node} for arg of type {_type(param).name}")


def _number(node: Node, param: str) -> Any:
    value: Any
    if param in _SIGNED:
        what, value = "integer", node.as_int if isinstance(node, NumberNode) else None
    elif param in _UNSIGNED:
        what, value = "unsigned integer", node.as_uint if isinstance(node, NumberNode) else None
    else:
        what, value = "float", node.as_float if isinstance(node, NumberNode) else None
    if value is None:
        raise ExecError(node, f"expected {what}; found {node}")
    make = exact_class(param)
    assert make is not None
    return make(value)


def ideal(node: Node) -> Any:
    """Return a constant's value where any type will do."""
    if isinstance(node, NumberNode):
        if node.ideal_error:
            raise ExecError(node, node.ideal_error)
        return node.ideal
    assert isinstance(node, (BoolNode, StringNode))
    return node.value
