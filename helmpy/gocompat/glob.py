"""File patterns: gobwas/glob as ``.Files.Glob`` uses it, and filepath.Match as ``.helmignore`` does.

Both are compiled to an automaton that walks a name once, whatever the pattern.
"""

from __future__ import annotations

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.memo import memo
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Union

    _Accepts = Callable[[str], bool]
    _Item = Union["_One", "_Many", "_Either"]  # noqa: UP007 - | would need the classes at run time in this order

SEPARATOR = "/"
# Patterns that are longer, or nest braces deeper, are refused as broken.
_LONGEST = 4096
_DEEPEST = 32


class BadPattern(FunctionError):
    """A pattern with a syntax error."""


@record(frozen=True, slots=True)
class _One:
    """A single character."""

    accepts: _Accepts


@record(frozen=True, slots=True)
class _Many:
    """Any number of characters, none included."""

    accepts: _Accepts


@record(frozen=True, slots=True)
class _Either:
    """One of several sequences."""

    choices: list[list[_Item]]


def _anything(_: str) -> bool:
    return True


def _no_separator(char: str) -> bool:
    return char != SEPARATOR


_ANY = _Many(_no_separator)
_SUPER = _Many(_anything)
_SINGLE = _One(_no_separator)

_END = -1


class _Automaton:
    """States that take a character each, and the states that may come next."""

    __slots__ = ("_accepts", "_start", "_then")

    def __init__(self, items: list[_Item]) -> None:
        self._accepts: list[_Accepts] = []
        self._then: list[frozenset[int]] = []
        self._start = self._add(items, frozenset((_END,)))

    def _add(self, items: list[_Item], after: frozenset[int]) -> frozenset[int]:
        for item in reversed(items):
            if isinstance(item, _Either):
                after = frozenset().union(*(self._add(choice, after) for choice in item.choices))
                continue
            state = len(self._accepts)
            self._accepts.append(item.accepts)
            entry = frozenset((state,))
            self._then.append(after)
            if isinstance(item, _Many):
                entry |= after
                self._then[state] = entry
            after = entry
        return after

    def matches(self, name: str) -> bool:
        """Tell whether all of ``name`` is taken."""
        states = self._start
        for char in name:
            following = [self._then[state] for state in states if state != _END and self._accepts[state](char)]
            if not following:
                return False
            states = following[0] if len(following) == 1 else frozenset().union(*following)
        return _END in states


def match(pattern: str, name: str) -> bool:
    """Tell whether ``name`` fits a gobwas pattern with ``/`` as separator.

    ``*`` and ``?`` stop at ``/``, ``**`` does not; ``[abc]``, ``[a-z]``, ``[!a-z]``, ``{a,b*}``. A
    broken pattern fits every name, as Helm has it.
    """
    try:
        return _files_glob(pattern).matches(name)
    except BadPattern:
        return True


def path_match(pattern: str, name: str) -> bool:
    """Tell whether ``name`` fits Go's filepath.Match; raise BadPattern for a broken pattern."""
    return _path_glob(pattern).matches(name)


@memo(256)
def _files_glob(pattern: str) -> _Automaton:
    if len(pattern) > _LONGEST:
        raise BadPattern("pattern is too long")
    return _Automaton(_FilesPattern(pattern).read())


@memo(256)
def _path_glob(pattern: str) -> _Automaton:
    if len(pattern) > _LONGEST:
        raise BadPattern("syntax error in pattern")
    return _Automaton(_PathPattern(pattern).read())


def _literal(char: str) -> _One:
    return _One(char.__eq__)


class _FilesPattern:
    """Reads gobwas's syntax. One pair of bounds or one list of characters stands in brackets."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def read(self) -> list[_Item]:
        """Return the whole pattern's items."""
        return self._sequence(0)

    def _next(self) -> str:
        char = self._pattern[self._at : self._at + 1]
        self._at += 1
        return char

    def _sequence(self, depth: int) -> list[_Item]:
        """Read up to the end, or inside braces up to the comma or brace that ends a choice."""
        items: list[_Item] = []
        while char := self._next():
            if depth and char in ",}":
                self._at -= 1
                return items
            if char == "{":
                items.append(self._either(depth + 1))
            elif char == "[":
                items.append(self._brackets())
            elif char == "?":
                items.append(_SINGLE)
            elif char == "*":
                items.append(self._stars())
            elif char != "\\":
                items.append(_literal(char))
            elif escaped := self._next():
                items.append(_literal(escaped))
        return items

    def _stars(self) -> _Many:
        if self._pattern[self._at : self._at + 1] != "*":
            return _ANY
        self._at += 1
        return _SUPER

    def _either(self, depth: int) -> _Either:
        if depth > _DEEPEST:
            raise BadPattern("braces are nested too deep")
        choices = [self._sequence(depth)]
        while self._next() == ",":
            choices.append(self._sequence(depth))
        return _Either(choices)

    def _brackets(self) -> _One:
        negated = self._pattern[self._at : self._at + 1] == "!"
        self._at += negated
        if self._pattern[self._at + 1 : self._at + 2] == "-":
            low, high = self._next(), self._pattern[self._at + 1 : self._at + 2]
            self._at += 2
            if not high or high < low:
                raise BadPattern("hi character should be greater than lo")
            accepts: _Accepts = lambda char: (low <= char <= high) != negated  # noqa: E731  # two of a kind
        else:
            chars = self._listed()
            accepts = lambda char: (char in chars) != negated  # noqa: E731  # two of a kind
        if self._next() != "]":
            raise BadPattern("expected close range character")
        return _One(accepts)

    def _listed(self) -> frozenset[str]:
        chars: set[str] = set()
        while (char := self._next()) and char != "]":
            chars.add(self._next() if char == "\\" else char)
        self._at -= 1
        if not chars:
            raise BadPattern("could not parse range")
        return frozenset(chars)


class _PathPattern:
    """Reads filepath.Match's syntax."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def _next(self) -> str:
        if self._at >= len(self._pattern):
            raise BadPattern("syntax error in pattern")
        self._at += 1
        return self._pattern[self._at - 1]

    def read(self) -> list[_Item]:
        """Return the whole pattern's items."""
        items: list[_Item] = []
        while self._at < len(self._pattern):
            char = self._next()
            if char == "*":
                items.append(_ANY)
            elif char == "?":
                items.append(_SINGLE)
            elif char == "[":
                items.append(self._brackets())
            else:
                items.append(_literal(self._next() if char == "\\" else char))
        return items

    def _brackets(self) -> _One:
        negated = self._pattern[self._at : self._at + 1] == "^"
        self._at += negated
        ranges: list[tuple[str, str]] = []
        while not ranges or self._pattern[self._at : self._at + 1] != "]":
            low = high = self._bound()
            if self._pattern[self._at : self._at + 1] == "-":
                self._at += 1
                high = self._bound()
            if self._at >= len(self._pattern):
                raise BadPattern("syntax error in pattern")
            ranges.append((low, high))
        self._at += 1
        return _One(lambda char: any(low <= char <= high for low, high in ranges) != negated)

    def _bound(self) -> str:
        char = self._next()
        if char in "-]":
            raise BadPattern("syntax error in pattern")
        return self._next() if char == "\\" else char
