"""Rendered files as ``helm template`` prints them: whole, in the order of installation."""

from __future__ import annotations

from helmpy.record import record
from helmpy.release.order import INSTALL_ORDER, kind_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

NOTES_FILE = "NOTES.txt"
SOURCE = "# Source: "

# What Go's strings.TrimSpace and the \s of its regular expressions take for white space.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


@record(frozen=True, slots=True)
class Chunk:
    """A whole rendered file; ``str()`` of it is what ``helm template`` prints."""

    path: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"---\n{SOURCE}{self.path}\n{self.text}\n"


def template_chunks(rendered: Iterable[tuple[str, str]], *, show_notes: bool = False) -> list[Chunk]:
    """Return whole files, given by path and text, in the order ``helm template`` prints them.

    A file's kind is whatever follows its first ``kind:``, comments and quotes included; a file
    without one sorts as the kind ``Unknown``.
    """
    chunks = []
    for path, text in rendered:
        base = path.rsplit("/", 1)[-1]
        if base.startswith("_") or (base == NOTES_FILE and not show_notes):
            continue
        chunks.append(Chunk(path, _first_kind(text), text))
    key = kind_key(INSTALL_ORDER)
    return sorted(chunks, key=lambda chunk: key(chunk.kind, chunk.path))


def _first_kind(text: str) -> str:
    start = text.find("kind:")
    end = text.find("\n", start)
    return "Unknown" if start < 0 or end < 0 else trimmed(text[start + 5 : end])


def trimmed(text: str) -> str:
    """A text without the white space at its ends, by Go's notion of it."""
    return text.strip(_SPACE)
