"""Which command a mistyped word may have meant."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from helmpy.cli.command import Entry


def suggestions(word: str, table: Mapping[str, Entry], others: Iterable[str] = ()) -> list[str]:
    """Return commands two edits away, beginning with the word, or known for it, in their order.

    ``others`` are names of plugins.
    """
    low = word.lower()
    known = [name for name, entry in table.items() if not entry.hidden and name != "help"]  # nobody means that
    return [
        name
        for name in dict.fromkeys([*known, *others])
        if _distance(low, name.lower()) <= 2
        or name.lower().startswith(low)
        or (name in table and low in table[name].suggest_for)
    ]


def question(found: Iterable[str]) -> list[str]:
    """The lines that ask whether one of these was meant, none where there are none."""
    lines = [f"\t{name}" for name in found]
    return ["", "Did you mean this?", *lines, ""] if lines else []


def _distance(left: str, right: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            before, row[j] = row[j], min(before + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]
