"""Trees that many renders executed, as Python functions: what closures do, without their calls.

A tiller renders the same charts for years. A tree that enough renders executed is written as
Python source, compiled, and run from then on in place of its closures: together with
``memory``, prometheus-operator renders in 12 ms of processor time where closures take 21. What is written has a fixed alphabet: names of ours and numbers. Texts, names of
fields and constants are handed over as objects under such names, so there is nothing to escape.

The function knows the usual way only. Where a value is not what it expects, the closure of that one
action runs in its place and gives the value, or the error in Go's words; what is rare is left to
closures from the start. So there is one definition of what an action means: ``expressions``.
"""

from __future__ import annotations

from contextlib import contextmanager

from helmpy.gotemplate import detour, expressions, runtime
from helmpy.gotemplate.arguments import check_count, constant, ideal, param_at
from helmpy.gotemplate.builtins import BUILTINS
from helmpy.gotemplate.errors import ExecError
from helmpy.gotemplate.memory import Plainness
from helmpy.gotemplate.nodes import (
    CONSTANTS,
    BreakNode,
    ChainNode,
    CommandNode,
    ConditionNode,
    ContinueNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    ListNode,
    NilNode,
    Node,
    PipeNode,
    RangeNode,
    TemplateNode,
    Tree,
    VariableNode,
    WithNode,
)
from helmpy.gotemplate.vocabulary import forget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from helmpy.gocompat.function import GoFunc
    from helmpy.gotemplate.run import Body, Run

    Functions = Mapping[str, GoFunc]

_DEEPEST = 8  # blocks inside each other; what is deeper is left to closures (Python's own limit is 20)
_MOST = 100_000  # lines of all functions, which take 0.5 KB each: some 50 MB
_LARGEST = 4_000  # lines of a function; 23 ms to write and compile a thousand


class _Left(Exception):
    """An action that is left to its closure."""


class Hot:
    """A tree's function before it knows the template functions of a render, which most renders share.

    ``needed`` are those that it calls, by name, each with whether it does that one's work itself;
    ``asked`` those that it looks up at each call.
    """

    __slots__ = ("_asked", "_body", "_bound", "_link", "_needed", "_plain", "_root", "includes")

    def __init__(
        self,
        root: ListNode,
        link: Callable[..., Body] | None,
        needed: list[tuple[str, GoFunc, bool]],
        asked: list[tuple[str, GoFunc]],
    ) -> None:
        self._root = root
        self._plain: bool | None = None
        self.includes: list[str] = []
        self._link = link
        self._needed = needed
        self._asked = asked
        self._bound: list[tuple[str, GoFunc]] = []
        self._body: Body | None = None

    def bind(self, functions: Functions) -> Body | None:
        """Return the tree's function for a render's functions, None where closures are to execute it.

        That is where the tree is too large, and where functions by these names have other parameters.
        """
        for name, known in self._asked:
            function = functions[name]
            if function.params != known.params or function.pure:
                return None
        for name, known in self._bound:
            if functions[name] is not known:
                break
        else:
            if self._body is not None:
                return self._body
        return self._bind(functions)

    def plainness(self, run: Run) -> bool:
        """Whether the tree is plain if those in ``includes`` are; see ``memory``."""
        if self._plain is None:
            if run.memory is None:
                return False
            looked = Plainness(self._root, run.functions, run.memory)
            self._plain, self.includes = looked.plain, looked.includes
        return self._plain

    def _bind(self, functions: Functions) -> Body | None:
        if self._link is None:
            return None
        bound = []
        for name, known, inlined in self._needed:
            function = functions[name]
            if function.params != known.params or not function.pure or (inlined and function.call is not known.call):
                return None
            bound.append((name, function))
        body = self._link(*[function.call for _, function in bound])
        self._bound, self._body = bound, body
        return body


class _Written:
    """How much was written since all was forgotten: a server meets more charts than memory has room for."""

    lines = 0


def heat(tree: Tree, functions: Functions) -> Hot:
    """Return the tree as a function."""
    if _Written.lines > _MOST:
        _Written.lines = 0
        forget()
    writer = _Writer(functions)
    try:
        writer.block(tree.root, "d0")
    except _Left:
        return Hot(tree.root, None, [], [])
    _Written.lines += writer.lines
    return writer.made(tree.root)


class _Writer:
    """Writes one function. ``dot`` is the local variable that holds the dot where the writer is."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._lines: list[str] = []
        self._indent = 2
        self._space: dict[str, Any] = dict(detour.NAMES)
        self._known: dict[tuple[type, Any], str] = {}
        self._needed: dict[str, tuple[int, GoFunc, bool]] = {}
        self._asked: dict[str, GoFunc] = {}
        self._temporaries = 0
        self._depth = 0
        self.dot = "d0"

    def made(self, root: ListNode) -> Hot:
        """Compile what was written."""
        needed = list(self._needed)
        calls = ", ".join(f"c{number}" for number in range(len(needed)))
        source = "\n".join(
            [
                f"def link({calls}):",
                " def body(frame):",
                "  d0, _, run, append = frame[:4]",
                "  room = run.room",
                "  written = 0",
                *self._lines,
                "  run.room -= written",
                "  if run.room < 0: raise out_of_room(run, root)",
                " return body",
            ]
        )
        exec(compile(source, "<hot template>", "exec"), self._space)  # noqa: S102 - nothing in it is anybody's but ours
        return Hot(
            root, self._space["link"], [(name, *self._needed[name][1:]) for name in needed], list(self._asked.items())
        )

    # Lines and names

    @property
    def lines(self) -> int:
        """How many lines were written."""
        return len(self._lines)

    def _line(self, text: str) -> None:
        self._lines.append(" " * self._indent + text)

    @contextmanager
    def _indented(self, head: str) -> Iterator[None]:
        self._line(head)
        self._indent += 1
        before = len(self._lines)
        yield
        if len(self._lines) == before:
            self._line("pass")
        self._indent -= 1

    def _object(self, value: Any) -> str:
        """Return the name under which the function finds an object; texts of equal content share one."""
        key = (value.__class__, value) if value.__class__ is str else (value.__class__, id(value))
        name = self._known.get(key)
        if name is None:
            name = self._known[key] = f"k{len(self._known)}"
            self._space[name] = value
        return name

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"t{self._temporaries}"

    def _function(self, name: str, *, inlined: bool = False) -> str:
        number, function, before = self._needed.get(name) or (len(self._needed), self._functions[name], False)
        self._needed[name] = (number, function, before or inlined)
        return f"c{number}"

    # Lists

    def block(self, node: ListNode, dot: str) -> None:
        """Write a list."""
        if len(self._lines) > _LARGEST:
            raise _Left
        if node.operations is None:
            runtime.build(node, self._functions)
        operations = node.operations
        assert operations is not None
        outer, self.dot = self.dot, dot
        here = self._object(node)
        self._space.setdefault("root", node)
        self._line(f"steps = run.steps = run.steps - {len(operations) + 1}")
        self._line(f"if steps < 0: raise out_of_steps(run, {here})")
        if node.size:
            self._line(f"written += {node.size}")
            self._line(f"if written > room: raise out_of_room(run, {here})")
        children = [child for child in node.nodes if not _is_text(child)]
        index_of_child = 0
        for index, operation in enumerate(operations):
            if operation.__class__ is str:
                self._line(f"append({self._object(operation)})")
                continue
            self._operation(children[index_of_child], here, index)
            index_of_child += 1
        self.dot = outer

    def _operation(self, node: Any, here: str, index: int) -> None:
        mark, outer, indent, depth = len(self._lines), self.dot, self._indent, self._depth
        self._temporaries = 0
        try:
            if isinstance(node, PipeNode):
                self._action(node, here, index)
            elif isinstance(node, ConditionNode):
                self._condition(node, here, index)
            elif isinstance(node, RangeNode):
                self._range(node, here, index)
            elif isinstance(node, TemplateNode):
                self._inclusion(node, here, index)
            else:
                raise _Left  # noqa: TRY301 - as everywhere below
        except _Left:
            if len(self._lines) > _LARGEST:
                raise
            del self._lines[mark:]
            self.dot, self._indent, self._depth = outer, indent, depth
            if isinstance(node, PipeNode) and not node.variables:
                self._line(f"v = again(frame, {here}, {index})")
                self._output(here, index)
            else:
                self._line(f"again(frame, {here}, {index})")

    @contextmanager
    def _tried(self, missed: str, failed: str) -> Iterator[None]:
        """Write the usual way, and ``missed`` for where it ends."""
        with self._indented("try:"):
            yield
        self._line(f"except MISSED: {missed}")
        self._line(f"except ExecError as error: raise {failed}")

    def _action(self, pipe: PipeNode, here: str, index: int) -> None:
        if pipe.variables:
            with self._tried(f"again(frame, {here}, {index})", f"told(error, {here}, {index})"):
                self._usual_pipeline(pipe)
            return
        with self._tried(f"v = again(frame, {here}, {index})", f"told(error, {here}, {index})"):
            self._line(f"v = {self._usual_pipeline(pipe)}")
        self._output(here, index)

    def _output(self, here: str, index: int) -> None:
        self._line(f"if v.__class__ is not str: v = shown(v, {here}, {index})")
        self._line("written += len(v)")
        self._line(f"if written > room: raise out_of_room(run, {here})")
        self._line("append(v)")

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        yield
        self._depth -= 1

    def _body(self, node: ListNode, dot: str) -> None:
        if self._depth >= _DEEPEST:
            self._line(f"run_list({self._object(node)}, frame)")
        else:
            with self._deeper():
                self.block(node, dot)

    def _condition(self, node: ConditionNode, here: str, index: int, *, chained: bool = False) -> None:
        name = self._object(node)
        failed = f"based(error, {name})" if chained else f"told(error, {here}, {index})"
        with self._tried(f"v = decided(frame, {name})", failed):
            self._line(f"v = {self._pipeline(node.pipe)}")
        with self._indented("if v:"):
            if isinstance(node, WithNode):
                dot = f"d{self._depth + 1}"
                self._line(f"frame[0] = {dot} = v")
                self._body(node.body, dot)
                self._line(f"frame[0] = {self.dot}")
            else:
                self._body(node.body, self.dot)
        if node.otherwise is None:
            return
        with self._indented("else:"):
            if node.chained and self._depth < _DEEPEST:
                following = node.otherwise.nodes[0]
                assert isinstance(following, ConditionNode)
                with self._deeper():
                    self._condition(following, here, index, chained=True)
            else:
                self._body(node.otherwise, self.dot)

    def _range(self, node: RangeNode, here: str, index: int) -> None:
        if _has_control(node.body) or self._depth >= _DEEPEST:
            raise _Left
        variables = node.pipe.variables
        if any(variable.slot < 0 for variable in variables):
            raise _Left
        keyed = len(variables) == 2
        dot, level = f"d{self._depth + 1}", self._depth
        again = f"again_{level}"
        with self._indented("try:"):
            value = self._pipeline(node.pipe)
            self._line(f"items{level} = pairs({value}, {self._object(node)}, keyed={keyed})")
            self._line(f"{again} = False")
        self._line(f"except MISSED: {again} = True")
        self._line(f"except ExecError as error: raise told(error, {here}, {index})")
        with self._indented(f"if {again}:"):
            self._line(f"again(frame, {here}, {index})")
        with self._indented("else:"):
            self._line(f"empty{level} = True")
            with self._indented(f"for key, {dot} in items{level}:"):
                self._line(f"empty{level} = False")
                if keyed:
                    self._line(f"frame[{variables[0].slot}] = key")
                slots = f"frame[{variables[-1].slot}] = " if variables else ""
                self._line(f"{slots}frame[0] = {dot}")
                self._body(node.body, dot)
            self._line(f"frame[0] = {self.dot}")
            if node.otherwise is not None:
                with self._indented(f"if empty{level}:"):
                    self._body(node.otherwise, self.dot)

    def _inclusion(self, node: TemplateNode, here: str, index: int) -> None:
        name, place = self._object(node.name), self._object(node)
        with self._indented("try:"):
            self._line(f"entry = run.templates[{name}]")
            self._line(f"v = {'None' if node.pipe is None else self._pipeline(node.pipe)}")
            self._line("missed = False")
        self._line("except MISSED: missed = True")
        self._line(f"except ExecError as error: raise told(error, {here}, {index})")
        with self._indented("if missed:"):
            self._line(f"again(frame, {here}, {index})")
        with self._indented("else:"):
            self._line(f"try: include(run, entry, v, append, {place})")
            self._line(f"except ExecError as error: raise told(error, {here}, {index})")

    # Values: each method writes what computes one and returns a name for it

    def _pipeline(self, pipe: PipeNode) -> str:
        """Write a pipeline, or a call of its closure."""
        mark, indent = len(self._lines), self._indent
        try:
            return self._usual_pipeline(pipe)
        except _Left:
            del self._lines[mark:]
            self._indent = indent
            return self._by_closure(runtime.evaluator(pipe, self._functions))

    def _usual_pipeline(self, pipe: PipeNode) -> str:
        value: str | None = None
        for command in pipe.commands:
            value = self._command(command, value)
        assert value is not None
        if pipe.variables:
            if any(variable.slot < 0 for variable in pipe.variables):
                raise _Left
            self._line(" = ".join([f"frame[{variable.slot}]" for variable in pipe.variables] + [value]))
        return value

    def _command(self, command: CommandNode, final: str | None) -> str:
        word, *arguments = command.arguments
        if isinstance(word, IdentifierNode):
            return self._call(word, command, arguments, final)
        if not arguments and final is None:
            if isinstance(word, NilNode):
                raise _Left
            return self._value(word)
        if final is not None or isinstance(word, (PipeNode, *CONSTANTS)) or _is_plain_variable(word):
            raise _Left
        return self._by_closure(expressions.command_of(command, self._functions, None, command))  # a method

    def _by_closure(self, closure: Any) -> str:
        value = self._temporary()
        self._line(f"{value} = {self._object(closure)}(frame)")
        return value

    def _value(self, node: Node) -> str:
        if isinstance(node, DotNode):
            return self.dot
        if isinstance(node, FieldNode):
            return self._fields(self.dot, node.names)
        if isinstance(node, VariableNode):
            if node.slot < 0:
                raise _Left
            return self._fields(f"frame[{node.slot}]", node.names)
        if isinstance(node, PipeNode):
            return self._usual_pipeline(node)
        if isinstance(node, IdentifierNode):
            return self._call(node, node, [], None)
        if isinstance(node, ChainNode):
            return self._fields(self._value(node.term), node.names)
        try:
            return "None" if isinstance(node, NilNode) else self._object(ideal(node))
        except ExecError:
            raise _Left from None

    def _fields(self, start: str, names: tuple[str, ...]) -> str:
        value = self._temporary()
        self._line(f"{value} = {start}" + "".join(f".get({self._object(name)})" for name in names))
        return value

    def _call(self, word: IdentifierNode, blamed: Node, arguments: list[Node], final: str | None) -> str:
        name = word.name
        if name in {"and", "or"}:
            return self._logic(name, arguments, final)
        function = self._functions[name]
        try:
            check_count(name, function.params, len(arguments), word, piped=final is not None)
        except ExecError:
            raise _Left from None
        values = [self._argument(node, param_at(function.params, at)) for at, node in enumerate(arguments)]
        if final is not None:
            ready = expressions.piped(function.params, arguments, detour.nothing, word)
            values.append(self._fitted(final, ready))
        result = self._temporary()
        builtin = function.call is getattr(BUILTINS.get(name), "call", None)
        given = ", ".join(values)
        if builtin and name == "not":
            self._function(name, inlined=True)
            self._line(f"{result} = not {given}")
        elif builtin and name in {"eq", "ne"} and len(values) == 2:
            left, right = values
            sign = "==" if name == "eq" else "!="
            call = self._function(name, inlined=True)
            test = f"{left}.__class__ is {right}.__class__ is {self._object(str)}"
            self._line(f"{result} = {left} {sign} {right} if {test} else {call}({given})")
        elif not function.pure:
            self._asked[name] = function
            self._line(f"{result} = {self._object(detour.executing(name, blamed))}(run, {given})")
        else:
            self._line(f"{result} = {self._function(name)}({given})")
        return result

    def _argument(self, node: Node, param: str) -> str:
        if type(node) in CONSTANTS and not isinstance(node, DotNode):
            try:
                value = constant(node, param)
            except ExecError:
                raise _Left from None
            if isinstance(value, (list, dict)):  # a nil map or slice: nobody's to share
                raise _Left
            return "None" if value is None else self._object(value)
        return self._fitted(self._value(node), expressions.argument_of(node, param, self._functions))

    def _fitted(self, value: str, argument: expressions.Argument) -> str:
        if argument.exact is None:
            return value
        fit = f"{self._object(argument.fit)}({value})"
        fitted = self._temporary()
        if argument.exact is expressions.Never:
            self._line(f"{fitted} = {fit}")
        else:
            self._line(f"{fitted} = {value} if {value}.__class__ is {self._object(argument.exact)} else {fit}")
        return fitted

    def _logic(self, name: str, arguments: list[Node], final: str | None) -> str:
        if not arguments and final is None:
            raise _Left
        result = self._temporary()
        indent = self._indent
        for at, node in enumerate(arguments):
            self._line(f"{result} = {self._value(node)}")
            if at + 1 < len(arguments) or final is not None:
                self._line(f"if {result}:" if name == "and" else f"if not {result}:")
                self._indent += 1
        if final is not None:
            self._line(f"{result} = {final}")
        self._indent = indent
        return result


def _is_text(node: Any) -> bool:
    """Whether a list's node became part of a text."""
    return node.__class__ is str or (node.__class__ is PipeNode and node.operation.__class__ is str)


def _is_plain_variable(word: Node) -> bool:
    return isinstance(word, VariableNode) and not word.names


def _has_control(node: ListNode) -> bool:
    """Whether ``break`` or ``continue`` belong to the range around this list."""
    for child in node.nodes:
        if isinstance(child, (BreakNode, ContinueNode)):
            return True
        if isinstance(child, ConditionNode) and (
            _has_control(child.body) or (child.otherwise is not None and _has_control(child.otherwise))
        ):
            return True
        if isinstance(child, RangeNode) and child.otherwise is not None and _has_control(child.otherwise):
            return True
    return False


__all__ = ["Hot", "heat"]
