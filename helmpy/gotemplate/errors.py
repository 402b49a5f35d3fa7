"""What a template may fail with: one error for the user, and the runtime's own note of where."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gotemplate.nodes import Node
from helmpy.record import record


@record(frozen=True, slots=True)
class Origin:
    """Where an error began."""

    name: str
    line: int
    column: int
    source_line: str


_LONGEST_MESSAGE = 40_000
_LONGEST_LINE = 2_000


class TemplateError(HelmError):
    """A template that cannot be parsed or executed, in the words of Go's text/template.

    ``name``, ``line`` (from 1) and ``column`` (from 0, in bytes as Go counts; -1 where Go gives
    none, that is in parse errors) tell where the fault lies: for an error inside an included
    template that is the innermost place, while the message names every place on the way.
    ``source_line`` is that line's text, without its newline.
    """

    def __init__(self, message: str, *, name: str = "", line: int = 0, column: int = -1, source_line: str = "") -> None:
        if len(message) > _LONGEST_MESSAGE:  # nobody reads that, and it may be a megabyte of a stranger's
            message = f"{message[: _LONGEST_MESSAGE // 2]} … {message[-_LONGEST_MESSAGE // 2 :]}"
        super().__init__(message)
        self.name = name
        self.line = line
        self.column = column
        self.source_line = source_line

    def origin(self) -> Origin:
        """Return the place alone, for an error that tells more of the way to it."""
        return Origin(self.name, self.line, self.column, self.source_line)

    def caret(self) -> str:
        """Return the source line with ``^`` under the fault, or "" where the place is unknown or the line endless."""
        if len(self.source_line) > _LONGEST_LINE:
            return ""
        if not self.source_line or self.column < 0:
            return self.source_line
        before = self.source_line.encode("utf-8", "surrogatepass")[: self.column].decode("utf-8", "replace")
        margin = "".join("\t" if char == "\t" else " " for char in before)
        return f"{self.source_line}\n{margin}^"


class ExecError(Exception):
    """A fault at ``node``; the runtime knows the template's name and makes it a TemplateError.

    ``base`` is the offset that the node's position counts from, -1 until the list that runs the
    action tells. ``origin`` is the place where it began, if that is another template.
    """

    def __init__(self, node: Node, message: str, origin: Origin | None = None) -> None:
        super().__init__(message)
        self.node = node
        self.base = -1
        self.message = message
        self.origin = origin


class LimitExceeded(ExecError):
    """A limit of ours crossed: no single expression is to blame, so the message shows none."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(Node(position), message)
        self.base = 0


def place(text: str, position: int) -> tuple[int, int, str]:
    """Return the line (from 1), the column (from 0, in bytes) and the line's text at ``position``."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", start)
    source_line = text[start:] if end < 0 else text[start:end]
    column = len(text[start:position].encode("utf-8", "surrogatepass"))
    return text.count("\n", 0, position) + 1, column, source_line
