"""The exact way to read an action: tokens to a pipeline, by recursive descent, with Go's complaints.

Nesting is bounded by ``Limits.nesting``, so that neither this parser nor the runtime, which both
follow the nesting of the text, ever meets Python's own recursion limit.
"""

from __future__ import annotations

from helmpy.gocompat.text_quote import quote
from helmpy.gotemplate.errors import TemplateError, place
from helmpy.gotemplate.lexer import (
    ASSIGN,
    BOOL,
    CHARACTER,
    CLOSE,
    COMPLEX,
    DECLARE,
    DOT,
    ERROR,
    FIELD,
    IDENTIFIER,
    NIL,
    NUMBER,
    OPEN,
    PIPE,
    RAW_STRING,
    RIGHT,
    SPACE,
    STRING,
    VARIABLE,
    describe,
    lex,
)
from helmpy.gotemplate.nodes import (
    CONSTANTS,
    BoolNode,
    ChainNode,
    CommandNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    NilNode,
    Node,
    PipeNode,
    StringNode,
    VariableNode,
)
from helmpy.gotemplate.scope import Scope, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from helmpy.gotemplate.lexer import Token

# Places of a frame before its variables: dot, $, the run, the output.
FIRST_SLOT = 4
ROOT_SLOT = 1

STRINGS = frozenset({STRING, RAW_STRING})
_OPERANDS = frozenset(
    {BOOL, CHARACTER, COMPLEX, DOT, FIELD, IDENTIFIER, NUMBER, NIL, RAW_STRING, STRING, VARIABLE, OPEN}
)


class Grammar:
    """Reads pipelines of one text. ``functions`` are the names that exist.

    Node's positions count from ``_base``, tokens' from the text's start. ``_at`` is the place that
    a fault is reported at: that of the furthest token read.
    """

    def __init__(self, name: str, text: str, functions: frozenset[str], nesting: int) -> None:
        self._name = name
        self._text = text
        self.functions = functions
        self._max_nesting = nesting
        self._tokens: list[Token] = []
        self._index = 0
        self._furthest = 0
        self._base = 0
        self._at = 0
        self._started = -1
        self.loose = False
        self.bound: list[str] = []
        self._start_template()

    def _start_template(self) -> None:
        """Begin a template's text: nothing of what surrounds it is in scope."""
        self.scope = Scope(ROOT_SLOT)
        self._slots = FIRST_SLOT
        self._deepest = 0
        self._ranges = 0
        self._nesting = 0

    def _tokenize(self, start: int) -> int:
        """Lex the action whose inside begins at ``start``; return where text goes on after it, -1 after an error."""
        self._tokens, after = lex(self._text, start)
        self._tokens += self._tokens[-1:] * 4  # whoever reads past the end finds the end again
        self._index = self._furthest = 0
        return after

    def _pipeline(self, context: str, end: str) -> PipeNode:
        """Parse pipeline = [ variable [ "," variable ] ( ":=" | "=" ) ] command { "|" command } end"""
        self._nesting += 1
        self._reach(self._nesting)
        first = self._peek_word()
        pipe = PipeNode(first[2] - self._base)
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
        pipe.variables = variables = []
        while self._peek_word()[0] == VARIABLE:
            before = self._index
            _, name, position = self._next_word()
            kind, value, _ = self._peek_word()
            if kind not in {ASSIGN, DECLARE} and value != ",":
                self._index = before
                break
            self._next_word()
            variables.append(VariableNode(position - self._base, name, -1, loose=False))
            declared.append(self._declare(name))
            if kind in {ASSIGN, DECLARE}:
                pipe.assigns = kind == ASSIGN
                break
            if context != "range" or len(variables) > 1:
                self._fault(f"too many declarations in {context}")
            if self._peek_word()[0] not in {VARIABLE, RIGHT, CLOSE}:
                self._fault("range can only initialize variables")
        return declared

    def _declare(self, name: str) -> Variable:
        self.bound.append(name)
        return self.scope.declare(name)

    def _settle(self, pipe: PipeNode, declared: list[Variable], *, loose: bool) -> None:
        """Give declared variables their slots, or find those that ``=`` means."""
        for node, variable in zip(pipe.variables, declared, strict=True):
            if pipe.assigns:
                known = self.scope.find(variable.name)
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
            self._fault(f"missing value for {context}")
        for stage, command in enumerate(pipe.commands[1:], start=2):
            if type(command.arguments[0]) in CONSTANTS:
                self._fault(f"non executable command in pipeline stage {stage}")

    def _command(self) -> CommandNode:
        """Parse command = operand { space operand }, and the "|" after it"""
        arguments: list[Node] = []
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
        if not arguments:
            self._fault("empty command")
        return CommandNode(arguments)

    def _operand(self) -> Node | None:
        """Parse operand = term { field }"""
        node = self._term()
        kind, value, position = self._tokens[self._index]
        if node is None or kind != FIELD:
            return node
        self._next()
        names = tuple(value[1:].split("."))
        if isinstance(node, VariableNode):
            node.position = position - self._base
            node.names = names
            return node
        if type(node) in CONSTANTS:
            self._fault(f"unexpected . after term {quote(str(node))}")
        if isinstance(node, FieldNode):
            return FieldNode(position - self._base, node.names + names, loose=node.loose)
        return ChainNode(position - self._base, node, names)

    def _term(self) -> Node | None:
        """Parse term = constant | function | "." | field | variable | "(" pipeline ")"."""
        token = self._next_word()
        kind, value, position = token
        position -= self._base
        if kind == FIELD:
            names = tuple(value[1:].split("."))
            if len(names) > 1:
                position += 1 + len(names[0])
            return FieldNode(position, names, loose=self.loose)
        if kind == IDENTIFIER:
            if value not in self.functions:
                self._fault(f"function {quote(value)} not defined")
            return IdentifierNode(position, value)
        if kind == VARIABLE:
            return self._variable(token)
        if kind in STRINGS:
            return StringNode(position, value, self._unquote(token))
        if kind == DOT:
            return DotNode(position, loose=self.loose)
        if kind == OPEN:
            return self._pipeline("parenthesized pipeline", CLOSE)
        if kind in {NUMBER, CHARACTER, COMPLEX}:
            from helmpy.gotemplate import constants

            try:
                return constants.number(position, value)
            except ValueError as error:
                self._fault(str(error))
        if kind == BOOL:
            return BoolNode(position, value=value == "true")
        if kind == NIL:
            return NilNode(position)
        self._back()
        return None

    def _variable(self, token: Token) -> VariableNode:
        name = token[1]
        known = self.scope.find(name)
        if known is None and not self.scope.knows(name):
            self._fault(f"undefined variable {quote(name)}")
        position = token[2] - self._base
        if name != "$":
            self.bound.append(name)
        if known is None:
            return VariableNode(position, name, -1, loose=False)
        return VariableNode(position, name, known.slot, loose=known.loose)

    def _unquote(self, token: Token) -> str:
        quoted = token[1]
        if quoted[0] == "`":
            return quoted[1:-1].replace("\r", "")
        if "\\" not in quoted:
            return quoted[1:-1]
        from helmpy.gotemplate import constants

        try:
            return constants.unquote(quoted)
        except ValueError as error:
            self._fault(str(error))

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

    def _back(self) -> None:
        self._index -= 1

    def _expect_right(self, context: str) -> None:
        token = self._next_word()
        if token[0] != RIGHT:
            self._unexpected(token, context)

    # Faults

    def _reach(self, depth: int) -> None:
        """Note how deep execution will go; a pipeline's stages wait for each other as parentheses do."""
        if depth > self._deepest:
            self._deepest = depth
            if depth > self._max_nesting:
                self._fault(f"exceeded maximum nesting depth ({self._max_nesting})")

    def _unexpected(self, token: Token, context: str) -> NoReturn:
        if token[0] != ERROR:
            self._fault(f"unexpected {describe(token)} in {context}")
        message = token[1]
        if self._started >= 0:
            line = place(self._text, self._started)[0]
            if line != place(self._text, token[2])[0]:
                where = f"started at {self._name}:{line}"
                message += f" {where}" if message.endswith(" action") else f" in action {where}"
        self._fault(message)

    def _fault(self, message: str) -> NoReturn:
        """Refuse the text for what was just read of an action."""
        self._at = self._tokens[self._furthest][2]
        self._fail(message)

    def _fail(self, message: str) -> NoReturn:
        line, _, source_line = place(self._text, self._at)
        raise TemplateError(
            f"template: {self._name}:{line}: {message}", name=self._name, line=line, source_line=source_line
        )
