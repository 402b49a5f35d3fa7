"""Go templates of a chart and its subcharts: scopes, order, ``include``, ``tpl``, error texts.

A template of an ``apiVersion: v1`` chart runs with Helm 2's functions and objects, one of a v2
chart with Helm 3's; an included template runs with those of whoever includes it.
"""

from __future__ import annotations

from helmpy.engine.functions import refusal
from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gotemplate import TemplateError, TemplateSet
from helmpy.gotemplate.run import Memory
from helmpy.sprig.catalogue import CHANGING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from helmpy.engine.scopes import Template
    from helmpy.gotemplate import Limits
    from helmpy.gotemplate.watch import Watch
    from helmpy.store import Store

    Include = Callable[[int, str, Any], str | None]
    """Of dialect, name and dot: what a template of another engine writes, None where there is none."""

MAX_NESTED_INCLUDES = 1000
_MEMORY = Memory("include", CHANGING, frozenset({"Template"}))
NO_VALUE = "<no value>"
_WORTH_STORING = 4_000  # bytes of templates: fewer are parsed as fast as they are restored


class RenderError(TemplateError):
    """A template that failed, in Helm's words; keeps the place of the fault."""

    @classmethod
    def of(cls, error: TemplateError, message: str) -> RenderError:
        return cls(message, name=error.name, line=error.line, column=error.column, source_line=error.source_line)


def order(templates: Iterable[Template]) -> list[Template]:
    """Return templates in the order of parsing: deep ones first, so that a parent's defines win."""
    return sorted(templates, key=lambda template: (template.path.count("/"), template.path), reverse=True)


class Renderer:
    """All Go templates of one render in one dialect."""

    def __init__(
        self,
        templates: Iterable[Template],
        functions: Mapping[str, GoFunc],
        version: int,
        limits: Limits,
        watch: Watch | None = None,
        *,
        elsewhere: Include | None = None,
        store: Store | None = None,
    ) -> None:
        self.version = version
        self._elsewhere = elsewhere
        self._nested: dict[str, int] = {}
        table = dict(functions)
        table["include"] = GoFunc(self.include, ("string", "any"), "string")
        table["tpl"] = GoFunc(self._tpl, ("string", "dict:chartutil.Values"), "string")
        self._set = TemplateSet(
            table,
            limits=limits,
            old_parentheses=version == 2,
            watch=watch,
            memory=_MEMORY if elsewhere is None else None,  # templates of Jinja may change maps unseen
        )
        self._parse_all(list(templates), store)

    def render(self, template: Template) -> str:
        """Return what a template writes. Raises RenderError."""
        root = template.scope.root
        root["Template"] = template.place()
        self._nested = {}
        try:
            text = self._set.execute(template.path, root)
        except TemplateError as error:
            failed = RenderError.of(error, self._execution_text(template.path, error))
            from helmpy.engine.hints import execution_hint

            failed.hint = execution_hint(error, root)
            raise failed from error
        return text.replace(NO_VALUE, "")

    def has(self, name: str) -> bool:
        """Whether a Go template of that name is defined."""
        return self._set.has(name)

    def _parse_all(self, templates: list[Template], store: Store | None) -> None:
        try:
            if store is None or sum([len(template.data) for template in templates]) < _WORTH_STORING:
                for template in templates:
                    self._set.parse(template.path, template.text)
            else:
                self._set.parse_all([(template.path, template.data) for template in templates], store)
        except TemplateError as error:
            failed = RenderError.of(error, self._parse_text(error.name, error))
            from helmpy.engine.hints import parse_hint

            failed.hint = parse_hint(str(error), self._set.functions)
            raise failed from error

    def include(self, name: str, data: Any) -> str:
        """Return what a named template writes with ``data`` for its dot. Raises FunctionError, TemplateError."""
        nested = self._nested.get(name, 0)
        if nested > MAX_NESTED_INCLUDES:
            raise FunctionError(f"rendering template has a nested reference name: {name}: unable to execute template")
        self._nested[name] = nested + 1
        try:
            if self._elsewhere is not None and not self._set.has(name):
                text = self._elsewhere(self.version, name, data)
                if text is not None:
                    return text
            return self._set.execute(name, data)
        finally:
            self._nested[name] = nested

    def _tpl(self, text: str, data: dict[str, Any]) -> str:
        name = self._place(data, "BasePath", text) and self._place(data, "Name", text)
        if "{{" not in text:
            return text.replace(NO_VALUE, "")
        nested, self._nested = self._nested, {}
        try:
            return self._set.execute_text(name, text, data).replace(NO_VALUE, "")
        except TemplateError as error:
            said = self._parse_text(name, error) if error.column < 0 else self._execution_text(name, error)
            word = "Error" if self.version == 2 else "error"
            raise FunctionError(f"{word} during tpl function execution for {quoted(text)}: {said}") from error
        finally:
            self._nested = nested

    def _place(self, data: dict[str, Any], key: str, text: str) -> str:
        """``.Template.NAME`` of the data that tpl was given; it must be the root's."""
        template = data.get("Template")
        value = template.get(key) if isinstance(template, dict) else None
        if isinstance(value, str):
            return value
        word = "Basepath" if key == "BasePath" else key
        if self.version == 2:
            raise FunctionError(
                f"Cannot retrieve Template.{word} from values inside tpl function: {text} ({key} is not a value)"
            )
        raise FunctionError(
            f'cannot retrieve Template.{word} from values inside tpl function: {text}: "{key}" is not a value'
        )

    def _parse_text(self, path: str, error: TemplateError) -> str:
        if self.version == 2:
            return f'parse error in "{path}": {error}'
        place, message = _placed(error)
        return f"parse error at ({place}): {message}"

    def _execution_text(self, path: str, error: TemplateError) -> str:
        if self.version == 2:
            return f'render error in "{path}": {error}'
        refused = refusal(str(error))
        return str(error) if refused is None else f"execution error at ({_placed(error)[0]}): {refused}"


def _placed(error: TemplateError) -> tuple[str, str]:
    """``template: PLACE: MESSAGE`` in two."""
    place, _, message = str(error).removeprefix("template: ").partition(": ")
    return place, message


def quoted(text: str) -> str:
    """Return Go's %q of a string."""
    from helmpy.gocompat.text import quote

    return quote(text)
