"""One action: remembered, read the quick way where it is ordinary, or over tokens.

What an action does to the blocks around it is the parser's business, but for ``else if``, whose
pipeline stands outside the body that it ends.
"""

from __future__ import annotations

from helmpy.gotemplate import ordinary
from helmpy.gotemplate.grammar import STRINGS, Grammar
from helmpy.gotemplate.lexer import ERROR, KEYWORDS, RIGHT, SPACE_SET, after_delimiter
from helmpy.gotemplate.nodes import ListNode, PipeNode, TemplateNode, VariableNode
from helmpy.gotemplate.vocabulary import Action, Variants, Vocabulary, remember

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from helmpy.gotemplate.lexer import Token
    from helmpy.gotemplate.nodes import BranchNode
    from helmpy.gotemplate.scope import Scope, Variable

COMMENT = "comment"
ELSE_IF = "else if"
CONDITIONS = frozenset({"if", "with"})
_NAMING = frozenset({"template", "block", "define"})
_ASSIGNMENTS = frozenset({":=", "="})


class Block:
    """A block not ended yet, and what to go back to at its end.

    ``mark`` tells the variables that live as long as the block, ``body_mark`` those of its body;
    ``last`` is where an ``else`` belongs, ``final`` whether there was one. ``template`` keeps the
    state around a template defined here.
    """

    __slots__ = ("body_mark", "final", "keyword", "last", "loose", "mark", "name", "open", "outer", "template")

    def __init__(self, keyword: str, outer: ListNode, last: BranchNode | None, mark: int, *, loose: bool) -> None:
        self.keyword = keyword
        self.outer = outer
        self.last = last
        self.mark = self.body_mark = mark
        self.loose = loose
        self.final = self.open = False
        self.name = ""
        self.template: tuple[Scope, int, int, int, int] | None = None


class Actions(Grammar):
    """Reads the actions of one text."""

    def __init__(self, name: str, text: str, vocabulary: Vocabulary, nesting: int) -> None:
        super().__init__(name, text, vocabulary.functions, nesting)
        self.words = vocabulary.words
        self._memories = vocabulary.actions, vocabulary.variants
        self._set_loose(loose=False)
        self._blocks: list[Block] = []

    def _read(self, inside: int, end: int) -> tuple[Action, int]:
        """Read an action that is not remembered; return it and where its ``}}`` is.

        ``end`` is the first ``}}`` after it begins, which a string may hold too.
        """
        text = self._text
        raw = text[inside:end] if end > 0 else ""
        action: Action | None = None
        if raw.count("`") & 1:  # {{`}}`}}, which dashboards have by the thousand
            closing = text.find("`", end)
            end = text.find("}}", closing) if closing > 0 else -1
            action = self._actions.get(text[inside:end]) if end > 0 else None
        elif raw:
            known = self._variants.get(raw)
            action = None if known is None else self._variant(known)
            if action is None:
                self.bound.clear()
                actions = self._actions
                action = self._ordinary(raw)
                if action is not None and not self.bound:
                    remember(actions, raw, action)
                elif action is not None and action.keyword is not ELSE_IF:
                    self._remember_variant(raw, action)
        if action is None:
            return self._exact(inside)
        self._at = inside
        return action, end

    def _remember_variant(self, raw: str, action: Action) -> None:
        variables = action.node.variables if isinstance(action.node, PipeNode) else ()
        declared = tuple(variable.name for variable in variables)
        used = tuple(dict.fromkeys(self.bound[len(declared) :]))
        if (not used and not declared) or not set(used).isdisjoint(declared):
            return
        known = self._variants.get(raw)
        if known is None:
            assigns = isinstance(action.node, PipeNode) and action.node.assigns
            known = Variants(used, declared, assigns=assigns)
            remember(self._variants, raw, known)
        known.keep(self._places(known, self._slots - (0 if known.assigns else len(declared))), action)

    def _places(self, known: Variants, slots: int) -> tuple[int, ...] | None:
        """Return where an action's variables are, and those that it sets; None for variables without a value."""
        find = self.scope.find
        places = [slots] if known.declared else []
        for name in known.used if not known.assigns else known.used + known.declared:
            variable = find(name)
            if variable is None:
                return None
            places.append(variable.slot * 2 + variable.loose)
        return tuple(places)

    def _variant(self, known: Variants) -> Action | None:
        """Return a remembered action for where its variables are here, and set those that it declares."""
        action = known.read.get(self._places(known, self._slots))
        if action is not None and known.declared:
            assert isinstance(action.node, PipeNode)
            declared = [self._declare(name) for name in known.declared]
            self._settle(action.node, declared, loose=action.keyword == "range")
        return action

    def _set_loose(self, *, loose: bool) -> None:
        self.loose = loose
        self._actions = self._memories[0][loose]
        self._variants = self._memories[1][loose]

    def _declare(self, name: str) -> Variable:
        if name == "$":  # what is remembered takes $ for the root: remember apart from here on
            self._memories = ({}, {}), ({}, {})
            self._set_loose(loose=self.loose)
        return super()._declare(name)

    def _leave_body(self, block: Block) -> None:
        """Go back to the scope around a body: what follows may name its variables, but they have no values."""
        if block.open:
            block.open = False
            self._nesting -= 1
            if not block.final:
                self.scope.void(block.body_mark)
                if self.loose is not block.loose:
                    self._set_loose(loose=block.loose)
                self._ranges -= block.keyword == "range"

    def _else_of(self) -> Block:
        """Return the block that an ``else`` belongs to, at the place of the fault that there is none."""
        block = self._blocks[-1] if self._blocks else None
        if block is None:
            self._fail("unexpected {{else}}")
        if block.template is not None:
            self._fail(f"unexpected {{{{else}}}} in {block.keyword} clause")
        if block.final:
            self._fail("expected end; found {{else}}")
        return block

    # The quick way

    def _ordinary(self, raw: str) -> Action | None:
        if not raw.isprintable() or "\\" in raw or "`" in raw or "'" in raw:
            return None
        left, right = raw.startswith("- "), raw.endswith(" -")
        start = 2 if left else 0
        stop = len(raw) - 2 if right else len(raw)
        part = raw[start:stop].rstrip(" ")
        body = part.lstrip(" ")
        if not body:
            return None
        start += len(part) - len(body)
        keyword = body.partition(" ")[0]
        if keyword in KEYWORDS:
            argument = body[len(keyword) :].lstrip(" ")
            action = self._ordinary_statement(keyword, argument, start + len(body) - len(argument))
        else:
            action = self._ordinary_pipeline("", body, start)
        if action is not None:
            action.left, action.right = left, right
        return action

    def _ordinary_statement(self, keyword: str, argument: str, position: int) -> Action | None:
        if not argument:
            return Action(keyword) if keyword in {"end", "else"} else None
        if keyword in CONDITIONS or keyword == "range":
            return self._ordinary_pipeline(keyword, argument, position)
        if keyword == "else":
            return self._ordinary_else(argument, position)
        if keyword in _NAMING and argument[0] == '"':
            return self._ordinary_naming(keyword, argument, position)
        return None

    def _ordinary_else(self, argument: str, position: int) -> Action | None:
        following = argument.partition(" ")[0]
        block = self._blocks[-1] if self._blocks else None
        if block is None or block.final or block.keyword != following or following not in CONDITIONS:
            return None
        self._leave_body(block)
        pipe = argument[len(following) :].lstrip(" ")
        self.bound.append(ELSE_IF)  # to be read again each time, for what it does to the block
        return self._ordinary_pipeline(ELSE_IF, pipe, position + len(argument) - len(pipe)) if pipe else None

    def _ordinary_naming(self, keyword: str, argument: str, position: int) -> Action | None:
        """Read ``template``, ``block`` and ``define`` with what follows them."""
        name, quote, rest = argument[1:].partition('"')
        pipe = rest.lstrip(" ")
        if not quote or (rest and pipe == rest) or (keyword == "define") is bool(pipe):
            return None
        if keyword == "define":
            return Action(keyword, name=name)
        if not pipe:
            return Action("", TemplateNode(position, name, None)) if keyword == "template" else None
        action = self._ordinary_pipeline("", pipe, position + len(argument) - len(pipe))
        return action and _naming(action, keyword, name, position)

    def _ordinary_pipeline(self, keyword: str, body: str, position: int) -> Action | None:
        if body[0] == "$" and "=" in body:
            read = self._ordinary_declaration(keyword, body, position)
        else:
            read = ordinary.pipeline(body, position, self)
            if read is not None and self._nesting + read[1] > self._max_nesting:
                return None
        return None if read is None else Action(keyword, read[0], read[1])

    def _ordinary_value(self, body: str, position: int) -> tuple[PipeNode, int] | None:
        read = ordinary.pipeline(body, position, self)
        return None if read is None or self._nesting + read[1] > self._max_nesting else read

    def _ordinary_declaration(self, keyword: str, body: str, position: int) -> tuple[PipeNode, int] | None:
        """Read ``$x := …``, ``$x = …`` and, for a range, ``$k, $v := …``; what is no declaration too."""
        words = body.split(" ", 3)
        if len(words) > 2 and words[1] in _ASSIGNMENTS:
            names = words[:1]
        elif keyword == "range" and len(words) > 3 and words[2] in _ASSIGNMENTS and words[0][-1] == ",":
            names = [words[0][:-1], words[1]]
        else:
            return self._ordinary_value(body, position)
        sign = words[len(names)]
        value = body[sum(map(len, words[: len(names) + 1])) + len(names) + 1 :].lstrip(" ")
        if not value or not all(name[:1] == "$" and name.isascii() and name[1:].isidentifier() for name in names):
            return None
        mark = self.scope.mark()
        declared = [self._declare(name) for name in names]
        read = self._ordinary_value(value, position + len(body) - len(value))
        if read is None:
            self.scope.forget(mark)
            return None
        pipe = read[0]
        second = position + len(words[0]) + 1
        pipe.variables = [
            VariableNode(place, name, -1, loose=False) for place, name in zip((position, second), names, strict=False)
        ]
        pipe.position = position
        pipe.assigns = sign == "="
        self._settle(pipe, declared, loose=keyword == "range")
        return read

    # The exact way

    def _exact(self, inside: int) -> tuple[Action, int]:
        text = self._text
        left = text.startswith("-", inside) and text[inside + 1 : inside + 2] in SPACE_SET
        start = inside + 2 if left else inside
        if text.startswith("/*", start):
            action, last = self._comment(start)
        else:
            self._base = inside
            self.bound.clear()
            self._tokenize(start)
            action = self._exact_action()
            last = self._at = self._tokens[-1][2]
        end = last if text.startswith("}}", last) else last + 2
        action.left, action.right = left, end > last
        raw = text[inside:end]
        if not self.bound and raw.isprintable():
            remember(self._actions, raw, action)
        return action, end

    def _comment(self, start: int) -> tuple[Action, int]:
        end = self._text.find("*/", start + 2)
        if end < 0:
            self._refuse("unclosed comment", start)
        if after_delimiter(self._text, end + 2) < 0:
            self._refuse("comment ends before closing delimiter", start)
        return Action(COMMENT), end + 2

    def _refuse(self, message: str, position: int) -> NoReturn:
        token = (ERROR, message, position)
        self._tokens = [token]
        self._furthest = 0
        self._unexpected(token, "input")

    def _exact_action(self) -> Action:
        """Read action = [ keyword ] … "}}"."""
        kind = self._peek_word()[0]
        token = self._next()
        if kind == "define" and not self._blocks:
            return self._exact_define()
        self._started = self._base - 2
        if kind not in KEYWORDS:
            self._back()
            return self._exact_pipeline("", "command")
        if kind in CONDITIONS or kind == "range":
            return self._exact_pipeline(kind, kind)
        if kind == "else":
            return self._exact_else()
        if kind in {"template", "block"}:
            return self._exact_inclusion(kind)
        if kind == "define":
            self._unexpected(token, "command")
        self._expect_right(kind if kind == "end" else f"{{{{{kind}}}}}")
        return Action(kind)

    def _exact_pipeline(self, keyword: str, context: str) -> Action:
        outside, self._deepest = self._deepest, self._nesting
        pipe = self._pipeline(context, RIGHT)
        depth = self._deepest - self._nesting
        self._deepest = max(self._deepest, outside)
        return Action(keyword, pipe, depth)

    def _exact_else(self) -> Action:
        following = self._peek_word()[0]
        if following not in CONDITIONS:
            self._expect_right("else")
            return Action("else")
        self._at = self._tokens[self._furthest][2]
        block = self._else_of()
        self._started = -1
        token = self._next_word()
        if block.keyword != following:
            self._unexpected(token, "input")
        self._leave_body(block)
        self.bound.append(ELSE_IF)  # as above
        return self._exact_pipeline(ELSE_IF, following)

    def _exact_define(self) -> Action:
        """Read define = "define" string "}}"; the keyword is read."""
        context = "define clause"
        name = self._template_name(self._next_word(), context)
        self._expect_right(context)
        return Action("define", name=name)

    def _exact_inclusion(self, keyword: str) -> Action:
        """Read template = "template" string [ pipeline ] "}}", block = "block" string pipeline "}}"."""
        context = f"{keyword} clause"
        token = self._next_word()
        name = self._template_name(token, context)
        position = token[2] - self._base
        if keyword == "template" and self._next_word()[0] == RIGHT:
            return Action("", TemplateNode(position, name, None))
        if keyword == "template":
            self._back()
        return _naming(self._exact_pipeline("", context), keyword, name, position)

    def _template_name(self, token: Token, context: str) -> str:
        if token[0] not in STRINGS:
            self._unexpected(token, context)
        return self._unquote(token)


def _naming(action: Action, keyword: str, name: str, position: int) -> Action:
    """Make the action of a pipeline that of a template's inclusion, or of a block."""
    assert isinstance(action.node, PipeNode)
    action.node = TemplateNode(position, name, action.node)
    if keyword == "block":
        action.keyword, action.name = keyword, name
    return action
