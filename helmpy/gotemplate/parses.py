"""Parses kept between processes: the trees of all texts of a render as bytes, and back.

Parsing takes a third of the time of rendering a large chart. Only what templates do is kept:
constants (``{{`{{`}}``, which dashboards have by the thousand) are part of the text around them,
so a restored list has fewer nodes than a parsed one, and does and says the same. What is
restored is made when it is first executed; a branch not taken costs nothing.

Written are, one after the other, the size of the index; the index (trees, where actions and lists
end); distinct actions; lists, inner ones first. Reader and writer are imported when there is
something to read or write: each takes half a millisecond.
"""

from __future__ import annotations

from helmpy.store import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from helmpy.gotemplate.nodes import Parsed
    from helmpy.store import Store, Texts


def place(texts: Texts, functions: Iterable[str], nesting: int, store: Store) -> Place:
    """Return where what these texts parse to is kept: with those functions, no deeper than ``nesting``."""
    return Place("parses", f"{nesting} {' '.join(sorted(functions))}", texts, store)


def restore(found: Place) -> list[Parsed] | None:
    """Return what the texts parse to, None where the store does not know."""
    data = found.get()
    if data is None:
        return None
    from helmpy.gotemplate.parses_read import restored

    return restored(data, found.texts)


def keep(found: Place, parses: Sequence[Parsed]) -> None:
    """Let the store keep what the texts parsed to."""
    try:
        found.keep(lambda: _written(parses))
    except RecursionError:  # thousands of ``else if`` in a row
        return


def _written(parses: Sequence[Parsed]) -> list[bytes]:
    from helmpy.gotemplate.parses_written import written

    return written(parses)
