"""Which line of which template wrote a line: the charts are rendered once more, with marks in them.

A mark stands at the start of every line of a template's own text and names template and line. What
comes out must be what came out before but for the marks; where it is not (a chart that draws random
numbers, or looks closely at what it includes), nothing is said.
"""

from __future__ import annotations

from helmpy.chart.model import Chart, File
from helmpy.errors import HelmError
from helmpy.record import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OPEN, _CLOSE = "\ue0f0", "\ue0f1"  # of the private use area: no chart has them on purpose
_QUOTES = "\"'`"
_LONGEST_LINE = 200


@record(frozen=True, slots=True)
class Origin:
    """A line of a template; ``path`` is ``web/charts/db/templates/x.yaml``, ``line`` counts from 1."""

    path: str
    line: int
    text: str


def told(chart: Chart, path: str, line: int, text: str, render: Callable[[Chart], Mapping[str, str]]) -> str:
    """Show a line of what a template rendered, and the template's line that wrote it, for the end of a message.

    The arguments are those of ``origin``. Where nobody can tell who wrote it the line stands alone.
    """
    lines = text.rstrip().split("\n")
    line = min(line, len(lines))  # what is open at the end is at fault on the last line
    shown = f"\n\trendered line {line}: {_shortened(lines[line - 1])}"
    found = origin(chart, path, line, text, render)
    return shown if found is None else f"{shown}\n\tfrom {found.path}:{found.line}: {_shortened(found.text)}"


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def origin(
    chart: Chart, path: str, line: int, text: str, render: Callable[[Chart], Mapping[str, str]]
) -> Origin | None:
    """Return what wrote ``line`` (from 1) of ``text``, which ``render`` made of the template ``path``.

    None where that cannot be told.
    """
    sources: list[tuple[str, str]] = []
    try:
        again = render(_marked_chart(chart, chart.name, sources)).get(path, "")
    except HelmError:  # marks may be what a template does not bear
        return None
    clean, marks = _read(again)
    if clean != text:
        return None
    found = next((mark for at, mark in reversed(marks) if at <= line), None)
    if found is None:
        return None
    number, _, source_line = found.partition(":")
    name, source = sources[int(number)]
    return Origin(name, int(source_line), source.split("\n")[int(source_line) - 1])


def _marked_chart(chart: Chart, path: str, sources: list[tuple[str, str]]) -> Chart:
    templates = []
    for file in chart.templates:
        text = file.data.decode("utf-8", "surrogateescape")
        marked = marked_text(text, str(len(sources)))
        sources.append((f"{path}/{file.name}", text))
        templates.append(File(file.name, marked.encode("utf-8", "surrogateescape")))
    below = tuple([_marked_chart(one, f"{path}/charts/{one.name}", sources) for one in chart.dependencies])
    return replace(chart, templates=tuple(templates), dependencies=below)


def marked_text(text: str, name: str) -> str:
    """Return a Go template with marks where a line of its own text begins, and none where trimming looks."""
    out: list[str] = []
    at = 0
    while at <= len(text):
        start = text.find("{{", at)
        end = len(text) if start < 0 else start
        trimmed = text.startswith("{{-", end)
        first = text.count("\n", 0, at) + 1
        for index, piece in enumerate(text[at:end].split("\n")):
            if index:
                out.append("\n")
            rest = piece.lstrip()
            last = first + index == text.count("\n", 0, end) + 1
            begins = index > 0 or at == 0
            if begins and (rest or (last and start >= 0 and not trimmed)):
                out.append(f"{piece[: len(piece) - len(rest)]}{_OPEN}{name}:{first + index}{_CLOSE}{rest}")
            else:
                out.append(piece)
        if start < 0:
            break
        at = _action_end(text, start)
        out.append(text[start:at])
    return "".join(out)


def _action_end(text: str, start: int) -> int:
    """Return where the action that begins at ``start`` ends, the end of the text for one that does not."""
    at = start + 2
    if text[at : at + 4].lstrip("- \t\r\n").startswith("/*"):
        at = text.find("*/", at)
        at = len(text) if at < 0 else at
    while at < len(text):
        if text.startswith("}}", at):
            return at + 2
        quote = text[at]
        at += 1
        if quote in _QUOTES:
            while at < len(text) and text[at] != quote:
                at += 2 if text[at] == "\\" and quote != "`" else 1
            at += 1
    return len(text)


def _read(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return a text without its marks, and the marks with the line that each stands on."""
    parts = text.split(_OPEN)
    clean, marks = [parts[0]], []
    line = 1 + parts[0].count("\n")
    for part in parts[1:]:
        mark, _, rest = part.partition(_CLOSE)
        marks.append((line, mark))
        clean.append(rest)
        line += rest.count("\n")
    return "".join(clean), marks
