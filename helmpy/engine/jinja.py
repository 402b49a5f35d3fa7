"""Jinja2 templates of charts with ``engine: jinja2``, in a closed sandbox.

What a template sees: ``Values``, ``Release``, ``Chart``, ``Capabilities``, ``Files``, ``Template``
(and ``Subcharts`` in v2 charts) as names, with the fields and methods they have in Go templates.
``Values.a.b`` looks into maps first, so a key may be called ``items``; whole numbers are integers.

Every function of sprig and Helm is there as a function and as a filter. The piped value comes last
as in Go templates: ``Values.name | trunc(63) | trimSuffix("-")`` is ``trimSuffix("-", trunc(63,
Values.name))``. Where a name is also Jinja's own, Jinja's wins: the functions ``range`` and
``dict``, and these filters: abs, default, first, float, indent, int, join, last, list, lower, max,
min, replace, reverse, round, sort, sum, title, trim, upper. Sprig's are then still functions
(``indent(4, text)``). Left out of Jinja are filters that are about HTML or that print by width.

What it prints is meant for YAML: ``true``, ``false``, nothing for none, maps and lists as JSON.
A name or key that does not exist is an error unless ``default`` or ``is defined`` asks first.

``include``, ``import`` and ``extends`` take paths: the whole one of any template of the release
(``web/charts/db/templates/_names.j2``), or one beside the template or under its chart's
``templates``. ``tpl(text)`` renders a text with the template's own names. Partials start with
``_``. Blocks swallow their line (``trim_blocks``, ``lstrip_blocks``); the last newline stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.filters import do_round
from jinja2.runtime import Context, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from helmpy.engine.functions import MAP_TYPE, unmarked
from helmpy.engine.gotpl import RenderError
from helmpy.engine.scopes import Template
from helmpy.errors import HelmError
from helmpy.gocompat import json
from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.kinds import GoObject
from helmpy.gotemplate import Limits, TemplateError

MAX_WIDTH = 1000  # spaces that indent may put before a line
MAX_CALLS = 100  # macros inside macros
MAX_NUMBER = 2**63
MAX_ITEMS = 1_000_000  # of a list that an operator makes
MAX_DIGITS = 100  # that round may keep
STEP_COST = 50  # a turn of a loop counts as so many of Limits.steps


def render(
    templates: Sequence[Template], functions: Callable[[int], Mapping[str, GoFunc]], limits: Limits
) -> dict[str, str]:
    """Return path to text for the templates that are no partials. Raises RenderError.

    ``functions`` gives the table of a dialect: 2 for v1 charts, 3 for v2 charts.
    """
    sources = {template.path: template for template in templates}
    meter = _Meter(limits)
    environments: dict[int, Environment] = {}
    rendered = {}
    for template in templates:
        if template.is_partial:
            continue
        version = template.scope.version
        if version not in environments:
            environments[version] = Environment(sources, functions(version), meter)
        rendered[template.path] = environments[version].render_template(template)
    return rendered


class _Meter:
    """Counts what a render has used of its limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = 0
        self.written = 0
        self.calls = 0

    def step(self) -> None:
        self.steps += STEP_COST
        if self.steps > self.limits.steps:
            raise FunctionError(f"the template takes more than {self.limits.steps // STEP_COST} steps")

    def write(self, size: int) -> None:
        self.written += size
        if self.written > self.limits.output:
            raise FunctionError(f"the template writes more than {self.limits.output} characters")

    def check(self, size: int) -> None:
        if size > self.limits.output:
            raise FunctionError(f"a text of {size} characters is longer than {self.limits.output}")


class _Generator(CodeGenerator):
    """Compiles ``~`` to a joining that is measured."""

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:  # noqa: N802 - the name the compiler looks for
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which attributes, operators, loops and texts are all accounted for."""

    intercepted_binops = frozenset({"+", "-", "*", "**", "%", "//"})
    code_generator_class = _Generator

    def __init__(self, sources: Mapping[str, Template], functions: Mapping[str, GoFunc], meter: _Meter) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
            finalize=self._printed,
            loader=_Loader(sources),
            autoescape=False,
            cache_size=-1,
        )
        self.sources = sources
        self.meter = meter
        self.filters = {name: self.filters[name] for name in _JINJA_FILTERS} | {
            "tojson": json.dumps,
            "join": self._join,
            "replace": self._replace,
            "indent": _indent,
            "round": _round,
            "attr": self.getattr,
        }
        own = set(self.filters)
        for name, function in functions.items():
            call = _callable(name, function)
            if name not in own:
                self.filters[name] = _piped(call)
            if name not in ("range", "dict"):
                self.globals[name] = call
        self.filters["counted"] = self._counted
        for name in ("lipsum", "cycler", "joiner"):
            self.globals.pop(name, None)

    def render_template(self, template: Template) -> str:
        """Return what a template writes. Raises RenderError."""
        names = _plain_scope(template)
        names["tpl"] = lambda text: self._tpl(text, names, template)
        return self._run(template.path, lambda: self.get_template(template.path), names)

    def _run(self, path: str, load: Callable[[], jinja2.Template], names: dict[str, Any]) -> str:
        try:
            pieces = []
            for piece in load().generate(names):
                self.meter.write(len(piece))
                pieces.append(piece)
            return "".join(pieces)
        except TemplateError:
            raise
        except RecursionError as error:
            raise self._failed(path, error, "templates call each other without end") from None
        except Exception as error:  # whatever a stranger's template provokes is an error of the template
            raise self._failed(path, error, _words(error)) from error

    def _tpl(self, text: Any, names: dict[str, Any], template: Template) -> str:
        if not isinstance(text, str):
            raise FunctionError(f"tpl wants a string, not {_kind(text)}")
        self.meter.calls += 1
        if self.meter.calls > MAX_CALLS:
            raise FunctionError("tpl is nested too deeply")
        try:
            return self._run(template.path, lambda: self.from_string(text), names)
        finally:
            self.meter.calls -= 1

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                raise jinja2.TemplateSyntaxError("use a macro instead of a recursive loop", loop.lineno, name, filename)
            counted = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.iter.lineno)
            loop.iter = counted.set_environment(self)
        return tree

    # Where an error is

    def _failed(self, path: str, error: BaseException, message: str) -> RenderError:
        name, line = self._place(path, error)
        source = self.sources[name].text if name in self.sources else ""
        lines = source.split("\n")
        source_line = lines[line - 1] if 0 < line <= len(lines) else ""
        column = max(min((i for i in (source_line.find("{{"), source_line.find("{%")) if i >= 0), default=-1), -1)
        word = "parse" if isinstance(error, jinja2.TemplateSyntaxError) else "render"
        where = f"{name}:{line}" if line else name
        return RenderError(
            f'{word} error in "{path}": template: {where}: {message}',
            name=name,
            line=line,
            column=column,
            source_line=source_line,
        )

    def _place(self, path: str, error: BaseException) -> tuple[str, int]:
        if isinstance(error, jinja2.TemplateSyntaxError):
            return error.name or path, error.lineno
        found = (path, 0)
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in self.sources:
                found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            trace = trace.tb_next
        return found

    # Names and attributes

    def join_path(self, template: str, parent: str) -> str:
        """Resolve the name of an included template: whole, beside the includer, or under its chart."""
        if template in self.sources:
            return template
        beside = parent.rpartition("/")[0] + "/" + template
        if beside in self.sources:
            return beside
        includer = self.sources.get(parent)
        return f"{includer.scope.path}/templates/{template}" if includer else template

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look ``obj.attribute`` up in closed tables; maps give their keys first."""
        if isinstance(obj, dict):
            if attribute in obj:
                return obj[attribute]
            method = _method_of(obj, attribute)
            if method is not None:
                return method
            make = _DICT_METHODS.get(attribute)
            return make(obj) if make else self._missing(obj, attribute)
        if isinstance(obj, GoObject):
            return self._member(obj, attribute)
        if isinstance(obj, str):
            return self._text_method(obj, attribute)
        if isinstance(obj, tuple):
            names = getattr(type(obj), "_fields", ())  # what groupby gives: grouper and list
            return obj[names.index(attribute)] if attribute in names else self._missing(obj, attribute)
        if isinstance(obj, list):
            return self._missing(obj, attribute)
        if isinstance(obj, int | float | bytes) or obj is None:
            return self._missing(obj, attribute)
        return super().getattr(obj, attribute)  # jinja2's own: loop, imported templates, macros

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Look ``obj[argument]`` up; never falls back to Python's attributes."""
        if isinstance(obj, dict | list | tuple | str):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                return self._missing(obj, argument)
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        return self._missing(obj, argument)

    def _member(self, obj: GoObject, name: str) -> Any:
        method = obj.method(name)
        if method is not None and method.params:
            return _callable(name, method)
        try:
            return obj.get(name)
        except KeyError:
            return self._missing(obj, name)

    def _text_method(self, text: str, name: str) -> Any:
        if name == "replace":
            return lambda old, new: self._replace(text, old, new)
        if name == "join":
            return lambda parts: self._join(parts, text)
        make = _TEXT_METHODS.get(name)
        return make(text) if make else self._missing(text, name)

    def _missing(self, obj: Any, name: Any) -> Undefined:
        return self.undefined(f"{_kind(obj)} has no {name!r}", obj=obj, name=str(name))

    # Operators, calls and texts

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or function; counts, and bounds how deep macros may go."""
        meter = self.meter
        meter.step()
        meter.calls += 1
        if meter.calls > MAX_CALLS:
            raise FunctionError(f"macros are nested more than {MAX_CALLS} deep")
        try:
            return super().call(context, obj, *args, **kwargs)
        finally:
            meter.calls -= 1

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate; refuses texts, lists and numbers that grow without bounds."""
        if operator == "%" and isinstance(left, str):
            raise FunctionError("% does not format texts here; use printf")
        if operator == "**" and not (
            isinstance(left, int | float) and isinstance(right, int | float) and abs(right) <= 64
        ):
            raise FunctionError(f"{left} ** {right} is out of range")
        if operator == "*":
            for whole, times in ((left, right), (right, left)):
                if isinstance(whole, str | list | tuple) and isinstance(times, int):
                    self._check(whole, len(whole) * max(times, 0))
        if operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
            self._check(left, len(left) + len(right))
        value = super().call_binop(context, operator, left, right)
        if isinstance(value, int) and abs(value) >= MAX_NUMBER:
            raise FunctionError(f"{operator} gives a number out of range")
        return value

    def _check(self, kind: Any, size: int) -> None:
        if isinstance(kind, str):
            self.meter.check(size)
        elif size > MAX_ITEMS:
            raise FunctionError(f"a list of {size} items is longer than {MAX_ITEMS}")

    def joined(self, parts: Iterable[Any]) -> str:
        """Join what ``~`` stands between."""
        return self.concat([str(self._printed(part)) for part in parts])

    def concat(self, parts: Iterable[str], /) -> str:
        """Join what a macro or a block captured."""
        parts = list(parts)
        self.meter.check(sum(map(len, parts)))
        return "".join(parts)

    def _join(self, parts: Iterable[Any], separator: str = "") -> str:
        texts = [str(self._printed(part)) for part in parts]
        self.meter.check(sum(map(len, texts)) + len(separator) * len(texts))
        return separator.join(texts)

    def _replace(self, text: str, old: str, new: str) -> str:
        text, old, new = str(text), str(old), str(new)
        self.meter.check(len(text) + text.count(old) * len(new))
        return text.replace(old, new)

    def _counted(self, items: Any) -> Any:
        """What loops run over: the same items, each of them a step."""
        if isinstance(items, Undefined):
            return items
        return _Steps(items, self.meter)

    def _printed(self, value: Any) -> Any:
        """A value as YAML wants it; what is printed is counted too, for it may be captured."""
        if isinstance(value, Undefined):
            return value
        if isinstance(value, str):
            text = value
        elif value is None:
            return ""
        elif isinstance(value, bool):
            return "true" if value else "false"
        elif isinstance(value, float):
            text = _number(value)
        elif isinstance(value, dict | list):
            text = json.dumps(value)
        elif isinstance(value, tuple | Iterator | range):
            text = json.dumps(list(value))
        elif isinstance(value, bytes):
            text = value.decode("utf-8", "surrogateescape")
        elif callable(value) and not isinstance(value, GoObject | Macro):
            raise FunctionError("a function is not printed but called: ()")
        else:
            text = str(value)
        self.meter.write(len(text))
        return text


class _Steps:
    """Items of a loop; Jinja asks for their number only where it is known."""

    def __init__(self, items: Any, meter: _Meter) -> None:
        self._items = items
        self._meter = meter

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            self._meter.step()
            yield item

    def __len__(self) -> int:
        return len(self._items)


class _Loader(jinja2.BaseLoader):
    """The templates of the release by path; the path is also the file name in tracebacks."""

    def __init__(self, sources: Mapping[str, Template]) -> None:
        self._sources = sources

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002 - the loader's interface
        if template not in self._sources:
            raise jinja2.TemplateNotFound(template, f'there is no template "{template}"')
        return self._sources[template].text, template, lambda: True


# --- what the sandbox offers --------------------------------------------------------------------

_JINJA_FILTERS = (
    "abs", "count", "d", "default", "dictsort", "first", "float", "groupby", "int", "items", "last", "length",
    "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr",
    "sort", "string", "sum", "title", "capitalize", "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
)  # fmt: skip

_DICT_METHODS: dict[str, Callable[[dict[str, Any]], Callable[..., Any]]] = {
    "get": lambda table: table.get,
    "items": lambda table: table.items,
    "keys": lambda table: table.keys,
    "values": lambda table: table.values,
}

_TEXT_METHODS: dict[str, Callable[[str], Callable[..., Any]]] = {
    "capitalize": lambda text: text.capitalize,
    "count": lambda text: text.count,
    "endswith": lambda text: text.endswith,
    "find": lambda text: text.find,
    "isalnum": lambda text: text.isalnum,
    "isalpha": lambda text: text.isalpha,
    "isdigit": lambda text: text.isdigit,
    "islower": lambda text: text.islower,
    "isupper": lambda text: text.isupper,
    "lower": lambda text: text.lower,
    "lstrip": lambda text: text.lstrip,
    "removeprefix": lambda text: text.removeprefix,
    "removesuffix": lambda text: text.removesuffix,
    "rfind": lambda text: text.rfind,
    "rsplit": lambda text: text.rsplit,
    "rstrip": lambda text: text.rstrip,
    "split": lambda text: text.split,
    "splitlines": lambda text: text.splitlines,
    "startswith": lambda text: text.startswith,
    "strip": lambda text: text.strip,
    "title": lambda text: text.title,
    "upper": lambda text: text.upper,
}


def _indent(text: str, width: int = 4, first: bool = False) -> str:  # noqa: FBT001, FBT002 - Jinja's own signature
    """Put ``width`` spaces before every line but the first, or before all; empty lines stay empty."""
    if not 0 <= width <= MAX_WIDTH:
        raise FunctionError(f"indent by {width} is out of range")
    lines = str(text).split("\n")
    pad = " " * width
    return "\n".join(pad + line if line and (first or i) else line for i, line in enumerate(lines))


def _round(value: float, precision: int = 0, method: str = "common") -> float:
    """Round as Jinja's filter does, to a number of digits that is bounded."""
    if abs(precision) > MAX_DIGITS:
        raise FunctionError(f"round to {precision} digits is out of range")
    rounded: float = do_round(value, precision, method)  # type: ignore[arg-type]  # it checks the method's name
    return rounded


# --- from Go's values to Jinja's ----------------------------------------------------------------


def _plain_scope(template: Template) -> dict[str, Any]:
    """The names of a template: its chart's root dot, numbers as Python counts."""
    names = dict(template.scope.root)
    names["Values"] = _whole_numbers(names["Values"])
    names["Template"] = template.place()
    return names


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < MAX_NUMBER:
        return int(value)
    return value


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < MAX_NUMBER:
        return str(int(value))
    return repr(value) if math.isfinite(value) else f".{repr(value).replace('inf', 'Inf').replace('nan', 'NaN')}"


def _method_of(obj: Any, name: str) -> Callable[..., Any] | None:
    """A method of Files, Values or a set of API versions, looked up in their own closed tables."""
    find = getattr(type(obj), "method", None)
    method: GoFunc | None = find(obj, name) if find else None
    return None if method is None else _callable(name, method)


def _piped(call: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of a function: the piped value is the last argument."""

    def piped(value: Any, *args: Any) -> Any:
        return call(*args, value)

    return piped


def _callable(name: str, function: GoFunc) -> Callable[..., Any]:
    """A function that checks its arguments as Go templates do, for a sandbox that does not."""
    params = function.params
    variadic = bool(params) and params[-1].startswith("...")
    fixed = params[:-1] if variadic else params

    def call(*args: Any) -> Any:
        if len(args) < len(fixed) or (len(args) > len(fixed) and not variadic):
            least = "at least " if variadic else ""
            raise FunctionError(f"{name} wants {least}{len(fixed)} arguments, not {len(args)}")
        wanted = [*fixed, *[params[-1][3:]] * (len(args) - len(fixed))] if variadic else fixed
        return function.call(*[_fitting(name, kind, arg) for kind, arg in zip(wanted, args, strict=True)])

    return call


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "bool": (bool,),
    "int": (int,),
    "int64": (int,),
    "float64": (float, int),
    "list": (list, tuple),
    "[]interface {}": (list, tuple),
    "strings": (list, tuple),
    "[]string": (list, tuple),
    "dict": (dict,),
    MAP_TYPE: (dict,),
    "bytes": (bytes,),
}


def _fitting(name: str, kind: str, value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)  # raises the error that tells what is not defined
    if isinstance(value, tuple):
        value = list(value)
    types = _PYTHON_TYPES.get(kind)
    if types is None:
        return value
    if not isinstance(value, types) or (isinstance(value, bool) and kind != "bool"):
        raise FunctionError(f"{name} wants a {kind}, not {_kind(value)}")
    return float(value) if kind == "float64" and isinstance(value, int) else value


def _kind(value: Any) -> str:
    names = ((bool, "a boolean"), (str, "a string"), (int | float, "a number"), (dict, "a map"), (list, "a list"))
    if value is None:
        return "nothing"
    if isinstance(value, GoObject):
        return value.go_type.rpartition(".")[2]
    return next((name for kind, name in names if isinstance(value, kind)), "it")


def _words(error: BaseException) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        return error.message or f'there is no template "{error.name}"'
    if isinstance(error, jinja2.TemplateError | HelmError):
        return unmarked(str(error.message))
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
