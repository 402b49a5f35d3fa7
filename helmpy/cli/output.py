"""How results are printed: Helm's tables byte for byte, JSON, YAML, progress on a terminal."""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from threading import Event, Thread
    from typing import Any


def table(rows: Iterable[Sequence[object]], *, max_width: int = 0, coloured: str = "") -> str:
    """Helm's plain table: every cell padded to its column, columns joined by a tab, no final newline.

    Cells wider than ``max_width`` (0: no limit) end in ``...``; one of several lines makes its row as high. Source:
    Helm 2.17's output. The cells below the header ``coloured`` are coloured for a person at a terminal.
    """
    cells = [[str(cell) for cell in row] for row in rows]
    if not cells:
        return ""
    widths = [max(width(line) for cell in column for line in cell.split("\n")) for column in zip(*cells, strict=True)]
    if max_width:
        widths = [min(found, max_width) for found in widths]
    lines = [line for row in cells for line in _lines(row, widths)]
    if coloured and sys.stdout.isatty():
        from helmpy.cli import colour

        place = cells[0].index(coloured)
        for line in lines[1:]:
            line[place] = colour.word(line[place], sys.stdout)
    return "\n".join(map("\t".join, lines))


def _lines(row: list[str], widths: list[int]) -> list[list[str]]:
    """The lines of a row; beside the last lines of a cell others are blank, and never of no width at all."""
    parts = [[fit(line, size) for line in fit(cell, size).split("\n")] for cell, size in zip(row, widths, strict=True)]
    height = max(map(len, parts))
    padded = [part + [" " * max(size, 1)] * (height - len(part)) for part, size in zip(parts, widths, strict=True)]
    return list(map(list, zip(*padded, strict=True)))


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    if text.isascii() and text.isprintable():
        return len(text)
    import unicodedata

    return sum(_rune_width(char, unicodedata.east_asian_width(char), unicodedata.combining(char)) for char in text)


def _rune_width(char: str, east_asian: str, combining: int) -> int:
    if combining or not char.isprintable():
        return 0
    return 2 if east_asian in "WF" else 1


def fit(text: str, columns: int) -> str:
    """Pad or cut a text to that many columns."""
    size = width(text)
    if size <= columns:
        return text + " " * (columns - size)
    kept = ""
    for char in text:
        kept += char
        if width(kept) >= columns - 3:
            break
    return kept + "..."


def tabbed(text: str, *, padding: int = 2) -> str:
    """Align tab-separated cells as Go's tabwriter does: a column ends where a line has no such cell."""
    lines = [line.split("\t") for line in text.split("\n")]
    _align(lines, 0, len(lines), 0, padding)
    return "\n".join("".join(line) for line in lines)


def _align(lines: list[list[str]], start: int, end: int, column: int, padding: int) -> None:
    place = start
    while place < end:
        if column >= len(lines[place]) - 1:
            place += 1
            continue
        stop = place
        while stop < end and column < len(lines[stop]) - 1:
            stop += 1
        size = padding + max(len(line[column]) for line in lines[place:stop])
        for line in lines[place:stop]:
            if line[column] or any(line[:column]):  # empty cells before the first text take no room
                line[column] = line[column].ljust(size)
        _align(lines, place, stop, column + 1, padding)
        place = stop


def json_text(value: Any) -> str:
    from helmpy.gocompat import json

    return json.dumps(value)


def yaml_text(value: Any) -> str:
    from helmpy.gocompat import yaml

    return yaml.dump(value)


def structured(value: Any, form: str) -> str:
    """A result for programs, as ``-o json`` or ``-o yaml`` prints it."""
    return struct_json(value) if form == "json" else yaml_text(value)


def say(text: str = "", *, end: str = "\n", flush: bool = False) -> None:
    """A line of result."""
    print(text, end=end, flush=flush)


def warn(text: str) -> None:
    """A line beside the result, on stderr."""
    from helmpy.cli import colour

    sys.stdout.flush()
    print(colour.word(text, sys.stderr), file=sys.stderr)


def logged(text: str) -> None:
    """A line on stderr that begins with the time, as Go's log writes it."""
    import time

    warn(f"{time.strftime('%Y/%m/%d %H:%M:%S')} {text}")


def debug(settings: Any, text: str) -> None:
    """A line for ``--debug``."""
    if settings.debug:
        say(f"[debug] {text}")


def moment(stamp: Any) -> str:
    """A timestamp in local time as ``Mon Jan  2 15:04:05 2006``; ``-`` where there is none."""
    return "-" if stamp is None else time.asctime(time.localtime(stamp.seconds))


def struct_json(value: Any) -> str:
    """JSON as Go writes its structs: compact, in the order of the fields, ``<>&`` escaped."""
    import json

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


class waiting:  # noqa: N801 - read as a word: with waiting("...")
    """Show on a terminal that something takes time; elsewhere do nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spinner: tuple[Thread, Event] | None = None

    def __enter__(self) -> None:
        from helmpy.cli import colour

        if not colour.erases(sys.stderr):
            return
        import threading

        done = threading.Event()
        spinner = threading.Thread(target=_spin, args=(self._text, done), daemon=True)
        self._spinner = spinner, done
        spinner.start()

    def __exit__(self, *_error: object) -> None:
        if self._spinner is None:
            return
        spinner, done = self._spinner
        done.set()
        spinner.join()
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def _spin(text: str, done: Event) -> None:
    start = time.monotonic()
    while not done.wait(0.5):
        sys.stderr.write(f"\r{text} {time.monotonic() - start:.0f}s ")
        sys.stderr.flush()
