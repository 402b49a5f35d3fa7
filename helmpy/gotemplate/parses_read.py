"""Parses read: trees of what was written of them, made when they are first executed; see ``parses``."""

from __future__ import annotations

import marshal

from helmpy.gocompat.text_quote import to_text
from helmpy.gotemplate.nodes import (
    BoolNode,
    BranchNode,
    BreakNode,
    ChainNode,
    CommandNode,
    ConditionNode,
    ContinueNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    IfNode,
    ListNode,
    NilNode,
    Node,
    NumberNode,
    Parsed,
    PipeNode,
    RangeNode,
    StringNode,
    TemplateNode,
    Tree,
    VariableNode,
    WithNode,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helmpy.store import Texts

    Spec = tuple[Any, ...]
    """A node in what ``marshal`` can write: its kind and what it is made of."""

NUMBER = 8  # bytes of a number


def restored(data: memoryview, texts: Texts) -> list[Parsed]:
    """Return what ``texts`` parse to, of what was written of it."""
    end = NUMBER + int.from_bytes(data[:NUMBER], "little")
    return _Kept(data[end:], *_unmarshalled(data[NUMBER:end])).parses(texts)


def _unmarshalled(data: memoryview) -> Any:
    return marshal.loads(data)  # noqa: S302 - it is what was written, see Place


class _Kept:
    """What a store gave: makes trees, lists and actions when they are asked for."""

    __slots__ = ("_action_ends", "_data", "_list_ends", "_lists", "_made", "_trees")

    def __init__(self, data: memoryview, trees: list[Spec], action_ends: list[int], list_ends: list[int]) -> None:
        self._trees = trees
        self._data = data
        self._lists = data[action_ends[-1] if action_ends else 0 :]
        self._action_ends = action_ends
        self._list_ends = list_ends
        self._made: list[Node | None] = [None] * len(action_ends)

    def parses(self, texts: Texts) -> list[Parsed]:
        return [self._parsed(data, *spec) for (_, data), spec in zip(texts, self._trees, strict=True)]

    def _parsed(self, data: bytes, nesting: int, main: Spec, defines: list[tuple[str, Spec]]) -> Parsed:
        parsed = Parsed.__new__(Parsed)
        parsed.main = _KeptTree(data, _KeptList(self, main[0]), *main[1:])
        parsed.defines = {name: _KeptTree(data, _KeptList(self, spec[0]), *spec[1:]) for name, spec in defines}
        parsed.nesting = nesting
        return parsed

    def content(self, number: int) -> tuple[int, int, list[Any], list[int]]:
        """Return where a list begins, where it is when it is empty, its nodes and their places."""
        ends = self._list_ends
        written = self._lists[ends[number - 1] if number else 0 : ends[number]]
        begin, end, operations, places = _unmarshalled(written)
        nodes = [
            one if one.__class__ is str else self._action(one) if one.__class__ is int else self._branch(one)
            for one in operations
        ]
        return begin, end, nodes, places

    def _action(self, number: int) -> Node:
        node = self._made[number]
        if node is None:
            ends = self._action_ends
            spec = _unmarshalled(self._data[ends[number - 1] if number else 0 : ends[number]])
            node = self._made[number] = _MAKERS[spec[0]](spec)
        return node

    def _branch(self, spec: Spec) -> BranchNode:
        kind, origin, pipe, body, otherwise, chained = spec
        node = _new(BRANCHES[kind])
        node.position = 0
        node.origin = origin
        node.pipe = self._action(pipe)  # type: ignore[assignment]  # it was one
        node.body = _KeptList(self, body)
        node.otherwise = _KeptList(self, otherwise) if otherwise >= 0 else None
        if isinstance(node, ConditionNode):
            node.chained = chained
        return node


class _KeptTree(Tree):
    """A tree whose text is decoded when a message needs it."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes, root: ListNode, slots: int, nesting: int, empty: bool) -> None:  # noqa: FBT001 - as above
        self._data = data
        self.root = root
        self.slots = slots
        self.nesting = nesting
        self.empty = empty
        self.renders = 0
        self.hot = None

    def __getattr__(self, name: str) -> Any:
        """Give what was not set yet: the text."""
        if name != "text":
            raise AttributeError(name)
        self.text = to_text(self._data)
        return self.text


class _KeptList(ListNode):
    """A list that is read when somebody asks what is in it."""

    __slots__ = ("_begin", "_kept", "_number")

    def __init__(self, kept: _Kept, number: int) -> None:
        self.operations = None
        self.origins = ()
        self.size = 0
        self._kept = kept
        self._number = number

    def __getattr__(self, name: str) -> Any:
        """Give what was not set yet: all that the store knows."""
        if name not in _READ:
            raise AttributeError(name)
        self._begin, self.end, self.nodes, self.places = self._kept.content(self._number)
        return getattr(self, name)

    @property
    def position(self) -> int:
        return self._begin


_READ = frozenset({"_begin", "end", "nodes", "places"})
BRANCHES: tuple[type[BranchNode], ...] = (IfNode, WithNode, RangeNode)


# Nodes: how each kind is made of what was written of it. A specification begins with the kind's number;
# ``__init__`` would take twice the time.

_new = object.__new__


def _pipe(spec: Spec) -> PipeNode:
    node = _new(PipeNode)
    node.operation = None
    _, node.position, node.assigns, variables, commands = spec
    node.variables = [_variable(one) for one in variables] if variables else ()
    node.commands = [_command(one) for one in commands]
    return node


def _command(spec: Spec) -> CommandNode:
    node = _new(CommandNode)
    node.arguments = [_MAKERS[word[0]](word) for word in spec[1]]
    node.position = node.arguments[0].position
    return node


def _field(spec: Spec) -> FieldNode:
    node = _new(FieldNode)
    _, node.position, node.names, node.loose = spec
    return node


def _identifier(spec: Spec) -> IdentifierNode:
    node = _new(IdentifierNode)
    _, node.position, node.name = spec
    return node


def _string(spec: Spec) -> StringNode:
    node = _new(StringNode)
    _, node.position, node.quoted, node.value = spec
    return node


def _variable(spec: Spec) -> VariableNode:
    node = _new(VariableNode)
    _, node.position, node.name, node.names, node.slot, node.loose = spec
    return node


def _dot(spec: Spec) -> DotNode:
    return DotNode(spec[1], loose=spec[2])


def _bool(spec: Spec) -> BoolNode:
    return BoolNode(spec[1], value=spec[2])


def _chain(spec: Spec) -> ChainNode:
    _, position, term, names = spec
    return ChainNode(position, _MAKERS[term[0]](term), names)


def _template(spec: Spec) -> TemplateNode:
    _, position, name, pipe = spec
    return TemplateNode(position, name, pipe and _pipe(pipe))


def _number(spec: Spec) -> NumberNode:
    node = _new(NumberNode)
    _, node.position, node.text, node.as_int, node.as_uint, node.as_float, node.as_complex = spec[:7]
    node.ideal, node.ideal_error = spec[7:]
    return node


def _bare(kind: type[Node]) -> Callable[[Spec], Node]:
    return lambda spec: kind(spec[1])


KINDS: tuple[tuple[type[Node], Callable[[Spec], Node]], ...] = (
    (PipeNode, _pipe),
    (CommandNode, _command),
    (FieldNode, _field),
    (IdentifierNode, _identifier),
    (StringNode, _string),
    (VariableNode, _variable),
    (DotNode, _dot),
    (BoolNode, _bool),
    (ChainNode, _chain),
    (TemplateNode, _template),
    (NumberNode, _number),
    *[(kind, _bare(kind)) for kind in (NilNode, BreakNode, ContinueNode)],
)
"""Nodes and what makes them of their specifications, which begin with a kind's place in this table."""

_MAKERS = tuple([make for _, make in KINDS])
