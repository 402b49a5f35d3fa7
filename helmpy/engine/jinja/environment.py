"""The sandbox: attributes from closed tables; operators, calls, loops and texts that are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes, pass_context
from jinja2.ext import ExprStmtExtension, LoopControlExtension
from jinja2.lexer import TokenStream
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from helmpy.engine.context import Root
from helmpy.engine.jinja.faults import MARKERS, Faults
from helmpy.engine.jinja.filters import callables, filters, function_of, known
from helmpy.engine.jinja.meter import COMPILED, Meter
from helmpy.engine.jinja.places import Compiled, Generator, Missing, Place, begin, placed
from helmpy.engine.jinja.plain import MAX_NUMBER, kind, plain, printed
from helmpy.engine.scopes import Scope, Template
from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.kinds import GoObject

GoInclude = Callable[[int, str, Any], str | None]
"""Of dialect, name and dot: what the Go template of that name writes, None where there is none."""

MAX_POWER = 64  # exponents, either way
MAX_SOURCE = 1_000_000  # characters of one template; the largest public ones have a tenth
MAX_NODES = 100_000  # of its tree: Python takes a kilobyte for each
_ROOT_NAMES = frozenset(["Values", "Release", "Chart", "Capabilities", "Files", "Subcharts", "Template"])


class Environment(ImmutableSandboxedEnvironment):
    """Jinja for the charts of one dialect. ``version`` 2 words errors as Helm 2 does, 3 as Helm 3."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "**", "%", "//"})
    code_generator_class = Generator

    def __init__(
        self,
        sources: Mapping[str, Template],
        functions: Mapping[str, GoFunc],
        meter: Meter,
        version: int,
        include_go: GoInclude,
    ) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=Missing,
            finalize=self._finalizer(),
            loader=_Loader(sources),
            autoescape=False,
            cache_size=-1,
            optimized=False,  # what a function gives may differ from call to call
            extensions=[ExprStmtExtension, LoopControlExtension],
        )
        self.sources = sources
        self.meter = meter
        self.version = version
        self._include_go = include_go
        self._faults = Faults(sources, version)
        self._texts: dict[str, jinja2.Template] = {}
        self._names: dict[str, dict[str, Any]] = {}
        calls = callables(functions, meter)
        calls |= {"include": self._includer(), "tpl": self._teller()}
        self.filters = filters({k: v for k, v in calls.items() if k not in ("include", "tpl")}, meter)
        self.filters |= {
            "attr": self.getattr,
            "include": _last(calls["include"]),
            "tpl": _last(calls["tpl"]),
            "counted": self._counted,
        }
        for name in ("lipsum", "cycler", "joiner"):
            self.globals.pop(name, None)
        self.globals |= calls

    def render_template(self, template: Template, dot: Any = None) -> str:
        """Return what a template writes, seeing its chart or what a Go template passes. Raises RenderError."""
        try:
            names = self._scope_names(template) if dot is None else _names_of(dot)
            pieces = []
            self.meter.enter()
            for piece in self._load(template.path).generate(names):
                self.meter.write(len(piece))
                pieces.append(piece)
            self.meter.leave()
            return "".join(pieces)
        except Exception as error:  # whatever a stranger's template provokes is an error of the template
            raise self._faults.error(template.path, error) from error

    def _scope_names(self, template: Template) -> dict[str, Any]:
        """The names of a template: its chart's root dot, numbers as Python counts."""
        return self._chart_names(template.scope) | {"Template": template.place()}

    def _chart_names(self, scope: Scope) -> dict[str, Any]:
        if scope.path not in self._names:
            names = dict(scope.root)
            names["Values"] = plain(names["Values"])
            if "Subcharts" in names:
                names["Subcharts"] = plain(names["Subcharts"])
            self._names[scope.path] = names
        return self._names[scope.path]

    # Compiling

    def _load(self, name: str) -> jinja2.Template:
        try:
            return self.get_template(name)
        except (RecursionError, MemoryError, SyntaxError, OverflowError) as error:
            raise jinja2.TemplateSyntaxError("the template is nested too deeply", 1, name) from error

    def _load_template(self, name: str, globals: Any) -> jinja2.Template:  # noqa: A002 - Jinja's own name
        self.meter.step()  # every include and import passes here
        return super()._load_template(name, globals)

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        self.meter.step(len(source) * COMPILED)
        tokens = placed(self.lexer.tokeniter(source, name, filename, state), source)
        return TokenStream(self.lexer.wrap(tokens, name, filename), name, filename)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        self._faults.compiled[filename or ""] = Compiled(name or "", source, "", [])
        if len(source) > MAX_SOURCE:
            raise jinja2.TemplateSyntaxError(f"the template is longer than {MAX_SOURCE} characters", 1, name, filename)
        tree = super()._parse(source, name, filename)
        if sum(1 for _ in tree.find_all(nodes.Node)) > MAX_NODES:
            raise jinja2.TemplateSyntaxError(f"the template has more than {MAX_NODES} parts", 1, name, filename)
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                raise jinja2.TemplateSyntaxError("use a macro instead of a recursive loop", loop.lineno, name, filename)
            counted = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=Place.of(*begin(loop.iter)))
            loop.iter = counted.set_environment(self)
        imports: list[nodes.Import | nodes.FromImport] = [
            *tree.find_all(nodes.Import),
            *tree.find_all(nodes.FromImport),
        ]
        for imported in imports:
            imported.with_context = True  # macros of charts read Values and Release
        for modifier in tree.find_all(nodes.EvalContextModifier):
            raise jinja2.TemplateSyntaxError("autoescape is for HTML", modifier.lineno, name, filename)
        return tree

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - Jinja's own signature
    ) -> str:
        generator = Generator(self, name, filename, defer_init=defer_init, optimized=False)
        generator.visit(source)
        python: str = generator.stream.getvalue()  # type: ignore[attr-defined]  # a StringIO where none was given
        before = self._faults.compiled[filename or ""]
        self._faults.compiled[filename or ""] = Compiled(before.name, before.text, python, generator.spans)
        return python

    def handle_exception(self, source: str | None = None) -> NoReturn:  # noqa: ARG002 - Jinja's own signature
        """Raise the error as it is: its traceback tells the place."""
        raise  # noqa: PLE0704 - Jinja calls this inside its except

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
                return function_of(attribute, method) if method.params else method.call()
            return self._missing(obj, attribute)
        if isinstance(obj, GoObject):
            return self._member(obj, attribute)
        if isinstance(obj, str):
            return self._text_method(obj, attribute)
        if isinstance(obj, tuple):
            names = getattr(type(obj), "_fields", ())  # what groupby gives: grouper and list
            return obj[names.index(attribute)] if attribute in names else self._missing(obj, attribute)
        if isinstance(obj, Undefined):
            return known(obj)
        if isinstance(obj, _JINJAS_OWN):
            return super().getattr(obj, attribute)
        return self._missing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Look ``obj[argument]`` up; never falls back to Python's attributes."""
        if isinstance(obj, dict | list | tuple | str | range | TemplateReference):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                return self._missing(obj, argument)
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        return self._missing(obj, argument)

    def member(self, obj: Any, attribute: str) -> Any:
        """Look up what stands before ``(``: a method without arguments is not called yet."""
        if isinstance(obj, GoObject) and not (isinstance(obj, dict) and attribute in obj):
            method = obj.method(attribute)
            if method is not None:
                return function_of(attribute, method)
        if isinstance(obj, dict) and attribute in _DICT_METHODS and not callable(obj.get(attribute)):
            return _DICT_METHODS[attribute](obj)
        return self.getattr(obj, attribute)

    def _member(self, obj: GoObject, name: str) -> Any:
        method = obj.method(name)
        if method is not None and method.params:
            return function_of(name, method)
        try:
            return obj.get(name)
        except KeyError:
            return self._missing(obj, name)

    def _text_method(self, text: str, name: str) -> Any:
        self.meter.step(len(text))
        if name in ("replace", "join"):
            call = self.filters[name]
            return (lambda old, new: call(text, old, new)) if name == "replace" else (lambda parts: call(parts, text))
        make = _TEXT_METHODS.get(name)
        return make(text) if make else self._missing(text, name)

    def _missing(self, obj: Any, name: Any) -> Undefined:
        return self.undefined(f"{kind(obj)} has no {name!r}", obj=obj, name=str(name))

    # Operators, calls and texts

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or function; counts, and bounds how deep macros may go."""
        known(obj)
        if not callable(obj):
            raise FunctionError(f"{kind(obj)} is not a function")
        self.meter.enter()
        try:
            return super().call(context, obj, *args, **kwargs)
        finally:
            self.meter.leave()

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate; refuses texts, lists and numbers that grow without bounds."""
        left, right = known(left), known(right)
        if operator == "%" and isinstance(left, str):
            raise FunctionError("% does not format texts here; use printf")
        if operator == "**" and not (_is_number(left) and _is_number(right) and abs(right) <= MAX_POWER):
            raise FunctionError(f"{kind(left)} to the power of {kind(right)} is out of range")
        if operator in "+*":
            self._measure_growth(operator, left, right)
        value = super().call_binop(context, operator, left, right)
        if isinstance(value, complex) or (isinstance(value, int) and abs(value) >= MAX_NUMBER):
            raise FunctionError(f"{operator} gives a number out of range")
        self.meter.made(value)
        return value

    def _measure_growth(self, operator: str, left: Any, right: Any) -> None:
        for whole, other in ((left, right), (right, left)):
            if isinstance(whole, str | list | tuple):
                if operator == "*" and isinstance(other, int):
                    size = len(whole) * max(other, 0)
                elif operator == "+" and isinstance(other, str | list | tuple):
                    size = len(whole) + len(other)
                else:
                    wanted = "put ~ between texts and other values" if operator == "+" else "it wants a number"
                    raise FunctionError(f"{operator} does not fit {kind(left)} and {kind(right)}: {wanted}")
                (self.meter.text if isinstance(whole, str) else self.meter.items)(size)

    def joined(self, parts: Iterable[Any]) -> str:
        """Join what ``~`` stands between."""
        texts = [printed(known(part)) for part in parts]
        self.meter.text(sum(map(len, texts)))
        return "".join(texts)

    def concat(self, parts: Iterable[str], /) -> str:
        """Join what a macro or a block captured."""
        parts = list(parts)
        self.meter.captured(sum(map(len, parts)))
        return "".join(parts)

    def listed(self, items: tuple[Any, ...]) -> list[Any]:
        """Make the list of ``[a, b]``."""
        value = list(items)
        self.meter.made(value)
        return value

    def tupled(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """Make the tuple of ``(a, b)``."""
        self.meter.made(items)
        return items

    def mapped(self, pairs: dict[Any, Any]) -> dict[Any, Any]:
        """Make the map of ``{"a": b}``."""
        self.meter.made(pairs)
        return pairs

    def compared(self, value: Any) -> Any:
        """Count one side of a comparison."""
        if isinstance(value, list | tuple | dict):
            self.meter.made(value)
        else:
            self.meter.read(value)
        return value

    def sliced(self, obj: Any, start: Any, stop: Any, step: Any) -> Any:
        """Return ``obj[start:stop:step]`` of a text or a list."""
        if not isinstance(known(obj), str | list | tuple | range):
            raise FunctionError(f"{kind(obj)} cannot be sliced")
        self.meter.read(obj)
        return obj[known(start) : known(stop) : known(step)]

    def _counted(self, items: Any) -> Any:
        """What loops run over: the same items, each of them a step. Nothing where something is missing."""
        if items is None or isinstance(items, Undefined):
            return ()
        if not isinstance(items, Iterable) or isinstance(items, bytes):
            raise FunctionError(f"{kind(items)} is nothing to loop over")
        return _Steps(items, self.meter)

    def _finalizer(self) -> Callable[[Context, Any], str]:
        @pass_context  # or else Jinja would run constants while compiling
        def finalize(context: Context, value: Any) -> str:  # noqa: ARG001 - see above
            text = printed(known(value))
            self.meter.write(len(text))  # here too, for it may be captured
            return text

        return finalize

    # Templates inside templates

    def _includer(self) -> Callable[..., str]:
        @pass_context
        def include(context: Context, name: Any, names: Any = None) -> str:
            """What the template of that path writes, or the Go template of that name."""
            if not isinstance(known(name), str):
                raise FunctionError(f"include wants a template's name, not {kind(name)}")
            found = self.join_path(name, context.name or "")
            if found in self.sources:
                template = self.get_template(found)
                inner = template.new_context(_with(context, names, "include"), shared=True)
                return self.concat(template.root_render_func(inner))
            text = self._include_go(self.version, name, self._dot(context) if names is None else known(names))
            if text is None:
                raise jinja2.TemplateNotFound(name, f'there is no template "{name}"')
            return text

        return include

    def _dot(self, context: Context) -> Any:
        """What ``.`` is to a Go template that is included without more words."""
        place = context.resolve("Template")
        template = self.sources.get(place.get("Name", "")) if isinstance(place, dict) else None
        if template is None:  # a Go template includes one of ours that includes another
            return Root({name: value for name, value in context.get_all().items() if name in _ROOT_NAMES})
        root = template.scope.root
        root["Template"] = template.place()
        return root

    def _teller(self) -> Callable[..., str]:
        @pass_context
        def tpl(context: Context, text: Any, names: Any = None) -> str:
            """What a text writes as a template, with the names of the one that calls."""
            if not isinstance(known(text), str):
                raise FunctionError(f"tpl wants a string, not {kind(text)}")
            if not any(marker in text for marker in MARKERS):
                return str(text)
            template = self._text_template(text, context.name or "")
            return self.concat(
                template.root_render_func(template.new_context(_with(context, names, "tpl"), shared=True))
            )

        return tpl

    def _text_template(self, text: str, parent: str) -> jinja2.Template:
        key = f"{parent}\n{text}"
        if key not in self._texts:
            try:
                code = self.compile(text, name=parent, filename=f"tpl {len(self._texts)}")
            except (RecursionError, MemoryError, SyntaxError, OverflowError) as error:
                raise FunctionError("the text of tpl is nested too deeply") from error
            self._texts[key] = jinja2.Template.from_code(self, code, self.make_globals(None))
        return self._texts[key]


def _names_of(dot: Any) -> dict[str, Any]:
    """The names that a Go template's dot gives: its keys."""
    if not isinstance(dot, dict):
        raise FunctionError(f"a Jinja2 template wants a map of names, not {kind(dot)}")
    return {str(name): plain(value) for name, value in dot.items()}


def _with(context: Context, names: Any, caller: str) -> dict[str, Any]:
    if names is None:
        return context.get_all()
    if not isinstance(known(names), dict):
        raise FunctionError(f"{caller} wants a map of names, not {kind(names)}")
    return {**context.get_all(), **names}


def _last(call: Callable[..., str]) -> Callable[..., str]:
    @pass_context
    def piped(context: Context, value: Any, *args: Any) -> str:
        return call(context, *args, value)

    return piped


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Steps:
    """Items of a loop; Jinja asks for their number only where it is known."""

    def __init__(self, items: Any, meter: Meter) -> None:
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


_JINJAS_OWN = (LoopContext, jinja2.environment.TemplateModule, Namespace, TemplateReference, BlockReference, Macro)

_DICT_METHODS: dict[str, Callable[[dict[str, Any]], Callable[..., Any]]] = {
    "get": lambda table: lambda key, default=None: dict.get(table, key, default),
    "items": lambda table: lambda: list(dict.items(table)),
    "keys": lambda table: lambda: list(table),
    "values": lambda table: lambda: list(dict.values(table)),
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


def _method_of(obj: Any, name: str) -> GoFunc | None:
    """A method of Files, Values or a set of API versions, looked up in their own closed tables."""
    return obj.method(name) if isinstance(obj, GoObject) else None
