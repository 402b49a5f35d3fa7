"""What is said of an error in a template: every template on the way to it, the place, the words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2

from helmpy.engine.functions import refusal, unmarked
from helmpy.engine.gotpl import RenderError
from helmpy.engine.jinja.places import Compiled, Unknown, begin, path
from helmpy.engine.scopes import Template
from helmpy.errors import HelmError
from helmpy.gotemplate import TemplateError

MARKERS = ("{{", "{%", "{#")


class Faults:
    """Words errors for one dialect: ``version`` 2 as Helm 2 does, 3 as Helm 3.

    ``compiled`` holds what was compiled by the file name that tracebacks show.
    """

    def __init__(self, sources: Mapping[str, Template], version: int) -> None:
        self._sources = sources
        self._version = version
        self.compiled: dict[str, Compiled] = {}

    def error(self, top: str, error: Exception) -> RenderError:
        """Return what to raise for an error that came while the template at ``top`` was rendered."""
        places = self._places(top, error)
        filename, line, column = places[-1]
        file = self.compiled.get(filename)
        source_line = file.line(line) if file else ""
        if column < 0:
            column = min((i for i in map(source_line.find, MARKERS) if i >= 0), default=-1)
            places[-1] = (filename, line, column)
        ways = [self._way(*place) for place in places]
        parsing = isinstance(error, jinja2.TemplateSyntaxError)
        sentence = self._sentence(top, ways, self._words(error), parsing=parsing)
        if isinstance(error, TemplateError):  # of a Go template that was included
            return RenderError.of(error, sentence)
        return RenderError(
            sentence,
            name=file.name if file else top,
            line=line,
            column=column,
            source_line=source_line,
        )

    def _sentence(self, top: str, ways: list[str], message: str, *, parsing: bool) -> str:
        if self._version == 2:
            word = "parse" if parsing else "render"
            return f'{word} error in "{top}": template: {": ".join(ways)}: {unmarked(message)}'
        if parsing:
            return f"parse error at ({ways[-1]}): {message}"
        refused = refusal(message)
        if refused is not None:
            return f"execution error at ({ways[0]}): {refused}"
        return f"template: {': '.join(ways)}: {message}"

    def _way(self, filename: str, line: int, column: int) -> str:
        name = filename if filename in self._sources else "tpl"
        return ":".join([name, *([str(line)] if line else []), *([str(column)] if column >= 0 else [])])

    def _places(self, top: str, error: Exception) -> list[tuple[str, int, int]]:
        """The templates on the way to an error, from the rendered one down: file, line, column."""
        places: list[tuple[str, int, int]] = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename in self.compiled:
                self._add(places, self._place(code.co_filename, code, trace.tb_lasti))
            trace = trace.tb_next
        if isinstance(error, jinja2.TemplateSyntaxError):
            filename = error.filename or error.name or top
            place = (int(error.lineno), getattr(error.lineno, "column", -1))
            file = self.compiled.get(filename)
            self._add(places, (filename, *(file.place(*place) if file else place)))
        elif isinstance(error, Unknown) and error.code is not None and error.code.co_filename in self.compiled:
            self._add(places, self._place(error.code.co_filename, error.code, error.instruction))
        return places or [(top, 0, -1)]

    @staticmethod
    def _add(places: list[tuple[str, int, int]], place: tuple[str, int, int]) -> None:
        if places and places[-1][0] == place[0]:
            places.pop()
        places.append(place)

    def _place(self, filename: str, code: Any, instruction: int) -> tuple[str, int, int]:
        file = self.compiled[filename]
        node = file.node(code, instruction)
        return (filename, *file.place(*begin(node))) if node is not None else (filename, 0, -1)

    def _words(self, error: Exception) -> str:
        if isinstance(error, jinja2.TemplateNotFound):
            return error.message or f'there is no template "{error.name}"'
        if isinstance(error, Unknown):
            return self._unknown_words(error)
        if isinstance(error, jinja2.TemplateError | HelmError):
            return str(error.message)
        if isinstance(error, RecursionError):
            return "templates call each other without end"
        if isinstance(error, MemoryError):
            return "out of memory"
        if isinstance(error, TypeError):
            return _type_words(str(error))
        return str(error) or type(error).__name__

    def _unknown_words(self, error: Unknown) -> str:
        file = self.compiled.get(error.code.co_filename) if error.code else None
        spelled = path(file.node(error.code, error.instruction)) if file and error.code else None
        message = str(error.message)
        if spelled is None:
            return message
        return f"{spelled!r} is undefined" + ("" if error.plain else f": {message}")


_PYTHON_NAMES = {
    "int": "a number", "float": "a number", "str": "a string", "bool": "a boolean", "NoneType": "nothing",
    "list": "a list", "tuple": "a list", "dict": "a map", "Values": "a map", "Values3": "a map",
}  # fmt: skip


def _type_words(message: str) -> str:
    """Python's words about operands that do not fit, with the names that templates' errors use."""
    for name, words in _PYTHON_NAMES.items():
        message = message.replace(f"'{name}'", words)
    return message.replace("not supported between instances of", "does not fit").replace(" object", "")
