"""Values between the two languages: Go's data as a Python programmer expects them, and printed for YAML."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from jinja2.runtime import LoopContext, Macro, Undefined

from helmpy.gocompat import json
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.kinds import GoObject, NamedMap

MAX_NUMBER = 2**63


def plain(value: Any) -> Any:
    """Return data with whole numbers as ``int`` and keys in Go's order, which is sorted."""
    if isinstance(value, dict):
        pairs = {key: plain(value[key]) for key in sorted(value, key=str)}
        return type(value)(pairs) if isinstance(value, NamedMap) else pairs
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < MAX_NUMBER:
        return int(value)
    return value


def printed(value: Any) -> str:
    """Return how a value stands in YAML: maps and lists as JSON, nothing for none.

    Raises FunctionError for what is no value: a function, a macro, the loop.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Undefined):  # "x" if no: nothing without an else
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, LoopContext):
        raise FunctionError("the loop cannot be printed")
    if isinstance(value, tuple | Iterator | range):
        return json.dumps(list(value))
    if isinstance(value, GoObject):
        return value.printed()
    if callable(value) and not isinstance(value, Macro):
        raise FunctionError("a function is not printed but called: ()")
    raise FunctionError(f"{kind(value)} cannot be printed")


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < MAX_NUMBER:
        return str(int(value))
    return repr(value) if math.isfinite(value) else {math.inf: ".Inf", -math.inf: "-.Inf"}.get(value, ".NaN")


_KINDS: tuple[tuple[Any, str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    (int | float, "a number"),
    (dict, "a map"),
    (list | tuple | range | Iterator, "a list"),
    (bytes, "a file's content"),
    (Macro, "a macro"),
)


def kind(value: Any) -> str:
    """Return what an error calls a value."""
    if value is None:
        return "nothing"
    if isinstance(value, Undefined):
        return "something undefined"
    if isinstance(value, GoObject) and not isinstance(value, dict):
        return value.go_type.rpartition(".")[2]
    return next((name for kinds, name in _KINDS if isinstance(value, kinds)), type(value).__name__)
