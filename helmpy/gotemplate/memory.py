"""Which templates write the same whenever they are executed with the same root, so that it is kept.

Charts include the same few definitions, a full name or labels, in all their files.

A template is plain where all it calls are pure functions and plain templates, and where it hands
the root itself, whose fields may change, to nothing but those. What it wrote is forgotten when a
function changes a map.
"""

from __future__ import annotations

from helmpy.gocompat.function import GoFunc
from helmpy.gotemplate.nodes import (
    BranchNode,
    ChainNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    ListNode,
    PipeNode,
    RangeNode,
    StringNode,
    TemplateNode,
    VariableNode,
    WithNode,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from helmpy.gotemplate.nodes import CommandNode, Node, Tree
    from helmpy.gotemplate.run import Entry, Kept, Memory, Run


_OFTEN = 3  # a definition that is executed with one root for the third time is executed many times more


def forgetting(function: GoFunc, kept: dict[tuple[Tree, int], Kept]) -> GoFunc:
    """Return a function that changes a map with what that means for the templates that were executed."""

    def changing(*arguments: Any) -> Any:
        kept.clear()
        return function.call(*arguments)  # looked up late: it may have to be imported

    return GoFunc(changing, function.params, function.result)


def text_of(run: Run, entry: Entry, root: Any, execute: Callable[[], str]) -> str:
    """Return what a template writes for the root, from memory where it is plain; it counts the same."""
    tree = entry[0]
    kept = run.kept.get((tree, id(root)))
    if kept is None:
        plain = run.plain.get(tree)
        if not (_is_asked_for(run, tree) and is_plain(run, tree) if plain is None else plain):
            return execute()
        steps, room = run.steps, run.room
        text = execute()
        run.kept[tree, id(root)] = text, steps - run.steps, room - run.room, root
        return text
    run.steps -= kept[1]
    run.room -= kept[2]
    return kept[0]


def _is_asked_for(run: Run, tree: Tree) -> bool:
    """Whether a tree was executed so often that it is worth a look, which takes as long as to execute it once."""
    if run.memory is None:
        return False
    if tree.hot is not None:
        return True
    run.asked[tree] = times = run.asked.get(tree, 0) + 1
    return times >= _OFTEN


def is_plain(run: Run, tree: Tree) -> bool:
    """Whether a tree, and all it includes, writes the same for the same root."""
    known = run.plain.get(tree)
    if known is not None:
        return known
    run.plain[tree] = False  # for one that includes itself
    alone, includes = _looked_at(run, tree)
    plain = alone and all(
        included in run.templates and is_plain(run, run.templates[included][0]) for included in includes
    )
    run.plain[tree] = plain
    return plain


def _looked_at(run: Run, tree: Tree) -> tuple[bool, list[str]]:
    """Whether a tree is plain if those that it includes are, and their names."""
    if tree.hot is not None:
        return tree.hot.plainness(run), tree.hot.includes
    if run.memory is None:
        return False, []
    looked = Plainness(tree.root, run.functions, run.memory)
    return looked.plain, looked.includes


class Plainness:
    """Looks at one tree. ``plain`` tells whether it is, if those in ``includes`` are."""

    __slots__ = ("_functions", "_memory", "includes", "plain")

    def __init__(self, root: ListNode, functions: Mapping[str, GoFunc], memory: Memory) -> None:
        self._functions = functions
        self._memory = memory
        self.includes: list[str] = []
        self.plain = self._list(root, at_root=True)

    def _list(self, node: ListNode | None, *, at_root: bool) -> bool:
        return node is None or all(child.__class__ is str or self._node(child, at_root=at_root) for child in node.nodes)

    def _node(self, node: Any, *, at_root: bool) -> bool:
        if isinstance(node, PipeNode):
            return self._pipe(node, at_root=at_root)
        if isinstance(node, BranchNode):
            inside = at_root and not isinstance(node, (WithNode, RangeNode))
            return (
                self._pipe(node.pipe, at_root=at_root)
                and self._list(node.body, at_root=inside)
                and self._list(node.otherwise, at_root=at_root)
            )
        if isinstance(node, TemplateNode):
            self.includes.append(node.name)
            return node.pipe is None or _is_root(node.pipe, at_root=at_root) or self._pipe(node.pipe, at_root=at_root)
        return True  # break and continue

    def _pipe(self, pipe: PipeNode, *, at_root: bool) -> bool:
        return all(self._command(command, at_root=at_root) for command in pipe.commands)

    def _command(self, command: CommandNode, *, at_root: bool) -> bool:
        word, *arguments = command.arguments
        if isinstance(word, IdentifierNode) and word.name == self._memory.include:
            if len(arguments) != 2 or not isinstance(arguments[0], StringNode):
                return False
            self.includes.append(arguments[0].value)
            data = arguments[1]
            return _is_dot_of_root(data, at_root=at_root) or self._word(data, at_root=at_root)
        return all(self._word(each, at_root=at_root) for each in command.arguments)

    def _word(self, word: Node, *, at_root: bool) -> bool:
        if _is_dot_of_root(word, at_root=at_root):
            return False
        if isinstance(word, FieldNode):
            return not at_root or word.names[0] not in self._memory.volatile
        if isinstance(word, VariableNode):
            return word.slot != 1 or word.names[0] not in self._memory.volatile
        if isinstance(word, IdentifierNode):
            return self._functions[word.name].pure
        if isinstance(word, ChainNode):
            return self._word(word.term, at_root=at_root)
        if isinstance(word, PipeNode):
            return self._pipe(word, at_root=at_root)
        return True


def _is_root(pipe: PipeNode, *, at_root: bool) -> bool:
    words = pipe.commands[0].arguments
    return len(pipe.commands) == len(words) == 1 and not pipe.variables and _is_dot_of_root(words[0], at_root=at_root)


def _is_dot_of_root(word: Node, *, at_root: bool) -> bool:
    """Whether a word is the root itself: ``$``, or a dot that nothing has moved."""
    if isinstance(word, VariableNode):
        return word.slot == 1 and not word.names
    return at_root and isinstance(word, DotNode)
