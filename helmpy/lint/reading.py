"""Which values the templates of a chart and of its subcharts may read: their trees are walked, nothing is run.

Whatever is not understood is taken to read all that it is given, so what is not found here is read by
nobody. Templates that ``tpl`` makes of values and files are walked too.
"""

from __future__ import annotations

from helmpy.engine.functions import helm_functions
from helmpy.errors import HelmError
from helmpy.gotemplate.builtins import BUILTINS
from helmpy.gotemplate.limits import Limits
from helmpy.gotemplate.nodes import (
    BranchNode,
    ChainNode,
    CommandNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    IfNode,
    NumberNode,
    PipeNode,
    RangeNode,
    StringNode,
    TemplateNode,
    VariableNode,
)
from helmpy.gotemplate.parser import Parser
from helmpy.gotemplate.vocabulary import vocabulary
from helmpy.lint.handing import CHANGING, HANDING
from helmpy.lint.possible import DICT, NUMBER, OPAQUE, ROOT, TEXT, Reads, texts_of, union
from helmpy.sprig import functions as sprig_functions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from helmpy.gotemplate.nodes import ListNode, Node, Parsed, Tree
    from helmpy.gotemplate.vocabulary import Vocabulary
    from helmpy.lint.possible import Path, Possible

_MOST_CALLS = 20_000  # of templates with different arguments
_ROUNDS = 6  # over one template, until its variables hold nothing new


class Walk:
    """One look at templates. ``reads`` is what was found."""

    def __init__(self, dialect: int) -> None:
        functions = {**BUILTINS, **sprig_functions(dialect), **helm_functions(dialect)}
        self._vocabulary: Vocabulary = vocabulary(frozenset({*functions, "include", "tpl"}))
        self._defined: dict[str, list[Tree]] = {}
        self._calls: list[tuple[Tree, Possible]] = []
        self._called: set[tuple[int, Possible]] = set()
        self._rendered: set[Possible] = set()  # what tpl was given for dot
        self._texts: list[Tree] = []
        self.reads = Reads()

    def add(self, name: str, text: str, chart: Path) -> None:
        """Add a template file of the chart whose values are at a path. Raises TemplateError."""
        parsed = self._parsed(name, text)
        self._define({name: parsed.main, **parsed.defines})
        self._call(parsed.main, frozenset({(ROOT, chart)}))

    def run(self, texts: Iterable[str]) -> Reads:
        """Follow all that was added; ``texts`` are values and files that ``tpl`` may be given."""
        self._follow()
        if self._rendered and not self.reads.everything:
            for text in texts:
                self._render(text)
            self._follow()
        return self.reads

    def _follow(self) -> None:
        while self._calls and not self.reads.everything:
            tree, dot = self._calls.pop()
            _Body(self, dot).walk(tree)
            if len(self._called) > _MOST_CALLS:
                self.reads.give_up()

    def _parsed(self, name: str, text: str) -> Parsed:
        known = self._vocabulary.parsed(text)
        if known is not None:
            return known
        parsed = Parser(name, text, self._vocabulary, Limits().nesting).parse()
        self._vocabulary.keep(text, parsed)
        return parsed

    def _define(self, trees: dict[str, Tree]) -> None:
        for name, tree in trees.items():
            self._defined.setdefault(name, []).append(tree)

    def _call(self, tree: Tree, dot: Possible) -> None:
        key = (id(tree), dot)
        if key not in self._called:
            self._called.add(key)
            self._calls.append((tree, dot))

    def include(self, name: Possible, dot: Possible) -> None:
        """Walk the templates that a name may mean, all of them where it can't be told."""
        dot = self.reads.bounded(dot)
        names = texts_of(name)
        for each in self._defined if names is None else names:
            for tree in self._defined.get(each, ()):
                self._call(tree, dot)

    def tpl(self, text: Possible, dot: Possible, words: Node) -> None:
        """Walk what ``tpl`` may be given as a text; ``words`` is the expression that makes it."""
        self.reads.escape(text)
        self._render_with(dot)
        pieces = [piece for piece in _constants(words) if "{{" in piece or "}}" in piece]
        if not all(map(self._render, pieces)):
            self._assemble(pieces, dot)

    def _assemble(self, pieces: list[str], dot: Possible) -> None:
        """Walk a template that is put together of pieces around values; what stands between may have any dot."""
        if not self._render(" ".join(pieces)):
            self.reads.give_up()
        for one in dot:
            for _, inner in one[1] if one[0] is DICT else ():
                self.reads.escape(frozenset(each for each in inner if each[0] is not ROOT))
                roots = frozenset(each for each in inner if each[0] is ROOT)
                if roots:
                    self._render_with(roots)

    def _render_with(self, dot: Possible) -> None:
        dot = self.reads.bounded(dot)
        if dot not in self._rendered:
            self._rendered.add(dot)
            for tree in self._texts:
                self._call(tree, dot)

    def _render(self, text: str) -> bool:
        """Walk a text that may be a template; tell whether it is one."""
        if "{{" not in text and "}}" not in text:
            return True
        try:
            parsed = self._parsed("tpl", text)
        except HelmError:
            return False  # nor can tpl make anything of it
        self._define(parsed.defines)
        self._texts.append(parsed.main)
        for dot in self._rendered:
            self._call(parsed.main, dot)
        return True


def _constants(node: Node) -> Iterable[str]:
    """The string constants of an expression."""
    if isinstance(node, StringNode):
        yield node.value
    elif isinstance(node, PipeNode):
        for command in node.commands:
            yield from _constants(command)
    elif isinstance(node, CommandNode):
        for word in node.arguments:
            yield from _constants(word)
    elif isinstance(node, ChainNode):
        yield from _constants(node.term)


class _Body:
    """The body of one template with one dot; ``variables`` hold whatever was put into them anywhere."""

    def __init__(self, walk: Walk, dot: Possible) -> None:
        self._walk = walk
        self._reads = walk.reads
        self._dot = dot
        self._variables: dict[tuple[str, int], Possible] = {}

    def walk(self, tree: Tree) -> None:
        for _ in range(_ROUNDS):
            before = dict(self._variables)
            self._list(tree.root, self._dot)
            if self._variables == before or self._reads.everything:
                return
        for possible in self._variables.values():
            self._reads.escape(possible)

    def _list(self, nodes: ListNode, dot: Possible) -> None:
        for node in nodes.nodes:
            if isinstance(node, PipeNode):
                found = self._pipe(node, dot)
                if not node.variables:
                    self._reads.escape(found)
            elif isinstance(node, BranchNode):
                self._branch(node, dot)
            elif isinstance(node, TemplateNode):
                given = OPAQUE if node.pipe is None else self._pipe(node.pipe, dot)
                self._walk.include(frozenset({(TEXT, node.name)}), given)

    def _branch(self, node: BranchNode, dot: Possible) -> None:
        if isinstance(node, RangeNode):
            self._range(node, dot)
            return
        found = self._pipe(node.pipe, dot)
        self._reads.test(found)
        self._list(node.body, dot if isinstance(node, IfNode) else found)
        if node.otherwise is not None:
            self._list(node.otherwise, dot)

    def _range(self, node: RangeNode, dot: Possible) -> None:
        elements = self._reads.elements(self._pipe(node.pipe, dot, assign=False))
        variables = node.pipe.variables
        if len(variables) == 2:
            self._assign(variables[0], OPAQUE)
        if variables:
            self._assign(variables[-1], elements)
        self._list(node.body, elements)
        if node.otherwise is not None:
            self._list(node.otherwise, dot)

    def _assign(self, variable: VariableNode, possible: Possible) -> None:
        self._add((variable.name, variable.slot), possible)

    def _add(self, key: tuple[str, int], possible: Possible) -> None:
        self._variables[key] = self._reads.bounded(self._variables.get(key, frozenset()) | possible)

    def _pipe(self, pipe: PipeNode, dot: Possible, *, assign: bool = True) -> Possible:
        found: Possible | None = None
        words: Node = pipe
        for command in pipe.commands:
            found = self._command(command, dot, found, words)
        assert found is not None, "a pipeline has a command"
        if assign:
            for variable in pipe.variables:
                self._assign(variable, found)
        return found

    def _command(self, command: CommandNode, dot: Possible, piped: Possible | None, pipe: Node) -> Possible:
        first, *rest = command.arguments
        given = [self._term(word, dot) for word in rest]
        if piped is not None:
            given.append(piped)
        if isinstance(first, IdentifierNode):
            return self._function(first.name, given, rest, pipe)
        for one in given:
            self._reads.escape(one)  # a method's
        return self._term(first, dot)

    def _function(self, name: str, given: Sequence[Possible], words: Sequence[Node], pipe: Node) -> Possible:
        if name == "include" and len(given) == 2:
            self._walk.include(given[0], given[1])
            return OPAQUE
        if name == "tpl" and len(given) == 2:
            self._walk.tpl(given[0], given[1], words[0] if len(words) == 2 else pipe)
            return OPAQUE
        handler = HANDING.get(name)
        if handler is not None:
            found = handler(self._reads, given)
            if name in CHANGING and given:
                self._change(given, words, found)
            return found
        for one in given:
            self._reads.escape(one)
        return OPAQUE

    def _change(self, given: Sequence[Possible], words: Sequence[Node], result: Possible) -> None:
        """Let the variables that hold a dictionary hold what becomes of it."""
        if words and isinstance(words[0], VariableNode) and not words[0].names and words[0].name != "$":
            changed = {one for one in given[0] if one[0] is DICT}
            for key, possible in list(self._variables.items()):
                if key == (words[0].name, words[0].slot) or changed & possible:
                    self._add(key, result)
        elif not (words and isinstance(words[0], PipeNode)):  # what is made in its place has no other name
            self._reads.escape(union(given[1:]))

    def _term(self, node: Node, dot: Possible) -> Possible:
        if isinstance(node, FieldNode):
            return self._reads.fields(dot, node.names)
        if isinstance(node, DotNode):
            return dot
        if isinstance(node, VariableNode):
            held = self._dot if node.name == "$" else self._variables.get((node.name, node.slot), OPAQUE)
            return self._reads.fields(held, node.names)
        if isinstance(node, StringNode):
            return frozenset({(TEXT, node.value)})
        if isinstance(node, NumberNode) and node.as_int is not None:
            return frozenset({(NUMBER, node.as_int)})
        if isinstance(node, PipeNode):
            return self._pipe(node, dot)
        if isinstance(node, ChainNode):
            return self._reads.fields(self._term(node.term, dot), node.names)
        if isinstance(node, IdentifierNode):
            return self._function(node.name, (), (), node)
        return OPAQUE
