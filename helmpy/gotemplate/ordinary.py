"""Ordinary actions, the quick way: words between single spaces, strings between plain quotes.

Nine of ten actions are like that. Splitting their text and looking their words up takes 4 to 6 us,
the exact way over tokens 20 to 30. Whatever is not ordinary gives None here and goes the exact way,
which alone knows what to say about faults.
"""

from __future__ import annotations

from helmpy.gotemplate.lexer import KEYWORDS
from helmpy.gotemplate.nodes import (
    CONSTANTS,
    BoolNode,
    CommandNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    NilNode,
    NumberNode,
    PipeNode,
    StringNode,
    VariableNode,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from helmpy.gotemplate.nodes import Node
    from helmpy.gotemplate.scope import Scope

    # What makes a word's node at a position in its action, told who reads.
    Maker = Callable[[int, "Reader"], Node | None]
    # How to make the word's node, the parentheses before and behind it; nothing for what is not ordinary.
    Word = tuple[Maker | None, int, int] | tuple[()]

    class Reader(Protocol):
        """Who reads: what may be named, and the type of dot. ``bound`` gets the names of variables but ``$``."""

        functions: frozenset[str]
        words: dict[str, Word]
        scope: Scope
        loose: bool
        bound: list[str]


_REMEMBERED = 10_000
_LONGEST_WORD = 100
_LONGEST_NUMBER = 15  # exact as a float too


def pipeline(body: str, position: int, reader: Reader) -> tuple[PipeNode, int] | None:
    """Return the pipeline that ``body`` is, without declarations, and how deep it nests.

    ``position`` is the body's in its action; no space stands at either end of it.
    """
    parts = body.split('"')
    if not len(parts) & 1:
        return None
    words = reader.words
    pipe = PipeNode(position)
    arguments: list[Node] = []
    around: list[tuple[PipeNode, list[Node]]] = []
    depth = 1
    strings = len(parts) - 1
    for index, part in enumerate(parts):
        if index & 1:
            if pipe.position < 0:
                pipe.position = position - 1
            arguments.append(StringNode(position - 1, f'"{part}"', part))
            position += len(part) + 1
            continue
        if strings and not _stands_apart(part, index, strings):
            return None
        for word in part.split(" "):
            if not word:
                position += 1
                continue
            known = words.get(word)
            if known is None:
                known = _learn(word, reader)
            if not known:
                return None
            make, opening, closing = known
            start = position
            position += len(word) + 1
            if pipe.position < 0:
                pipe.position = start
            if opening:
                for _ in range(opening):
                    start += 1
                    around.append((pipe, arguments))
                    pipe = PipeNode(start)
                    arguments = []
                depth = max(depth, len(around) + 1)
                if len(word) == opening:
                    pipe.position = -1  # that of the next word
            if make is not None:
                node = make(start, reader)
                if node is None:
                    return None
                arguments.append(node)
            elif not opening and not closing:  # a bar
                if not _finish(pipe, arguments):
                    return None
                arguments = []
                depth = max(depth, len(around) + 1 + len(pipe.commands))
            while closing:
                if not around or not _finish(pipe, arguments):
                    return None
                inner = pipe
                pipe, arguments = around.pop()
                arguments.append(inner)
                closing -= 1
    if around or not _finish(pipe, arguments):
        return None
    return pipe, depth


def _stands_apart(part: str, index: int, strings: int) -> bool:
    """Whether what stands between strings keeps them apart from words and from each other."""
    if index and part[:1] not in {" ", ")"} and (part or index < strings):
        return False
    return index == strings or part[-1:] in {" ", "("} or not (part or index)


def _finish(pipe: PipeNode, arguments: list[Node]) -> bool:
    """Add a command to its pipeline; False where it is none."""
    commands = pipe.commands
    if not arguments or (commands and type(arguments[0]) in CONSTANTS):
        return False
    commands.append(CommandNode(arguments))
    return True


def _learn(word: str, reader: Reader) -> Word:
    """Return how to read a word, and remember it."""
    bare = word.lstrip("(")
    core = bare.rstrip(")")
    opening, closing = len(word) - len(bare), len(bare) - len(core)
    known: Word = ()
    if core == "|" and not opening and not closing:
        known = (None, 0, 0)
    elif not core:
        known = (None, opening, closing)
    elif core.isascii():
        make = _maker(core, reader.functions)
        known = (make, opening, closing) if make else ()
    if len(word) <= _LONGEST_WORD:
        if len(reader.words) >= _REMEMBERED:
            reader.words.clear()
        reader.words[word] = known
    return known


def _maker(core: str, functions: frozenset[str]) -> Maker | None:
    first = core[0]
    if first == ".":
        return _field(core)
    if first == "$":
        return _variable(core)
    if core.isdigit():
        return _number(core) if len(core) <= _LONGEST_NUMBER and (first != "0" or core == "0") else None
    if core in _LITERALS:
        return _LITERALS[core]
    if core not in functions or core in KEYWORDS or not core.isidentifier():
        return None
    return lambda position, _: IdentifierNode(position, core)


_LITERALS: dict[str, Maker] = {
    "true": lambda position, _: BoolNode(position, value=True),
    "false": lambda position, _: BoolNode(position, value=False),
    "nil": lambda position, _: NilNode(position),
}


def _names(fields: str) -> tuple[str, ...] | None:
    """Return the names of ``.a.b``."""
    names = tuple(fields[1:].split("."))
    return names if all(map(str.isidentifier, names)) else None


def _field(core: str) -> Maker | None:
    if core == ".":
        return lambda position, reader: DotNode(position, loose=reader.loose)
    names = _names(core)
    if names is None:
        return None
    shift = len(names[0]) + 1 if len(names) > 1 else 0
    return lambda position, reader: FieldNode(position + shift, names, loose=reader.loose)


def _number(core: str) -> Maker:
    value = int(core)

    def make(position: int, _: Reader) -> NumberNode:
        node = NumberNode(position, core)
        node.as_int = node.as_uint = node.ideal = value
        node.as_float = float(value)
        return node

    return make


def _variable(core: str) -> Maker | None:
    name = core.partition(".")[0]
    names: tuple[str, ...] | None = ()
    shift = 0
    if len(name) < len(core):
        names = _names(core[len(name) :])
        shift = len(name)
    if names is None or not (name == "$" or name[1:].isidentifier()):
        return None

    def make(position: int, reader: Reader) -> VariableNode | None:
        known = reader.scope.find(name)
        if known is None:
            return None
        if name != "$":
            reader.bound.append(name)
        node = VariableNode(position + shift, name, known.slot, loose=known.loose)
        node.names = names
        return node

    return make
