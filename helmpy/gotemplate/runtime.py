"""Templates at work: sets of them, their execution, the limits it keeps to.

The tree is walked; a list's statements and pipelines become closures when the list is first
executed and stay on the tree, which is shared by everybody who parses the same text.
"""

from __future__ import annotations

from _operator import length_hint

from helmpy.errors import HelmError
from helmpy.gocompat.function import GoFunc
from helmpy.gocompat.kinds import GoObject
from helmpy.gocompat.text import sprint
from helmpy.gocompat.text_quote import quote, to_text
from helmpy.gocompat.text_types import sorted_keys
from helmpy.gotemplate import stack
from helmpy.gotemplate.builtins import BUILTINS, NO_VALUE
from helmpy.gotemplate.errors import ExecError, LimitExceeded, TemplateError, place
from helmpy.gotemplate.expressions import SILENT, Silent, last_of_pipeline, pipeline
from helmpy.gotemplate.limits import Limits
from helmpy.gotemplate.memory import forgetting, text_of
from helmpy.gotemplate.nodes import (
    ActionNode,
    BreakNode,
    ConditionNode,
    ContinueNode,
    ListNode,
    Node,
    Parsed,
    PipeNode,
    RangeNode,
    TemplateNode,
    Tree,
    WithNode,
)
from helmpy.gotemplate.run import Run
from helmpy.gotemplate.vocabulary import vocabulary
from helmpy.gotemplate.watch import Stopped, Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from helmpy.gotemplate.nodes import Evaluator, Frame
    from helmpy.gotemplate.run import Body, Entry, Memory
    from helmpy.gotemplate.vocabulary import Vocabulary
    from helmpy.store import Store, Texts

# Renders that execute a tree before it is hot: fewer than that do not pay for compiling it.
HOT = 8
HEATED = 24  # trees that one render compiles, 4 ms each: all 236 of prometheus-operator at once would take a second

# Frames that one level of a template's nesting takes, and a template by itself with what calls it.
_FRAMES_PER_NESTING = 2
_FRAMES_PER_TEMPLATE = 16


class _Break(Exception):
    """``{{break}}`` on its way to its range."""


class _Continue(Exception):
    """``{{continue}}`` on its way to its range."""


class TemplateSet:
    """Templates that know each other by name, executed under one budget.

    A set serves one render in one thread at a time; functions may call ``execute`` and
    ``execute_text`` again while it runs. ``functions`` may be changed until the first ``parse``.
    ``name`` is what messages call the set. ``old_parentheses`` lets ``(a) b`` pass and gives ``(a)``,
    as Go did when Helm 2 was built. ``watch`` stops what runs too long. With a ``memory`` the set keeps what
    plain templates wrote (see ``memory``) and writes it again.
    """

    def __init__(
        self,
        functions: Mapping[str, GoFunc],
        *,
        limits: Limits | None = None,
        name: str = "gotpl",
        old_parentheses: bool = False,
        watch: Watch | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.functions: dict[str, GoFunc] = {**BUILTINS, **functions}
        self.limits = limits or Limits()
        self.name = name
        self._run = Run(self.functions, self.limits, memory)
        if memory is not None:
            for changing in memory.changing & self.functions.keys():
                self.functions[changing] = forgetting(self.functions[changing], self._run.kept)
        self._run.old_parentheses = old_parentheses
        self._vocabulary: Vocabulary | None = None
        if watch is not None:
            watch.add(self._run.stop)

    def parse(self, name: str, text: str) -> None:
        """Add a text as template ``name`` with all that it defines; later ones replace earlier ones.

        A define with nothing but white space replaces none. Raises TemplateError.
        """
        parsed = self._parse(name, text)
        self._add(self._run.templates, name, parsed)
        self._run.forget()

    def parse_all(self, texts: Texts, store: Store) -> None:
        """Add texts as ``parse`` does, in order; ``store`` may know what they parse to, and is told if it does not.

        ``texts`` are names and UTF-8. An error's ``name`` tells which text it is about. Raises TemplateError.
        """
        from helmpy.gotemplate import parses

        place = parses.place(texts, self.functions, self.limits.nesting, store)
        found = parses.restore(place)
        if found is None:
            found = [self._parse(name, to_text(data)) for name, data in texts]
            parses.keep(place, found)
        for (name, _), parsed in zip(texts, found, strict=True):
            self._add(self._run.templates, name, parsed)
        self._run.forget()

    def has(self, name: str) -> bool:
        """Whether there is a template of that name."""
        return name in self._run.templates

    def execute(self, name: str, data: Any) -> str:
        """Return the template's output for ``data``; absent values stay ``<no value>``. Raises TemplateError."""
        entry = self._run.templates.get(name)
        if entry is None:
            raise TemplateError(
                f"template: no template {quote(name)} associated with template {quote(self.name)}", name=name
            )
        run = self._run
        if data is run.root and run.depth:
            return text_of(run, entry, data, lambda: self._execute(name, entry, data))
        return self._execute(name, entry, data)

    def execute_text(self, name: str, text: str, data: Any) -> str:
        """Return the output of a text that is in no set, but sees this one's templates.

        What it defines replaces the set's templates while it runs, and is gone after.
        Raises TemplateError.
        """
        if "{{" not in text:
            return text
        parsed = self._parse(name, text)
        run = self._run
        outside = run.templates
        if parsed.defines:
            run.templates = dict(outside)
            self._add(run.templates, name, parsed)
            run.forget()
        try:
            return self._execute(name, (parsed.main, name), data)
        finally:
            if parsed.defines:
                run.templates = outside
                run.forget()

    def _parse(self, name: str, text: str) -> Parsed:
        if self._run.stopped:
            raise Stopped(name)
        known = self._vocabulary
        if known is None:
            known = self._vocabulary = vocabulary(frozenset(self.functions))
        parsed = known.parsed(text)
        if parsed is not None and parsed.nesting <= self.limits.nesting and name not in parsed.defines:
            return parsed
        from helmpy.gotemplate.parser import Parser  # 3 ms, not needed where a store knows all texts

        parsed = Parser(name, text, known, self.limits.nesting).parse()
        if name not in parsed.defines:
            known.keep(text, parsed)
        return parsed

    @staticmethod
    def _add(templates: dict[str, Entry], name: str, parsed: Parsed) -> None:
        for defined, tree in ((name, parsed.main), *parsed.defines.items()):
            if defined not in templates or not tree.empty:
                templates[defined] = (tree, name)

    def _execute(self, name: str, entry: Entry, data: Any) -> str:
        run = self._run
        tree, parse_name = entry
        out: list[str] = []
        depth, calls, frames = run.depth, run.calls, run.frames
        if depth == 0:
            run.frames = stack.free_frames()
            if run.memory is not None:
                run.root = data
        run.calls = calls + 1
        try:
            if calls < run.limits.calls:
                run_template(run, name, entry, new_frame(run, entry, data, out.append), None)
                return "".join(out)
            fault: ExecError = LimitExceeded(
                tree.root.position, f"exceeded maximum depth of calls ({run.limits.calls})"
            )
        except ExecError as error:
            fault = error
        except RecursionError:
            fault = LimitExceeded(tree.root.position, "nested too deep")
        finally:
            run.depth, run.calls, run.frames = depth, calls, frames
        raise _located(fault, name, tree.text, parse_name)


def run_included(run: Run, entry: Entry, data: Any, append: Callable[[str], None], node: TemplateNode) -> None:
    """Execute a template for ``{{template}}``."""
    name = node.name
    if data is not run.root:
        run_template(run, name, entry, new_frame(run, entry, data, append), node)
        return

    def execute() -> str:
        out: list[str] = []
        run_template(run, name, entry, new_frame(run, entry, data, out.append), node)
        return "".join(out)

    append(text_of(run, entry, data, execute))


def new_frame(run: Run, entry: Entry, data: Any, append: Callable[[str], None]) -> Frame:
    frame: Frame = [None] * entry[0].slots
    frame[0] = frame[1] = data
    frame[2] = run
    frame[3] = append
    return frame


def run_template(run: Run, name: str, entry: Entry, frame: Frame, node: Node | None) -> None:
    """Execute a template; ``node`` is the action that asked for it."""
    tree, parse_name = entry
    if run.depth >= run.limits.depth:
        raise _too_deep(run.limits.depth, tree, node)
    cost = tree.nesting * _FRAMES_PER_NESTING + _FRAMES_PER_TEMPLATE
    left = run.frames
    run.depth += 1
    try:
        if left >= cost:
            run.frames = left - cost
            body = run.bodies.get(tree, _UNKNOWN)
            if body is _UNKNOWN:
                body = run.bodies[tree] = _body(run, tree)
            if body is None:
                run_list(tree.root, frame)
            else:
                body(frame)
        else:
            run.frames = stack.fresh_frames() - cost
            stack.continue_in_thread(lambda: run_list(tree.root, frame))
    except ExecError as error:
        failure = _located(error, name, tree.text, parse_name)
    except stack.NoThread as error:
        raise _too_deep(run.depth, tree, node) from error
    else:
        run.frames = left
        run.depth -= 1
        return
    raise failure


_UNKNOWN: Any = object()


def _body(run: Run, tree: Tree) -> Body | None:
    """Return what executes a tree in this render in place of its closures, None for closures."""
    hot = tree.hot
    if hot is None:
        tree.renders += 1
        if tree.renders < HOT or run.heated >= HEATED:
            return None
        run.heated += 1
        from helmpy.gotemplate.hot import heat  # not needed by a process that renders once

        hot = tree.hot = heat(tree, run.functions)
    return hot.bind(run.functions)


def _too_deep(depth: int, tree: Tree, node: Node | None) -> ExecError:
    message = f"exceeded maximum template depth ({depth})"
    return LimitExceeded(tree.root.position, message) if node is None else ExecError(node, message)


def _located(error: ExecError, name: str, text: str, parse_name: str) -> TemplateError:
    """Return the error with its place: the innermost one where a template called another."""
    line, column, source_line = place(text, error.base + error.node.position)
    at = "" if isinstance(error, LimitExceeded) else f" at <{error.node}>"
    message = f"template: {parse_name}:{line}:{column}: executing {quote(name)}{at}: {error.message}"
    origin = error.origin
    if origin is not None and origin.line:
        return TemplateError(
            message, name=origin.name, line=origin.line, column=origin.column, source_line=origin.source_line
        )
    return TemplateError(message, name=parse_name, line=line, column=column, source_line=source_line)


def run_list(node: ListNode, frame: Frame) -> None:
    """Execute text and actions one after the other."""
    operations = node.operations
    if operations is None:
        operations = build(node, frame[2].functions)
    run = frame[2]
    append = frame[3]
    run.steps -= len(operations) + 1
    if run.steps < 0:
        raise LimitExceeded(node.position, run.stopped or f"exceeded maximum number of steps ({run.limits.steps})")
    written = node.size
    room = run.room
    pending = iter(operations)
    try:
        for operation in pending:
            if operation.__class__ is str:
                append(operation)
                continue
            value = operation(frame)
            if value.__class__ is not str:
                if value is SILENT:
                    continue
                value = shown(value)
            written += len(value)
            if written > room:
                raise LimitExceeded(node.position, f"exceeded maximum output ({run.limits.output} characters)")
            append(value)
    except ExecError as error:
        if error.base < 0:
            tell_base(error, node, len(operations) - length_hint(pending) - 1)
        raise
    run.room -= written
    if run.room < 0:
        raise LimitExceeded(node.position, f"exceeded maximum output ({run.limits.output} characters)")


# Stands for an action whose value cannot be printed.
_ACTION = Node(0)


def shown(value: Any) -> str:
    if value is None:
        return NO_VALUE
    try:
        return value.printed() if isinstance(value, GoObject) else sprint(value)
    except HelmError as error:
        raise ExecError(_ACTION, str(error)) from error


def tell_base(error: ExecError, node: ListNode, index: int) -> None:
    """Complete an error of the list's operation ``index`` by the place of the action."""
    error.base = node.origins[index]
    if error.node is _ACTION:
        pipe = node.nodes[node.places.index(error.base)]
        assert isinstance(pipe, PipeNode)
        error.node = ActionNode(pipe)


def build(node: ListNode, functions: Mapping[str, GoFunc]) -> list[Any]:
    """Make a list's operations: texts, closures whose values print, or closures that give SILENT.

    Constants are text, and texts in a row are one: a dashboard full of ``{{`{{`}}`` runs in no time.
    """
    operations: list[Any] = []
    origins: list[int] = []
    texts: list[str] = []
    size = 0
    for child, offset in zip((*node.nodes, None), (*node.places, 0), strict=True):
        operation: Any = child
        if child.__class__ is PipeNode:
            operation = child.operation
            if operation is None:
                operation = child.operation = _action(child, functions)
        elif child.__class__ is not str and child is not None:
            operation = _statement(child, functions)  # type: ignore[arg-type]  # what else there is
        if operation.__class__ is str:
            texts.append(operation)
            continue
        if texts:
            operations.append(texts[0] if len(texts) == 1 else "".join(texts))
            origins.append(-1)  # text does not fail
            size += len(operations[-1])
            texts.clear()
        if operation is not None:
            operations.append(operation)
            origins.append(offset)
    node.size, node.origins, node.operations = size, origins, operations
    return operations


def _statement(node: Node, functions: Mapping[str, GoFunc]) -> Any:
    """Return the operation of anything but text and pipelines."""
    if isinstance(node, ConditionNode):
        return _condition(node, functions)
    if isinstance(node, TemplateNode):
        if node.operation is None:
            node.operation = _inclusion(node, functions)
        return node.operation
    if isinstance(node, RangeNode):
        return _range(node, functions)
    assert isinstance(node, (BreakNode, ContinueNode))
    return _leave(_Break if isinstance(node, BreakNode) else _Continue)


def evaluator(pipe: PipeNode, functions: Mapping[str, GoFunc]) -> Evaluator:
    """Return the closure of a pipeline, one for all places where the same action stands."""
    evaluate: Evaluator | None = pipe.operation
    if evaluate is None:
        evaluate = pipe.operation = pipeline(pipe, functions)
    return evaluate


def _action(pipe: PipeNode, functions: Mapping[str, GoFunc]) -> Any:
    constant = pipe.constant
    if constant is not None:
        return constant
    evaluate = pipeline(pipe, functions)
    return _silently(evaluate) if pipe.variables else evaluate


def _silently(evaluate: Evaluator) -> Evaluator:
    def silent(frame: Frame) -> Silent:
        evaluate(frame)
        return SILENT

    return silent


def _leave(way: type[Exception]) -> Evaluator:
    def leave(_: Frame) -> Silent:
        raise way

    return leave


def _condition(first: ConditionNode, functions: Mapping[str, GoFunc]) -> Evaluator:
    """Return the closure of ``if`` or ``with`` and all its ``else if``."""
    narrows = isinstance(first, WithNode)
    body, otherwise = first.body, first.otherwise
    evaluate = evaluator(first.pipe, functions)

    def decide(frame: Frame) -> Silent:
        if evaluate(frame):
            run_list(body, frame)
        elif otherwise is not None:
            run_list(otherwise, frame)
        return SILENT

    def condition(frame: Frame) -> Silent:
        node = first
        while True:
            try:
                value = evaluator(node.pipe, frame[2].functions)(frame)
            except ExecError as error:
                if error.base < 0:
                    error.base = node.origin
                raise
            if value:
                if narrows:
                    dot = frame[0]
                    frame[0] = value
                    try:
                        run_list(node.body, frame)
                    finally:
                        frame[0] = dot
                else:
                    run_list(node.body, frame)
                return SILENT
            otherwise = node.otherwise
            if otherwise is None:
                return SILENT
            if not node.chained:
                run_list(otherwise, frame)
                return SILENT
            node = otherwise.nodes[0]  # type: ignore[assignment]  # a chained node has nothing else there

    return condition if narrows or first.chained else decide


def _range(node: RangeNode, functions: Mapping[str, GoFunc]) -> Evaluator:
    evaluate = evaluator(node.pipe, functions)
    variables = node.pipe.variables
    slots = [variable.slot for variable in variables]
    item_slot = slots[-1] if slots else 0
    key_slot = slots[0] if len(slots) == 2 else 0
    body = node.body

    def loop(frame: Frame) -> Silent:
        value = evaluate(frame)
        dot = frame[0]
        empty = True
        try:
            for key, item in pairs(value, node, keyed=bool(key_slot)):
                empty = False
                if key_slot:
                    frame[key_slot] = key
                frame[item_slot] = item
                frame[0] = item
                try:
                    run_list(body, frame)
                except _Continue:
                    continue
        except _Break:
            pass
        finally:
            frame[0] = dot
        if empty and node.otherwise is not None:
            run_list(node.otherwise, frame)
        return SILENT

    return loop


def pairs(value: Any, node: RangeNode, *, keyed: bool) -> Iterable[tuple[Any, Any]]:
    """Return keys and items in Go's order, as they are when the loop begins."""
    if isinstance(value, (list, tuple)):
        return list(enumerate(value))
    if isinstance(value, dict):
        return [(key, value[key]) for key in sorted_keys(value)]
    if value is None:
        return ()
    if isinstance(value, GoObject):
        entries = value.entries()
        if entries is not None:
            return list(entries)
    elif isinstance(value, bytes):
        return list(enumerate(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        if keyed:
            raise ExecError(last_of_pipeline(node.pipe), f"can't use {value} to iterate over more than one variable")
        make = type(value)
        return ((number, make(number)) for number in range(value))
    raise ExecError(last_of_pipeline(node.pipe), f"range can't iterate over {sprint(value)}")


def _inclusion(node: TemplateNode, functions: Mapping[str, GoFunc]) -> Evaluator:
    """Return the closure of ``{{template}}``, which finds its template when it runs."""
    name = node.name
    evaluate = None if node.pipe is None else pipeline(node.pipe, functions)

    def include(frame: Frame) -> Silent:
        run: Run = frame[2]
        entry = run.templates.get(name)
        if entry is None:
            raise ExecError(node, f"template {quote(name)} not defined")
        run_included(run, entry, None if evaluate is None else evaluate(frame), frame[3], node)
        return SILENT

    return include
