"""Parses written: trees as bytes that ``parses_read`` makes trees of again; see ``parses``."""

from __future__ import annotations

import marshal
from itertools import accumulate

from helmpy.gotemplate.nodes import (
    BoolNode,
    BranchNode,
    ChainNode,
    CommandNode,
    ConditionNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    ListNode,
    Node,
    NumberNode,
    Parsed,
    PipeNode,
    StringNode,
    TemplateNode,
    Tree,
    VariableNode,
)
from helmpy.gotemplate.parses_read import BRANCHES, KINDS, NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from helmpy.gotemplate.parses_read import Spec


def written(parses: Sequence[Parsed]) -> list[bytes]:
    """Return the bytes of what texts parsed to, in pieces."""
    writer = _Writer()
    trees = [
        (one.nesting, writer.tree(one.main), [(name, writer.tree(tree)) for name, tree in one.defines.items()])
        for one in parses
    ]
    index = marshal.dumps((trees, _ends(writer.actions), _ends(writer.lists)))
    return [len(index).to_bytes(NUMBER, "little"), index, *writer.actions, *writer.lists]


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
            BRANCHES.index(type(node)),
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


# Nodes: how each kind is written

_SPECS: dict[type[Node], Callable[[Any], Spec]] = {
    PipeNode: lambda it: (it.position, it.assigns, _specs(it.variables), _specs(it.commands)),
    CommandNode: lambda it: (_specs(it.arguments),),
    FieldNode: lambda it: (it.position, it.names, it.loose),
    IdentifierNode: lambda it: (it.position, it.name),
    StringNode: lambda it: (it.position, it.quoted, it.value),
    VariableNode: lambda it: (it.position, it.name, it.names, it.slot, it.loose),
    DotNode: lambda it: (it.position, it.loose),
    BoolNode: lambda it: (it.position, it.value),
    ChainNode: lambda it: (it.position, _spec(it.term), it.names),
    TemplateNode: lambda it: (it.position, it.name, it.pipe and _spec(it.pipe)),
    NumberNode: lambda it: (
        it.position, it.text, it.as_int, it.as_uint, it.as_float, it.as_complex, it.ideal, it.ideal_error
    ),
}  # fmt: skip
_NUMBERS = {kind: number for number, (kind, _) in enumerate(KINDS)}


def _position(node: Node) -> Spec:
    return (node.position,)


def _spec(node: Node) -> Spec:
    kind = type(node)
    return _NUMBERS[kind], *_SPECS.get(kind, _position)(node)


def _specs(nodes: Iterable[Node]) -> list[Spec]:
    return [_spec(node) for node in nodes]
