"""Tokens to a tree, by recursive descent.

Nesting is bounded by ``Limits.nesting``, so that neither this parser nor the runtime, which both
follow the nesting of the text, ever meets Python's own recursion limit.
"""

from __future__ import annotations

from helmpy.gotemplate import constants
from helmpy.gotemplate.errors import TemplateError, place
from helmpy.gotemplate.lexer import (
    ASSIGN,
    BOOL,
    CHARACTER,
    CLOSE,
    COMPLEX,
    DECLARE,
    DOT,
    EOF,
    ERROR,
    FIELD,
    IDENTIFIER,
    KEYWORDS,
    LEFT,
    NIL,
    NUMBER,
    OPEN,
    PIPE,
    RAW_STRING,
    RIGHT,
    SPACE,
    STRING,
    TEXT,
    VARIABLE,
    describe,
    lex,
)
from helmpy.gotemplate.nodes import (
    ActionNode,
    BoolNode,
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
    Parsed,
    PipeNode,
    RangeNode,
    StringNode,
    TemplateNode,
    TextNode,
    Tree,
    VariableNode,
    WithNode,
)
from helmpy.gotemplate.scope import Scope, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import NoReturn

    from helmpy.gotemplate.lexer import Token

# Places of a frame before its variables: dot, $, the run, the output.
FIRST_SLOT = 4
ROOT_SLOT = 1

_OPERANDS = frozenset(
    {BOOL, CHARACTER, COMPLEX, DOT, FIELD, IDENTIFIER, NUMBER, NIL, RAW_STRING, STRING, VARIABLE, OPEN}
)
_CONDITIONS: dict[str, type[ConditionNode]] = {"if": IfNode, "with": WithNode}


class Parser:
    """One pass over one text. ``name`` is for messages, ``functions`` are the names that exist."""

    def __init__(self, name: str, text: str, functions: Container[str], nesting: int) -> None:
        self._name = name
        self._text = text
        self._functions = functions
        self._max_nesting = nesting
        self._tokens: list[Token] = lex(text)
        self._tokens += self._tokens[-1:] * 4  # whoever reads past the end finds the end again
        self._index = 0
        self._furthest = 0
        self._action_line_from = -1
        self._defines: dict[str, Tree] = {}
        self._used: set[str] = set()
        self._nesting = 0
        self._start_template()

    def parse(self) -> Parsed:
        """Parse text = { text | action | "{{define" name "}}" list "{{end}}" }"""
        root = ListNode(0)
        while self._tokens[self._index][0] != EOF:
            if self._tokens[self._index][0] == LEFT and self._after_spaces(self._index + 1)[0] == "define":
                self._next()
                self._next_word()
                self._define()
                continue
            node = self._text_or_action()
            if isinstance(node, str):
                self._fail(f"unexpected {{{{{node}}}}}")
            root.nodes.append(node)
        main = self._finish_template(root)
        self._add(self._name, main)
        defines = {name: tree for name, tree in self._defines.items() if tree is not main}
        return Parsed(main, defines, frozenset(self._used))

    # Templates

    def _start_template(self) -> None:
        self._scope = Scope(ROOT_SLOT)
        self._loose = False
        self._slots = FIRST_SLOT
        self._deepest = 0
        self._ranges = 0

    def _finish_template(self, root: ListNode) -> Tree:
        return Tree(self._text, root, self._slots, self._deepest)

    def _add(self, name: str, tree: Tree) -> None:
        known = self._defines.get(name)
        if known is None or known.empty:
            self._defines[name] = tree
        elif not tree.empty:
            self._fail(f"template: multiple definition of template {constants.quote(name)}")

    def _define(self) -> None:
        """Parse define = "define" string "}}" list "{{end}}"; the keyword is read."""
        token = self._next_word()
        if token[0] not in {STRING, RAW_STRING}:
            self._unexpected(token, "define clause")
        name = self._unquote(token)
        token = self._next_word()
        if token[0] != RIGHT:
            self._unexpected(token, "define clause")
        self._separate(name, "define clause")

    def _separate(self, name: str, context: str) -> None:
        """Parse a template of its own up to its end: nothing of what surrounds it is in scope."""
        outside = (self._scope, self._loose, self._slots, self._deepest, self._ranges, self._nesting)
        self._start_template()
        self._nesting = 0
        root, end = self._list()
        if end != "end":
            self._fail(f"unexpected {{{{{end}}}}} in {context}")
        tree = self._finish_template(root)
        self._scope, self._loose, self._slots, self._deepest, self._ranges, self._nesting = outside
        self._add(name, tree)

    # Statements

    def _list(self) -> tuple[ListNode, str]:
        """Parse list = { text | action } up to, and with, "{{end}}" or "{{else": which of them it was."""
        self._nest(1)
        result = ListNode(self._peek_word()[2])
        nodes = result.nodes
        while True:
            token = self._tokens[self._index]
            if token[0] == TEXT:
                self._next()
                nodes.append(TextNode(token[2], token[1]))
                continue
            if token[0] == EOF:
                self._next()
                self._fail("unexpected EOF")
            node = self._text_or_action()
            if isinstance(node, str):
                self._nest(-1)
                return result, node
            nodes.append(node)

    def _text_or_action(self) -> Node | str:
        token = self._next_word()
        if token[0] == TEXT:
            return TextNode(token[2], token[1])
        if token[0] != LEFT:
            self._unexpected(token, "input")
        self._action_line_from = token[2]
        node = self._action()
        self._action_line_from = -1
        return node

    def _action(self) -> Node | str:
        """Parse action = block | break | continue | else | end | if | range | template | with | pipeline "}}"."""
        token = self._next_word()
        kind = token[0]
        if kind not in KEYWORDS:
            self._back()
            return ActionNode(token[2], self._pipeline("command", RIGHT))
        if kind == "end":
            self._expect_right("end")
            return kind
        if kind in _CONDITIONS:
            return self._condition(kind)
        if kind == "range":
            return self._range()
        if kind == "else":
            if self._peek_word()[0] not in _CONDITIONS:
                self._expect_right("else")
            return kind
        if kind == "template":
            return self._template()
        if kind == "block":
            return self._block()
        if kind == "define":
            self._unexpected(token, "command")
        return self._loop_control(token)

    def _condition(self, keyword: str) -> ConditionNode:
        """Parse condition = keyword pipeline "}}" list { "{{else" keyword pipeline "}}" list } [ "{{else}}" list ] "{{end}}"

        A chain of ``else if`` is a loop here, so that its length is not nesting.
        """
        mark = self._scope.mark()
        outer = self._loose
        first: ConditionNode | None = None
        last: ConditionNode | None = None
        while True:
            pipe = self._pipeline(keyword, RIGHT)
            self._loose = self._loose and keyword != "with"
            body, end = self._body()
            self._loose = outer
            node = _CONDITIONS[keyword](
                self._tokens[self._index][2] if first else pipe.position, pipe, body, None, chained=False
            )
            if last is None:
                first = node
            else:
                last.otherwise = ListNode(node.position)
                last.otherwise.nodes.append(node)
                last.chained = True
            last = node
            if end == "end":
                break
            if self._peek_word()[0] == keyword:
                self._next_word()
                continue
            node.otherwise = self._final_else()
            break
        self._scope.forget(mark)
        assert first is not None
        return first

    def _body(self) -> tuple[ListNode, str]:
        """Parse a list that another branch may follow: that one knows the names, but they have no values."""
        mark = self._scope.mark()
        body, end = self._list()
        self._scope.void(mark)
        return body, end

    def _final_else(self) -> ListNode:
        otherwise, end = self._list()
        if end != "end":
            self._fail(f"expected end; found {{{{{end}}}}}")
        return otherwise

    def _range(self) -> RangeNode:
        """Parse range = "range" pipeline "}}" list [ "{{else}}" list ] "{{end}}"."""
        mark = self._scope.mark()
        outer = self._loose
        pipe = self._pipeline("range", RIGHT)
        self._ranges += 1
        self._loose = True
        body, end = self._body()
        self._loose = outer
        self._ranges -= 1
        otherwise = None if end == "end" else self._final_else()
        self._scope.forget(mark)
        return RangeNode(pipe.position, pipe, body, otherwise)

    def _loop_control(self, keyword: Token) -> Node:
        token = self._next_word()
        if token[0] != RIGHT:
            self._unexpected(token, f"{{{{{keyword[1]}}}}}")
        if not self._ranges:
            self._fail(f"{{{{{keyword[1]}}}}} outside {{{{range}}}}")
        return (BreakNode if keyword[1] == "break" else ContinueNode)(keyword[2])

    def _template(self) -> TemplateNode:
        """Parse template = "template" string [ pipeline ] "}}"."""
        token = self._next_word()
        name = self._template_name(token, "template clause")
        pipe = None
        if self._next_word()[0] != RIGHT:
            self._back()
            pipe = self._pipeline("template clause", RIGHT)
        return TemplateNode(token[2], name, pipe)

    def _block(self) -> TemplateNode:
        """Parse block = "block" string pipeline "}}" list "{{end}}"."""
        token = self._next_word()
        name = self._template_name(token, "block clause")
        pipe = self._pipeline("block clause", RIGHT)
        self._separate(name, "block clause")
        return TemplateNode(token[2], name, pipe)

    def _template_name(self, token: Token, context: str) -> str:
        if token[0] not in {STRING, RAW_STRING}:
            self._unexpected(token, context)
        return self._unquote(token)

    # Expressions

    def _pipeline(self, context: str, end: str) -> PipeNode:
        """Parse pipeline = [ variable [ "," variable ] ( ":=" | "=" ) ] command { "|" command } end"""
        self._nest(1)
        first = self._peek_word()
        pipe = PipeNode(first[2])
        declared = self._declarations(pipe, context) if first[0] == VARIABLE else None
        while True:
            token = self._next_word()
            if token[0] == end:
                break
            if token[0] not in _OPERANDS:
                self._unexpected(token, context)
            self._back()
            pipe.commands.append(self._command())
            if len(pipe.commands) > 1:
                self._reach(self._nesting + len(pipe.commands) - 1)
        if len(pipe.commands) != 1:
            self._check_pipeline(pipe, context)
        if declared:
            self._settle(pipe, declared, loose=context == "range")
        self._nesting -= 1
        return pipe

    def _declarations(self, pipe: PipeNode, context: str) -> list[Variable]:
        """Read the variables before ``:=``; they exist from here on, but have no slot yet."""
        declared: list[Variable] = []
        while self._peek_word()[0] == VARIABLE:
            before = self._index
            _, name, position = self._next_word()
            kind, value, _ = self._peek_word()
            if kind not in {ASSIGN, DECLARE} and value != ",":
                self._index = before
                break
            self._next_word()
            pipe.variables.append(VariableNode(position, name, -1, loose=False))
            declared.append(self._scope.declare(name))
            if kind in {ASSIGN, DECLARE}:
                pipe.assigns = kind == ASSIGN
                break
            if context != "range" or len(pipe.variables) > 1:
                self._fail(f"too many declarations in {context}")
            if self._peek_word()[0] not in {VARIABLE, RIGHT, CLOSE}:
                self._fail("range can only initialize variables")
        return declared

    def _settle(self, pipe: PipeNode, declared: list[Variable], *, loose: bool) -> None:
        """Give declared variables their slots, or find those that ``=`` means."""
        for node, variable in zip(pipe.variables, declared, strict=True):
            if pipe.assigns:
                known = self._scope.find(variable.name)
                if known is None:
                    continue  # execution will complain
                known.loose = loose
                variable.slot = known.slot
            else:
                variable.slot = self._slots
                self._slots += 1
            variable.loose = loose
            node.slot = variable.slot

    def _check_pipeline(self, pipe: PipeNode, context: str) -> None:
        if not pipe.commands:
            self._fail(f"missing value for {context}")
        for stage, command in enumerate(pipe.commands[1:], start=2):
            if type(command.arguments[0]) in constants.CONSTANTS:
                self._fail(f"non executable command in pipeline stage {stage}")

    def _command(self) -> CommandNode:
        """Parse command = operand { space operand }, and the "|" after it"""
        command = CommandNode(self._peek_word()[2])
        arguments = command.arguments
        while True:
            operand = self._operand()
            if operand is not None:
                arguments.append(operand)
            token = self._next()
            kind = token[0]
            if kind == SPACE:
                continue
            if kind in {RIGHT, CLOSE}:
                self._back()
            elif kind != PIPE:
                self._unexpected(token, "operand")
            break
        if not command.arguments:
            self._fail("empty command")
        return command

    def _operand(self) -> Node | None:
        """Parse operand = term { field }"""
        node = self._term()
        kind, value, position = self._tokens[self._index]
        if node is None or kind != FIELD:
            return node
        self._next()
        names = tuple(value[1:].split("."))
        if isinstance(node, VariableNode):
            node.position = position
            node.names = names
            return node
        if type(node) in constants.CONSTANTS:
            self._fail(f"unexpected . after term {constants.quote(str(node))}")
        if isinstance(node, FieldNode):
            return FieldNode(position, node.names + names, loose=node.loose)
        return ChainNode(position, node, names)

    def _term(self) -> Node | None:
        """Parse term = constant | function | "." | field | variable | "(" pipeline ")"."""
        token = self._next_word()
        kind, value, position = token
        if kind == FIELD:
            names = tuple(value[1:].split("."))
            if len(names) > 1:
                position += 1 + len(names[0])
            return FieldNode(position, names, loose=self._loose)
        if kind == IDENTIFIER:
            if value not in self._functions:
                self._fail(f"function {constants.quote(value)} not defined")
            self._used.add(value)
            return IdentifierNode(position, value)
        if kind == VARIABLE:
            return self._variable(token)
        if kind in {STRING, RAW_STRING}:
            return StringNode(position, value, self._unquote(token))
        if kind == DOT:
            return DotNode(position, loose=self._loose)
        if kind == OPEN:
            return self._pipeline("parenthesized pipeline", CLOSE)
        if kind in {NUMBER, CHARACTER, COMPLEX}:
            try:
                return constants.number(position, value)
            except ValueError as error:
                self._fail(str(error))
        if kind == BOOL:
            return BoolNode(position, value=value == "true")
        if kind == NIL:
            return NilNode(position)
        self._back()
        return None

    def _variable(self, token: Token) -> VariableNode:
        name = token[1]
        known = self._scope.find(name)
        if known is None and not self._scope.knows(name):
            self._fail(f"undefined variable {constants.quote(name)}")
        if known is None:
            return VariableNode(token[2], name, -1, loose=False)
        return VariableNode(token[2], name, known.slot, loose=known.loose)

    def _unquote(self, token: Token) -> str:
        try:
            return constants.unquote(token[1])
        except ValueError as error:
            self._fail(str(error))

    # Tokens

    def _next(self) -> Token:
        index = self._index
        self._index = index + 1
        if index > self._furthest:  # noqa: PLR1730 - max() costs a call for every token
            self._furthest = index
        return self._tokens[index]

    def _peek_word(self) -> Token:
        """Skip a space, which is never followed by another, and return the token after it, unread."""
        token = self._tokens[self._index]
        if token[0] == SPACE:
            self._index += 1
            token = self._tokens[self._index]
        return token

    def _next_word(self) -> Token:
        index = self._index
        token = self._tokens[index]
        if token[0] == SPACE:
            index += 1
            token = self._tokens[index]
        self._index = index + 1
        if index > self._furthest:  # noqa: PLR1730 - max() costs a call for every token
            self._furthest = index
        return token

    def _after_spaces(self, index: int) -> Token:
        while self._tokens[index][0] == SPACE:
            index += 1
        self._furthest = max(self._furthest, index)
        return self._tokens[index]

    def _back(self) -> None:
        self._index -= 1

    def _expect_right(self, context: str) -> None:
        token = self._next_word()
        if token[0] != RIGHT:
            self._unexpected(token, context)

    # Faults

    def _nest(self, step: int) -> None:
        self._nesting += step
        self._reach(self._nesting)

    def _reach(self, depth: int) -> None:
        """Note how deep execution will go; a pipeline's stages wait for each other as parentheses do."""
        if depth > self._deepest:
            self._deepest = depth
            if depth > self._max_nesting:
                self._fail(f"exceeded maximum nesting depth ({self._max_nesting})")

    def _unexpected(self, token: Token, context: str) -> NoReturn:
        if token[0] != ERROR:
            self._fail(f"unexpected {describe(token)} in {context}")
        message = token[1]
        if self._action_line_from >= 0:
            line = place(self._text, self._action_line_from)[0]
            if line != place(self._text, token[2])[0]:
                where = f"started at {self._name}:{line}"
                message += f" {where}" if message.endswith(" action") else f" in action {where}"
        self._fail(message)

    def _fail(self, message: str) -> NoReturn:
        line, _, source_line = place(self._text, self._tokens[self._furthest][2])
        raise TemplateError(
            f"template: {self._name}:{line}: {message}", name=self._name, line=line, source_line=source_line
        )
