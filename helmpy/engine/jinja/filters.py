"""Sprig's and Helm's functions for Jinja, as functions and as filters, beside Jinja's own filters.

One rule for names: a name of sprig or Helm means sprig's or Helm's function, in both languages. As
a filter it takes the piped value last, as a Go pipeline does. Jinja's own filter of the same name
still answers where only it can: to a keyword argument, and as ``JINJA_ONLY`` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from itertools import islice
from typing import Any

from jinja2 import Environment, pass_environment
from jinja2 import filters as jinja_filters
from jinja2.runtime import Undefined

from helmpy.engine.functions import MAP_TYPE
from helmpy.engine.jinja.meter import Meter
from helmpy.engine.jinja.places import Missing
from helmpy.engine.jinja.plain import kind, plain, printed
from helmpy.gocompat import json
from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.kinds import GoObject
from helmpy.gotemplate.builtins import BUILTINS

Call = Callable[..., Any]

MAX_WIDTH = 1000  # spaces that Jinja's indent may put before a line
MAX_ITEMS = 1_000_000  # that a generator may give a function
MAX_DIGITS = 100  # that Jinja's round may keep

JINJA_FILTERS = (
    "abs", "batch", "capitalize", "count", "default", "dictsort", "first", "float", "groupby", "int", "items", "last",
    "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort",
    "title", "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
)  # fmt: skip

_GO_WORDS = (
    "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "print", "printf", "println", "urlquery",
)  # fmt: skip
"""Functions of every Go template; its ``and``, ``or`` and ``not`` are Jinja's own words."""

_ASKING = frozenset(["all", "any", "coalesce", "default", "empty", "required", "ternary"])
"""Functions whose very question is whether something is there: what is missing is nil to them."""

_READING = frozenset(
    ["fromJson", "fromJsonArray", "fromToml", "fromYaml", "fromYamlArray", "lookup", "mustFromJson", "regexFindAll"]
)
"""Functions that bring data in: their numbers and keys become those of Values."""


def _is_sequence(value: Any, args: tuple[Any, ...]) -> bool:
    return not args and not isinstance(value, int | float)


def _is_no_list(value: Any, args: tuple[Any, ...]) -> bool:  # noqa: ARG001 - one signature for all
    return not isinstance(value, list)


def _always(value: Any, args: tuple[Any, ...]) -> bool:  # noqa: ARG001 - as above
    return True


JINJA_ONLY: Mapping[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "default": lambda _, args: len(args) > 1,  # default("x", true)
    "first": _is_no_list,
    "indent": lambda _, args: len(args) != 1,  # indent, indent(2, true)
    "int": lambda _, args: bool(args),  # int(0)
    "join": lambda _, args: len(args) != 1,  # join
    "last": _is_no_list,
    "list": lambda value, args: not args and isinstance(value, list | tuple | range | Iterator),  # keys() | list
    "max": _is_sequence,  # [1, 2] | max
    "min": _is_sequence,
    "reverse": _is_no_list,
    "round": _always,  # sprig's takes the number first, so it cannot be piped
    "trim": lambda _, args: bool(args),  # trim("/")
}
"""When Jinja's own filter answers to a name that sprig has too; keyword arguments always mean it."""


def callables(functions: Mapping[str, GoFunc], meter: Meter) -> dict[str, Call]:
    """Return the functions as a template calls them."""
    table = {name: BUILTINS[name] for name in _GO_WORDS} | dict(functions)
    found = {name: _counted(function_of(name, function), meter) for name, function in table.items()}
    sprigs_dict = found["dict"]

    def dictionary(*args: Any, **named: Any) -> Any:
        """Sprig's ``dict("a", 1)``, or Python's ``dict(a=1)``."""
        return dict(*args, **named) if named or (args and not isinstance(args[0], str)) else sprigs_dict(*args)

    found["dict"] = _counted(dictionary, meter)
    return found


def filters(calls: Mapping[str, Call], meter: Meter) -> dict[str, Call]:
    """Return all filters: the calls, piped value last, and Jinja's own."""
    own = {name: jinja_filters.FILTERS[name] for name in JINJA_FILTERS} | {
        "indent": _indent,
        "join": _join(meter),
        "round": _round,
        "string": printed,
        "sum": _sum,
        "tojson": json.dumps,
    }
    own = {name: _counted(function, meter) for name, function in own.items()}
    piped = {name: _piped(call) for name, call in calls.items()}
    both = {name: _both(piped[name], own[name], JINJA_ONLY.get(name)) for name in piped.keys() & own.keys()}
    found = own | piped | both
    return found | {"d": found["default"]}


def _both(sprigs: Call, jinjas: Call, rule: Callable[[Any, tuple[Any, ...]], bool] | None) -> Call:
    wants = getattr(jinjas, "jinja_pass_arg", None)

    def either(*args: Any, **named: Any) -> Any:
        value, *rest = args[1:] if wants else args
        if named or (rule is not None and not isinstance(value, Undefined) and rule(value, tuple(rest))):
            return jinjas(*args, **named)
        return sprigs(value, *rest)

    if wants is not None:
        either.jinja_pass_arg = wants  # type: ignore[attr-defined]  # Jinja's mark of what comes first
    return either


def _piped(call: Call) -> Call:
    def piped(value: Any, *args: Any) -> Any:
        return call(*args, value)

    return piped


def _counted(function: Call, meter: Meter) -> Call:
    """A function that counts what it reads and what it makes."""

    @wraps(function)  # it keeps Jinja's mark of what is passed first
    def counted(*args: Any, **named: Any) -> Any:
        meter.step()
        for arg in args:
            meter.read(arg)
        result = function(*args, **named)
        if not any(result is arg for arg in args):
            meter.made(result)
        return result

    return counted


# --- Jinja's own, bounded -----------------------------------------------------------------------


def _indent(text: str, width: int = 4, first: bool = False) -> str:  # noqa: FBT001, FBT002 - Jinja's own signature
    """Put ``width`` spaces before every line but the first, or before all; empty lines stay empty."""
    if not 0 <= width <= MAX_WIDTH:
        raise FunctionError(f"indent by {width} is out of range")
    lines = printed(text).split("\n")
    pad = " " * width
    return "\n".join(pad + line if line and (first or i) else line for i, line in enumerate(lines))


def _round(value: float, precision: int = 0, method: str = "common") -> float:
    if abs(precision) > MAX_DIGITS:
        raise FunctionError(f"round to {precision} digits is out of range")
    rounded: float = jinja_filters.do_round(value, precision, method)  # type: ignore[arg-type]  # it checks the method
    return rounded


def _sum(items: Iterable[Any], start: float = 0) -> Any:
    total: Any = start
    for item in items:
        for number in (total, item):
            if isinstance(number, bool) or not isinstance(number, int | float) or abs(number) > 2**63:
                raise FunctionError(f"sum wants numbers, not {kind(number)}")
        total += item
    return total


def _join(meter: Meter) -> Call:
    @pass_environment
    def join(environment: Environment, items: Iterable[Any], separator: str = "", attribute: Any = None) -> str:
        """Join anything that can be looped over."""
        if attribute is not None:
            items = map(jinja_filters.make_attrgetter(environment, attribute), items)
        texts = [printed(known(item)) for item in items]
        meter.text(sum(map(len, texts)) + len(separator) * len(texts))
        return separator.join(texts)

    return join


# --- Go's functions for Python's arguments ------------------------------------------------------


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "bool": (bool,),
    "int": (int,),
    "int64": (int,),
    "uint32": (int,),
    "float64": (float, int),
    "list": (list,),
    "[]interface {}": (list,),
    "strings": (list,),
    "[]string": (list,),
    "dict": (dict,),
    MAP_TYPE: (dict,),
    "bytes": (bytes,),
}
_ANY = ("any", "reflect.Value")
_VALUES = (str, bool, int, float, list, dict, bytes, GoObject, type(None))
_SAID = {
    "any": "a value",
    "string": "a string",
    "bool": "a boolean",
    "dict": "a map",
    MAP_TYPE: "a map",
    "float64": "a number",
    "sprig.certificate": "a certificate",
    "time.Time": "a time",
    **dict.fromkeys(("int", "int64", "uint32"), "a whole number"),
    **dict.fromkeys(("list", "[]interface {}", "strings", "[]string"), "a list"),
}


def function_of(name: str, function: GoFunc) -> Call:
    """Return a function that checks its arguments as Go templates do, for a sandbox that does not."""
    params = function.params
    variadic = bool(params) and params[-1].startswith("...")
    fixed = params[:-1] if variadic else params
    lenient = name in _ASKING

    def call(*args: Any) -> Any:
        if len(args) < len(fixed) or (len(args) > len(fixed) and not variadic):
            least = "at least " if variadic else ""
            raise FunctionError(
                f"{name} wants {least}{len(fixed)} argument{'' if len(fixed) == 1 else 's'}, not {len(args)}"
            )
        wanted = [*fixed, *[params[-1][3:]] * (len(args) - len(fixed))] if variadic else fixed
        result = function.call(*[_fitting(name, k, arg, lenient=lenient) for k, arg in zip(wanted, args, strict=True)])
        return plain(result) if name in _READING else result

    return call


def known(value: Any) -> Any:
    """Return the value; raises the error of one that is not defined."""
    if isinstance(value, Undefined):
        value.refuse() if isinstance(value, Missing) else str(value)
    return value


def _fitting(name: str, wanted: str, value: Any, *, lenient: bool) -> Any:
    if isinstance(value, Undefined):
        if lenient and wanted in _ANY:
            return None
        known(value)
    if isinstance(value, tuple | range | Iterator):
        value = list(islice(value, MAX_ITEMS))
    types = _PYTHON_TYPES.get(wanted)
    if types is None:
        if not isinstance(value, _VALUES) or (wanted not in _ANY and getattr(value, "go_type", wanted) != wanted):
            raise FunctionError(f"{name} wants {_said(wanted)}, not {kind(value)}")
        return value
    if isinstance(value, float) and int in types and float not in types and value.is_integer():
        value = int(value)  # 6 / 2 is 3.0 here
    if not isinstance(value, types) or (isinstance(value, bool) and wanted != "bool"):
        raise FunctionError(f"{name} wants {_said(wanted)}, not {kind(value)}")
    return float(value) if wanted == "float64" and isinstance(value, int) else value


def _said(wanted: str) -> str:
    return _SAID.get(wanted, wanted)
