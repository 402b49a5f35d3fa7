"""What a template's expression may be, as far as it comes from values.

A possibility is the set of things that an expression may give, each a tuple that begins with its kind:

=============================  =====================================================
``(VALUE, path)``              the value at a path, ``(VALUE, ())`` is ``.Values`` itself
``(ROOT, path)``               the root dot of the chart whose values are at the path
``(SUBCHARTS, path)``          its ``.Subcharts``
``(CHART, path)``              its ``.Chart``
``(TEXT, text)``               a string constant
``(NUMBER, number)``           an integer constant
``(DICT, ((key, possibility), …))``  a dictionary of a template's own making; None is any key
``(LIST, (possibility, …))``   a list of a template's own making; where only one is known, any element may be it
``(OTHER,)``                   anything in which no value is
=============================  =====================================================
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    Path = tuple[str, ...]
    Possible = frozenset[tuple[Any, ...]]


VALUE, ROOT, SUBCHARTS, CHART = "value", "root", "subcharts", "chart"
TEXT, NUMBER, DICT, LIST, OTHER = "text", "number", "dict", "list", "other"
OPAQUE: Possible = frozenset({(OTHER,)})

_METHODS = frozenset({"AsMap", "Encode", "PathValue", "Table", "YAML"})  # of .Values in Helm 2
_MOST = 200  # things in one possibility
_LONGEST_PATH = 30
_DEEPEST = 6  # dictionaries and lists in one another


class Reads:
    """What templates read: ``whole`` are paths of values that are read with all that is below them.

    ``tested`` are paths of which only counts whether they are there or empty. ``names`` are those of the
    charts whose values are at a path.
    """

    def __init__(self) -> None:
        self.whole: set[Path] = set()
        self.tested: set[Path] = set()
        self.names: dict[Path, str] = {}

    @property
    def everything(self) -> bool:
        """Whether all values may be read, or it can't be told which."""
        return () in self.whole

    def give_up(self) -> None:
        """Take all values for read."""
        self.whole.add(())

    def escape(self, possible: Possible) -> None:
        """Take the values in it for read: what becomes of them is not followed."""
        for one in possible:
            kind = one[0]
            if kind is VALUE:
                self.whole.add(one[1])
            elif kind is ROOT or kind is SUBCHARTS:
                self.give_up()
            elif kind is DICT:
                for _, inner in one[1]:
                    self.escape(inner)
            elif kind is LIST:
                for inner in one[1]:
                    self.escape(inner)

    def test(self, possible: Possible) -> None:
        """Note that somebody looks whether it is empty."""
        self.tested.update(one[1] for one in possible if one[0] is VALUE)

    def bounded(self, possible: Possible) -> Possible:
        """Return it, or, where it grew beyond all bounds, what stands for anything."""
        if len(possible) <= _MOST and _depth(possible) <= _DEEPEST:
            return possible
        self.escape(possible)
        return OPAQUE

    def fields(self, possible: Possible, names: Sequence[str]) -> Possible:
        """Return what ``.a.b`` of it may be."""
        for name in names:
            possible = self._field(possible, name)
        return possible

    def _field(self, possible: Possible, name: str) -> Possible:
        found: set[tuple[Any, ...]] = set()
        for one in possible:
            kind = one[0]
            if kind is VALUE:
                if name in _METHODS or len(one[1]) >= _LONGEST_PATH:
                    self.whole.add(one[1])
                    found |= OPAQUE
                else:
                    found.add((VALUE, (*one[1], name)))
            elif kind is ROOT:
                found |= _of_root(one[1], name)
            elif kind is SUBCHARTS:
                found.add((ROOT, (*one[1], name)))
            elif kind is CHART and name == "Name" and one[1] in self.names:
                found.add((TEXT, self.names[one[1]]))
            elif kind is DICT:
                for key, inner in one[1]:
                    if key is None or key == name:
                        found |= inner
            else:
                found |= OPAQUE
        return frozenset(found) or OPAQUE

    def elements(self, possible: Possible) -> Possible:
        """Return what an element of it may be, a list or a dictionary; the elements of a value are read."""
        found: set[tuple[Any, ...]] = set()
        for one in possible:
            kind = one[0]
            if kind is LIST:
                found |= union(one[1])
            elif kind is DICT:
                for _, inner in one[1]:
                    found |= inner
            else:
                self.escape(frozenset({one}))
                found |= OPAQUE
        return frozenset(found) or OPAQUE

    def item(self, possible: Possible, key: Possible) -> Possible:
        """Return what ``index`` of it with a key may be."""
        texts = texts_of(key)
        if texts is None:
            if len(key) == 1:
                ((kind, *number),) = key
                if kind is NUMBER and all(one[0] is LIST and number[0] < len(one[1]) for one in possible):
                    return union(one[1][number[0]] for one in possible)
            self.escape(key)
            return self.elements(possible)
        return union(self._field(possible, text) for text in texts)


def _of_root(path: Path, name: str) -> Possible:
    if name == "Values":
        return frozenset({(VALUE, path)})
    if name == "Chart":
        return frozenset({(CHART, path)})
    if name == "Subcharts":
        return frozenset({(SUBCHARTS, path)})
    return OPAQUE


def texts_of(possible: Possible) -> list[str] | None:
    """Return the constants that it may be, None where it may be something else."""
    if all(one[0] is TEXT for one in possible):
        return [one[1] for one in possible]
    return None


def has_values(possible: Possible) -> bool:
    """Tell whether it may be values or a root dot themselves, not a dictionary that a template made."""
    return any(one[0] in (VALUE, ROOT, SUBCHARTS) for one in possible)


def union(several: Iterable[Possible]) -> Possible:
    """Return what may be any of them."""
    return frozenset().union(*several)


def listed(*elements: Possible) -> Possible:
    """Return a list of these elements; of one, a list that holds any number of it."""
    return frozenset({(LIST, elements)})


def dictionary(pairs: Iterable[tuple[str | None, Possible]]) -> Possible:
    """Return a dictionary of it."""
    return frozenset({(DICT, tuple(pairs))})


def _depth(possible: Possible) -> int:
    deepest = 0
    for one in possible:
        if one[0] is LIST:
            deepest = max([deepest, *(1 + _depth(inner) for inner in one[1])])
        elif one[0] is DICT:
            deepest = max([deepest, *(1 + _depth(inner) for _, inner in one[1])])
    return deepest
