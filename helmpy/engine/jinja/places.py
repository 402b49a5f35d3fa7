"""Where in a template something is: columns for Jinja's lines, and the way back from compiled code.

Jinja knows lines only. Here the lexer's line numbers carry the column along, the compiler notes
which piece of the Python it writes came from which node, and CPython tells which piece of that
failed. Only an error pays for finding out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from types import CodeType, FrameType
from typing import Any, NamedTuple, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.utils import missing

_NEWLINE = re.compile(r"\r\n|\r|\n")


class Place(int):
    """A line (from 1) that knows its column (from 0, in characters)."""

    column: int

    @classmethod
    def of(cls, line: int, column: int) -> Place:
        place = cls(line)
        place.column = column
        return place


def placed(tokens: Iterable[tuple[int, str, str]], source: str) -> Iterator[tuple[int, str, str]]:
    """Yield Jinja's tokens with Places for lines. What whitespace control took away has no token."""
    source = _NEWLINE.sub("\n", source)
    position = line_start = 0
    try:
        for line, kind, text in tokens:
            at = max(source.find(text, position), position)
            line_start = source.rfind("\n", position, at) + 1 or line_start
            yield Place.of(line, at - line_start), kind, text
            position = at + len(text)
            line_start = source.rfind("\n", at, position) + 1 or line_start
    except jinja2.TemplateSyntaxError as error:  # of the lexer: what comes next is no token
        while position < len(source) and source[position].isspace():
            position += 1
        if not isinstance(error.lineno, Place) and source.count("\n", 0, position) == error.lineno - 1:
            error.lineno = Place.of(error.lineno, position - source.rfind("\n", 0, position) - 1)
        raise


class Span(NamedTuple):
    """A piece of the Python that was written for a node."""

    start: int
    end: int
    node: nodes.Node


class Generator(CodeGenerator):
    """Notes the spans; compiles what must be measured to calls of the environment."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.spans: list[Span] = []
        self._called: nodes.Node | None = None

    def visit(self, node: nodes.Node, *args: Any, **named: Any) -> Any:
        start = self.stream.tell()
        result = super().visit(node, *args, **named)
        if isinstance(node.lineno, Place):
            self.spans.append(Span(start, self.stream.tell(), node))
        return result

    def _several(self, call: str, inner: Iterable[nodes.Node], frame: Any) -> None:
        self.write(f"environment.{call}((")
        for part in inner:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:  # noqa: N802 - the name the compiler looks for
        self._several("joined", node.nodes, frame)

    def visit_List(self, node: nodes.List, frame: Any) -> None:  # noqa: N802 - as above
        self._several("listed", node.items, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Any) -> None:  # noqa: N802 - as above
        self.write("environment.mapped(")
        super().visit_Dict(node, frame)
        self.write(")")

    def visit_Tuple(self, node: nodes.Tuple, frame: Any) -> None:  # noqa: N802 - as above
        if node.ctx == "store":
            super().visit_Tuple(node, frame)
        else:
            self._several("tupled", node.items, frame)

    def visit_Call(self, node: nodes.Call, frame: Any, **named: Any) -> None:  # type: ignore[override]  # noqa: N802 - as above; its one option goes through
        self._called = node.node
        super().visit_Call(node, frame, **named)

    def visit_Getattr(self, node: nodes.Getattr, frame: Any) -> None:  # noqa: N802 - as above
        self.write("environment.member(" if node is self._called else "environment.getattr(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def visit_Compare(self, node: nodes.Compare, frame: Any) -> None:  # noqa: N802 - as above
        self.write("(")
        self._measured(node.expr, frame)
        for op in node.ops:
            self.visit(op, frame)
        self.write(")")

    def visit_Operand(self, node: nodes.Operand, frame: Any) -> None:  # noqa: N802 - as above
        self.write(f" {_OPERATORS[node.op]} ")
        self._measured(node.expr, frame)

    def _measured(self, node: nodes.Node, frame: Any) -> None:
        self.write("environment.compared(")
        self.visit(node, frame)
        self.write(")")

    def visit_Getitem(self, node: nodes.Getitem, frame: Any) -> None:  # noqa: N802 - as above
        if not isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("environment.sliced(")
        self.visit(node.node, frame)
        for part in (node.arg.start, node.arg.stop, node.arg.step):
            self.write(", ")
            if part is None:
                self.write("None")
            else:
                self.visit(part, frame)
        self.write(")")


_OPERATORS = {
    "eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in",
}  # fmt: skip


class Compiled:
    """A compiled template's text, the Python made of it, and the spans that join the two."""

    def __init__(self, name: str, text: str, python: str, spans: list[Span]) -> None:
        self.name = name
        self.text = text
        self._python = python
        self._spans = spans
        self._starts: list[int] = []

    def node(self, code: CodeType, instruction: int) -> nodes.Node | None:
        """Return the node whose Python holds an instruction of ``code`` (its offset in bytes)."""
        at = next(islice(code.co_positions(), instruction // 2, None), (None,) * 4)
        line, last_line, column, last_column = at
        if line is None or last_line is None or column is None or last_column is None:
            return None
        start, end = self._offset(line, column), self._offset(last_line, last_column)
        around = [span for span in self._spans if span.start <= start and end <= span.end]
        if not around:
            return None
        found = min(around, key=lambda span: span.end - span.start)
        if isinstance(found.node, nodes.Output):  # prints several things: which?
            inside = [s for s in self._spans if start <= s.start and s.end <= end and s.node is not found.node]
            found = max(inside, key=lambda span: span.end - span.start, default=found)
        return found.node

    def _offset(self, line: int, column: int) -> int:
        if not self._starts:
            self._starts = [0, *(found.end() for found in re.finditer("\n", self._python))]
        start = self._starts[line - 1]
        behind = self._python[start : start + column]  # the column counts bytes
        return start + (column if behind.isascii() else len(behind.encode()[:column].decode(errors="ignore")))

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Return a place with its column counted in bytes, as Go counts."""
        return line, len(self.line(line)[:column].encode("utf-8", "surrogatepass")) if column > 0 else column

    def line(self, number: int) -> str:
        """Return a line of the template's text, counted from 1."""
        lines = _NEWLINE.split(self.text)
        return lines[number - 1] if 0 < number <= len(lines) else ""


def begin(node: nodes.Node) -> tuple[int, int]:
    """Return the line and column that an error at ``node`` points to: a name rather than a bracket."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name | nodes.Getattr):
        return begin(node.node)
    if isinstance(node, nodes.BinExpr | nodes.Compare):  # whose own place may be behind them
        return begin(node.left if isinstance(node, nodes.BinExpr) else node.expr)
    column: int = getattr(node.lineno, "column", -1)
    return int(node.lineno), column + 1 if isinstance(node, nodes.Getattr) and column >= 0 else column


def path(node: nodes.Node | None) -> str | None:
    """Return how a template spells a lookup (``Values.db.port``), None where it is something else."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return _below(node.node, f".{node.attr}")
    if isinstance(node, nodes.Getitem):
        return _below(node.node, f"[{node.arg.value!r}]" if isinstance(node.arg, nodes.Const) else "[…]")
    return None


def _below(node: nodes.Expr, last: str) -> str | None:
    before = path(node)
    return None if before is None else before + last


class Unknown(jinja2.UndefinedError):
    """Something that is not there was used; ``code`` and ``instruction`` are where it was looked up."""

    def __init__(self, message: str | None, code: CodeType | None, instruction: int, *, plain: bool) -> None:
        super().__init__(message)
        self.code = code
        self.instruction = instruction
        self.plain = plain  # a key of a map, or a name: its path tells everything


class Missing(jinja2.StrictUndefined):
    """What a lookup gives that finds nothing: false to whoever asks, an error to whoever uses it."""

    __slots__ = ("_code", "_instruction")

    def __init__(self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: Any = None) -> None:
        super().__init__(hint, obj, name, exc or self._refusal)  # type: ignore[arg-type]  # what makes an error will do
        at: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the one way to the caller's place
        while at is not None and not ("debug_info" in at.f_globals and "blocks" in at.f_globals):
            at = at.f_back  # only modules that Jinja compiled hold both
        self._code = at.f_code if at is not None else None
        self._instruction = at.f_lasti if at is not None else 0

    def _refusal(self, message: str | None) -> Unknown:
        obj = self._undefined_obj
        return Unknown(message, self._code, self._instruction, plain=obj is missing or isinstance(obj, dict))

    def __bool__(self) -> bool:  # type: ignore[override]  # it never returned, now it does
        return False

    def refuse(self) -> NoReturn:
        """Raise the error that names what is not there."""
        self._fail_with_undefined_error()
