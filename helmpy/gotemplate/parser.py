"""A template's text to its tree: text and actions, and the blocks that the actions open and close.

Text between actions is found by ``str.find`` and costs next to nothing. What is remembered of an
action stands on one line, so a fault in what it does to the blocks needs no more of its place.
"""

from __future__ import annotations

from helmpy.gocompat.text_quote import quote
from helmpy.gotemplate.actions import COMMENT, ELSE_IF, Actions, Block
from helmpy.gotemplate.lexer import SPACES
from helmpy.gotemplate.nodes import (
    BreakNode,
    ConditionNode,
    ContinueNode,
    IfNode,
    ListNode,
    Parsed,
    PipeNode,
    RangeNode,
    Tree,
    WithNode,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar

    from helmpy.gotemplate.nodes import Node
    from helmpy.gotemplate.vocabulary import Action, Vocabulary

_BRANCHES: dict[str, type[ConditionNode | RangeNode]] = {"if": IfNode, "with": WithNode, "range": RangeNode}


class Parser(Actions):
    """One pass over one text. ``name`` is for messages."""

    def __init__(self, name: str, text: str, vocabulary: Vocabulary, nesting: int) -> None:
        super().__init__(name, text, vocabulary, nesting)
        self._defines: dict[str, Tree] = {}
        self._list = ListNode()

    def parse(self) -> Parsed:
        """Parse text = { text | action }; the templates it defines are beside its own."""
        root = self._list
        position = self._actions_and_text()
        if self._blocks:
            self._at = len(self._text)
            self._fail("unexpected EOF")
        if position < len(self._text):
            self._at = position
            root.nodes.append(self._text[position:])
            root.places.append(position)
        main = Tree(self._text, root, self._slots, self._deepest)
        self._add(self._name, main)
        defines = {name: tree for name, tree in self._defines.items() if tree is not main}
        return Parsed(main, defines)

    def _actions_and_text(self) -> int:
        """Read up to the last action; return where the text after it begins."""
        text = self._text
        find = text.find
        position = last = 0
        while True:
            # What a handler may change is looked up here, once for all the plain actions before the next one.
            nodes, places, actions = self._list.nodes, self._list.places, self._actions
            room = self._deepest - self._nesting
            keyword = ""
            while not keyword:
                left = find("{{", position)
                if left < 0:
                    self._at = last
                    return position
                inside = left + 2
                end = find("}}", inside)
                action = actions.get(text[inside:end]) if end > 0 else None
                if action is None:
                    action, end = self._read(inside, end)
                    actions = self._actions
                    last = self._at
                else:
                    last = inside
                keyword = action.keyword
                if left > position:
                    before = text[position:left].rstrip(SPACES) if action.left else text[position:left]
                    if before:
                        nodes.append(before)
                        places.append(position)
                position = end + 2
                if action.right:
                    position = self._after_spaces(position)
                if action.depth > room:
                    self._at = last
                    self._deepen(self._nesting + action.depth)
                    room = self._deepest - self._nesting
                if not keyword:
                    nodes.append(action.node)  # type: ignore[arg-type]  # an action without a keyword has one
                    places.append(inside)
                    self._started = -1
            assert action is not None
            if keyword is not COMMENT:
                self._at = last
                self._HANDLERS[keyword](self, action, inside)

    def _after_spaces(self, position: int) -> int:
        following = self._text.find("{{", position)
        gap = self._text[position : following if following >= 0 else len(self._text)]
        return position + len(gap) - len(gap.lstrip(SPACES))

    def _deepen(self, depth: int) -> None:
        if depth > self._deepest:
            self._deepest = depth
            if depth > self._max_nesting:
                self._fail(f"exceeded maximum nesting depth ({self._max_nesting})")

    # Blocks

    def _begin(self, block: Block, body: ListNode, *, loose: bool) -> None:
        if self.loose is not loose:
            self._set_loose(loose=loose)
        block.open = True
        block.body_mark = self.scope.mark()
        self._list = body
        self._nesting += 1
        if self._nesting > self._deepest:
            self._deepen(self._nesting)

    def _branch(self, action: Action, inside: int) -> None:
        """Begin the body of ``if``, ``with`` or ``range``."""
        keyword, pipe = action.keyword, action.node
        assert isinstance(pipe, PipeNode)
        node = _BRANCHES[keyword](inside, pipe)
        outer, loose = self._list, self.loose
        outer.nodes.append(node)
        outer.places.append(inside)
        block = Block(keyword, outer, node, self.scope.mark() - len(pipe.variables), loose=loose)
        self._blocks.append(block)
        self._started = inside - 2
        if keyword == "if":
            self._begin(block, node.body, loose=loose)
        else:
            self._ranges += keyword == "range"
            self._begin(block, node.body, loose=keyword == "range")

    def _append(self, node: Node, inside: int) -> None:
        self._list.nodes.append(node)
        self._list.places.append(inside)

    def _else_if(self, action: Action, inside: int) -> None:
        """Begin another body of an ``if`` or ``with``.

        A chain of them is a loop for the runtime too, so that its length is not nesting.
        """
        block = self._blocks[-1]
        pipe, last = action.node, block.last
        assert isinstance(pipe, PipeNode)
        assert isinstance(last, ConditionNode)
        node = type(last)(inside, pipe)
        last.otherwise = ListNode()
        last.otherwise.nodes.append(node)
        last.otherwise.places.append(inside)
        last.chained = True
        block.last = node
        self._list.end = inside - 2
        self._begin(block, node.body, loose=self.loose and block.keyword == "if")
        self._started = -1

    def _else(self, _: Action, inside: int) -> None:
        self._started = -1
        block = self._else_of()
        self._list.end = inside - 2
        self._leave_body(block)
        block.final = True
        assert block.last is not None
        block.last.otherwise = ListNode()
        self._begin(block, block.last.otherwise, loose=self.loose)

    def _end(self, _: Action, inside: int) -> None:
        self._started = -1
        if not self._blocks:
            self._fail("unexpected {{end}}")
        block = self._blocks.pop()
        self._list.end = inside - 2
        if block.template is not None:
            self._end_template(block)
        else:
            self._leave_body(block)
            self.scope.forget(block.mark)
        self._list = block.outer

    def _loop_control(self, action: Action, inside: int) -> None:
        self._started = -1
        if not self._ranges:
            self._fail(f"{{{{{action.keyword}}}}} outside {{{{range}}}}")
        self._append((BreakNode if action.keyword == "break" else ContinueNode)(0), inside)

    # Templates

    def _define(self, action: Action, _: int) -> None:
        if self._blocks:
            self._fail("unexpected <define> in command")
        self._begin_template(action)

    def _block(self, action: Action, inside: int) -> None:
        assert action.node is not None
        self._append(action.node, inside)
        self._begin_template(action)
        self._started = inside - 2

    def _begin_template(self, action: Action) -> None:
        """Begin a template of its own: nothing of what surrounds it is in scope."""
        block = Block(action.keyword, self._list, None, 0, loose=self.loose)
        block.name = action.name
        block.template = (self.scope, self._slots, self._deepest, self._ranges, self._nesting)
        self._start_template()
        self._blocks.append(block)
        self._begin(block, ListNode(), loose=False)

    def _end_template(self, block: Block) -> None:
        assert block.template is not None
        tree = Tree(self._text, self._list, self._slots, self._deepest)
        self.scope, self._slots, self._deepest, self._ranges, self._nesting = block.template
        self._set_loose(loose=block.loose)
        self._add(block.name, tree)

    def _add(self, name: str, tree: Tree) -> None:
        known = self._defines.get(name)
        if known is None or known.empty:
            self._defines[name] = tree
        elif not tree.empty:
            self._fail(f"template: multiple definition of template {quote(name)}")

    _HANDLERS: ClassVar[dict[str, Callable[[Parser, Action, int], None]]] = {
        "if": _branch, "with": _branch, "range": _branch, ELSE_IF: _else_if, "else": _else, "end": _end,
        "break": _loop_control, "continue": _loop_control, "define": _define, "block": _block,
    }  # fmt: skip
