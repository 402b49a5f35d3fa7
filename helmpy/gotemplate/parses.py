"""Parses kept between processes: the trees of all texts of a render as bytes, and back.

Parsing takes a third of the time of rendering a large chart. Only what templates do is kept:
constants (``{{`{{`}}``, which dashboards have by the thousand) are part of the text around them,
so a restored list has fewer nodes than a parsed one, and does and says the same. What is
restored is made when it is first executed; a branch not taken costs nothing.

Written are, one after the other, the size of the index; the index (trees, where actions and lists
end); distinct actions; lists, inner ones first.
"""

from __future__ import annotations

import marshal
from itertools import accumulate

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
from helmpy.store import Place

_NUMBER = 8  # bytes of a number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from helmpy.store import Store, Texts

    Spec = tuple[Any, ...]
    """A node in what ``marshal`` can write: its kind and what it is made of."""


def place(texts: Texts, functions: Iterable[str], nesting: int, store: Store) -> Place:
    """Return where what these texts parse to is kept: with those functions, no deeper than ``nesting``."""
    return Place("parses", f"{nesting} {' '.join(sorted(functions))}", texts, store)


def keep(found: Place, parses: Sequence[Parsed]) -> None:
    """Let the store keep what the texts parsed to."""
    try:
        found.keep(lambda: _written(parses))
    except RecursionError:  # thousands of ``else if`` in a row
        return


def _written(parses: Sequence[Parsed]) -> list[bytes]:
    writer = _Writer()
    trees = [
        (one.nesting, writer.tree(one.main), [(name, writer.tree(tree)) for name, tree in one.defines.items()])
        for one in parses
    ]
    index = marshal.dumps((trees, _ends(writer.actions), _ends(writer.lists)))
    return [len(index).to_bytes(_NUMBER, "little"), index, *writer.actions, *writer.lists]


def _ends(written: list[bytes]) -> list[int]:
    return list(accumulate(map(len, written)))


class _Writer:
    """Gathers distinct actions, and lists in the order in which they end."""

    def __init__(self) -> None:
        self.actions: list[bytes] = []
        self.lists: list[bytes] = []
        self._numbers: dict[int, int] = {}

    def tree(self, tree: Tree) -> Spec:
        return self._list(tree.root), tree.slots, tree.nesting, tree.empty

    def _list(self, node: ListNode) -> int:
        """Write a list and all in it; return its number."""
        operations: list[Any] = []
        places: list[int] = []
        texts: list[str] = []
        for child, place in zip((*node.nodes, None), (*node.places, 0), strict=True):
            text = child.constant if isinstance(child, PipeNode) else child
            if isinstance(text, str):
                texts.append(text)
                continue
            if texts:
                operations.append("".join(texts))
                places.append(-1)
                texts.clear()
            if isinstance(child, Node):
                operations.append(self._branch(child) if isinstance(child, BranchNode) else self._action(child))
                places.append(place)
        self.lists.append(marshal.dumps((node.position, node.end, operations, places)))
        return len(self.lists) - 1

    def _branch(self, node: BranchNode) -> Spec:
        chained = isinstance(node, ConditionNode) and node.chained
        otherwise = -1 if node.otherwise is None else self._list(node.otherwise)
        return (
            _BRANCHES.index(type(node)),
            node.origin,
            self._action(node.pipe),
            self._list(node.body),
            otherwise,
            chained,
        )

    def _action(self, node: Node) -> int:
        number = self._numbers.get(id(node))
        if number is None:
            number = self._numbers[id(node)] = len(self.actions)
            self.actions.append(marshal.dumps(_spec(node)))
        return number


# Reading


def restore(found: Place) -> list[Parsed] | None:
    """Return what the texts parse to, None where the store does not know."""
    data = found.get()
    if data is None:
        return None
    end = _NUMBER + int.from_bytes(data[:_NUMBER], "little")
    return _Kept(data[end:], *_unmarshalled(data[_NUMBER:end])).parses(found.texts)


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
        node = _new(_BRANCHES[kind])
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
        self.text = decoded(self._data)
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
_BRANCHES: tuple[type[BranchNode], ...] = (IfNode, WithNode, RangeNode)


def decoded(data: bytes) -> str:
    """Return a text as templates are read: bytes that are no UTF-8 stay as surrogates."""
    return data.decode("utf-8", "surrogateescape")


# Nodes: how each kind is written, and made of that. A specification begins with the kind's number;
# ``__init__`` would take twice the time.

_new = object.__new__


def _spec(node: Node) -> Spec:
    kind = _NUMBERS[type(node)]
    return kind, *_KINDS[kind][1](node)


def _specs(nodes: Iterable[Node]) -> list[Spec]:
    return [_spec(node) for node in nodes]


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


_KINDS: tuple[tuple[type[Node], Callable[[Any], Spec], Callable[[Spec], Node]], ...] = (
    (PipeNode, lambda it: (it.position, it.assigns, _specs(it.variables), _specs(it.commands)), _pipe),
    (CommandNode, lambda it: (_specs(it.arguments),), _command),
    (FieldNode, lambda it: (it.position, it.names, it.loose), _field),
    (IdentifierNode, lambda it: (it.position, it.name), _identifier),
    (StringNode, lambda it: (it.position, it.quoted, it.value), _string),
    (VariableNode, lambda it: (it.position, it.name, it.names, it.slot, it.loose), _variable),
    (DotNode, lambda it: (it.position, it.loose), _dot),
    (BoolNode, lambda it: (it.position, it.value), _bool),
    (ChainNode, lambda it: (it.position, _spec(it.term), it.names), _chain),
    (TemplateNode, lambda it: (it.position, it.name, it.pipe and _spec(it.pipe)), _template),
    (
        NumberNode,
        lambda it: (
            it.position, it.text, it.as_int, it.as_uint, it.as_float, it.as_complex, it.ideal, it.ideal_error
        ),
        _number,
    ),
    *[(kind, lambda it: (it.position,), _bare(kind)) for kind in (NilNode, BreakNode, ContinueNode)],
)  # fmt: skip
_NUMBERS = {kind: number for number, (kind, _, _) in enumerate(_KINDS)}
_MAKERS = tuple([make for _, _, make in _KINDS])
