"""Pipelines to closures: built once, at a pipeline's first execution, run ever after.

A closure takes a frame ``[dot, $, run, append, variables…]`` and returns a value. Functions are
looked up in the frame's run each time, so closures serve every render of the same text; what was
prepared for a function's parameters is used as long as the function at hand has the same ones.

Go blames the node it looked at last, which ``_last`` derives: a finished argument stays blamed.
"""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gocompat.kinds import GoObject
from helmpy.gotemplate.arguments import check_count, constant, exact_class, fit, ideal, param_at
from helmpy.gotemplate.errors import ExecError, TemplateError
from helmpy.gotemplate.fields import follow, no_field
from helmpy.gotemplate.nodes import (
    CONSTANTS,
    ChainNode,
    CommandNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    NilNode,
    Node,
    PipeNode,
    VariableNode,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, NoReturn

    from helmpy.gocompat.function import GoFunc
    from helmpy.gotemplate.nodes import Evaluator, Frame

    Functions = Mapping[str, GoFunc]

# What the fast way to a field raises where the slow way must have a look.
_MISSED = (AttributeError, KeyError, HelmError)


# Where templates include each other beyond reason, those in the middle are not worth telling.
_LONGEST_MESSAGE = 16_000


class Silent:
    """What an action gives that prints nothing."""


SILENT = Silent()


def pipeline(pipe: PipeNode, functions: Functions) -> Evaluator:
    """Return the closure of a pipeline; it sets the pipeline's variables too."""
    evaluate: Evaluator | None = None
    blamed: Node = pipe
    for command in pipe.commands:
        evaluate = command_of(command, functions, evaluate, blamed)
        blamed = _last_of_command(command)
    assert evaluate is not None
    if not pipe.variables:
        return evaluate
    return _assigning(pipe, evaluate, blamed)


def _assigning(pipe: PipeNode, evaluate: Evaluator, blamed: Node) -> Evaluator:
    unknown = next((variable for variable in pipe.variables if variable.slot < 0), None)
    slot = pipe.variables[0].slot
    second = pipe.variables[1].slot if len(pipe.variables) > 1 else slot

    def undefined(frame: Frame) -> Any:
        evaluate(frame)
        raise ExecError(blamed, f"undefined variable: {unknown}")

    def assign(frame: Frame) -> Any:
        value = evaluate(frame)
        frame[slot] = frame[second] = value
        return value

    return assign if unknown is None else undefined


# Blame


def _last(node: Node) -> Node:
    """Return the node that Go looked at last when the value of ``node`` is ready."""
    if isinstance(node, PipeNode):
        return _last_of_command(node.commands[-1])
    if isinstance(node, ChainNode):
        return _last(node.term)
    return node


def last_of_pipeline(pipe: PipeNode) -> Node:
    """Return the node to blame for what is wrong with a pipeline's value."""
    return _last(pipe)


def _last_of_command(command: CommandNode) -> Node:
    words = command.arguments
    return _last(words[-1] if isinstance(words[0], (IdentifierNode, FieldNode, VariableNode, ChainNode)) else words[0])


def _refusing(node: Node, message: str) -> Evaluator:
    def refuse(_: Frame) -> NoReturn:
        raise ExecError(node, message)

    return refuse


# Commands


def command_of(command: CommandNode, functions: Functions, final: Evaluator | None, blamed: Node) -> Evaluator:
    """Return the closure of a command; ``final`` gives the value piped into it."""
    word = command.arguments[0]
    arguments = command.arguments[1:]
    if isinstance(word, IdentifierNode):
        return _function(word, command, arguments, functions, final)
    given = bool(arguments) or final is not None
    if given and isinstance(word, (FieldNode, ChainNode)):
        return _method(word, arguments, functions, final)
    if given and isinstance(word, VariableNode) and word.names:
        return _method(word, arguments, functions, final)
    if given:
        node = blamed if isinstance(word, PipeNode) else word
        refuse = _refusing(node, f"can't give argument to non-function {word}")
        if isinstance(word, PipeNode) and final is None:
            return _parenthesised(value_of(word, functions), refuse)
        return refuse if final is None else _after(final, refuse)
    if isinstance(word, NilNode):
        return _refusing(word, "nil is not a command")
    return value_of(word, functions)


def _parenthesised(inside: Evaluator, refuse: Evaluator) -> Evaluator:
    """Return the closure of ``(a) b``: an error, which Go up to 1.15 took for ``(a)``."""

    def parenthesised(frame: Frame) -> Any:
        return inside(frame) if frame[2].old_parentheses else refuse(frame)

    return parenthesised


def _after(first: Evaluator, then: Evaluator) -> Evaluator:
    def both(frame: Frame) -> Any:
        first(frame)
        return then(frame)

    return both


# Values


def value_of(node: Node, functions: Functions) -> Evaluator:
    """Return the closure of a node that stands for a value."""
    if isinstance(node, FieldNode):
        return _FIELDS.get(len(node.names), _many)(0, node.names, node, loose=node.loose)
    if isinstance(node, VariableNode):
        return _variable(node)
    if isinstance(node, PipeNode):
        return pipeline(node, functions)
    if isinstance(node, IdentifierNode):
        return _function(node, node, [], functions, None)
    if isinstance(node, ChainNode):
        return _computed(value_of(node.term, functions), node.names, _last(node))
    if isinstance(node, DotNode):
        return _dot
    try:
        value = None if isinstance(node, NilNode) else ideal(node)
    except ExecError as error:
        return _refusing(error.node, error.message)
    return lambda _: value


def _dot(frame: Frame) -> Any:
    return frame[0]


def _variable(node: VariableNode) -> Evaluator:
    slot = node.slot
    if slot < 0:
        return _refusing(node, f"undefined variable: {node.name}")

    if node.names:
        return _FIELDS.get(len(node.names), _many)(slot, node.names, node, loose=node.loose)

    def variable(frame: Frame) -> Any:
        return frame[slot]

    return variable


# Fields of what stands in a slot of the frame: a maker for each number of names, as a closure with
# loops takes twice the time, and a function of many closures three times that of one to make them.


def _one(slot: int, names: tuple[str, ...], node: Node, *, loose: bool) -> Evaluator:
    (name,) = names

    def one(frame: Frame) -> Any:
        try:
            return frame[slot].get(name)
        except _MISSED:
            return follow(frame[slot], names, node, loose=loose)

    return one


def _two(slot: int, names: tuple[str, ...], node: Node, *, loose: bool) -> Evaluator:
    outer, inner = names

    def two(frame: Frame) -> Any:
        try:
            return frame[slot].get(outer).get(inner)
        except _MISSED:
            return follow(frame[slot], names, node, loose=loose)

    return two


def _three(slot: int, names: tuple[str, ...], node: Node, *, loose: bool) -> Evaluator:
    outer, middle, inner = names

    def three(frame: Frame) -> Any:
        try:
            return frame[slot].get(outer).get(middle).get(inner)
        except _MISSED:
            return follow(frame[slot], names, node, loose=loose)

    return three


def _four(slot: int, names: tuple[str, ...], node: Node, *, loose: bool) -> Evaluator:
    outer, middle, inner, innermost = names

    def four(frame: Frame) -> Any:
        try:
            return frame[slot].get(outer).get(middle).get(inner).get(innermost)
        except _MISSED:
            return follow(frame[slot], names, node, loose=loose)

    return four


def _many(slot: int, names: tuple[str, ...], node: Node, *, loose: bool) -> Evaluator:
    def many(frame: Frame) -> Any:
        value = frame[slot]
        try:
            for name in names:
                value = value.get(name)
        except _MISSED:
            return follow(frame[slot], names, node, loose=loose)
        return value

    return many


_FIELDS = {1: _one, 2: _two, 3: _three, 4: _four}


def _computed(start: Evaluator, names: tuple[str, ...], node: Node) -> Evaluator:
    """Return the closure of fields of what a term gives."""

    def computed(frame: Frame) -> Any:
        value = first = start(frame)
        try:
            for name in names:
                value = value.get(name)
        except _MISSED:
            return follow(first, names, node, loose=False)
        return value

    return computed


# Calls


class Argument:
    """An argument made ready: how to get it, which class needs no look, what else it must fit."""

    __slots__ = ("evaluate", "exact", "loose", "node", "param")

    def __init__(self, node: Node, param: str, evaluate: Evaluator, exact: type | None, *, loose: bool) -> None:
        self.node = node
        self.param = param
        self.evaluate = evaluate
        self.exact = exact
        self.loose = loose

    def fit(self, value: Any) -> Any:
        return fit(value, self.param, self.node, loose=self.loose)


def argument_of(node: Node, param: str, functions: Functions) -> Argument:
    if type(node) in CONSTANTS and not isinstance(node, DotNode):
        return Argument(node, "any", _constant(node, param), None, loose=False)
    loose = isinstance(node, ChainNode)
    if isinstance(node, (FieldNode, DotNode)):
        loose = node.loose or isinstance(node, FieldNode)
    elif isinstance(node, VariableNode):
        loose = node.loose or bool(node.names)
    exact = None if param == "any" else exact_class(param) or Never
    return Argument(_last(node), param, value_of(node, functions), exact, loose=loose)


class Never:
    """The class of no value: an argument that always needs a look."""


def _constant(node: Node, param: str) -> Evaluator:
    try:
        value = constant(node, param)
    except ExecError as error:
        return _refusing(error.node, error.message)
    if isinstance(value, (list, dict)):  # a nil map or slice: nobody's to share
        return lambda _: constant(node, param)
    return lambda _: value


def _ready(
    params: tuple[str, ...], arguments: list[Node], functions: Functions, final: Evaluator | None, blamed: Node
) -> list[Argument]:
    ready = [argument_of(node, param_at(params, index), functions) for index, node in enumerate(arguments)]
    if final is not None:
        ready.append(piped(params, arguments, final, blamed))
    return ready


def piped(params: tuple[str, ...], arguments: list[Node], final: Evaluator, blamed: Node) -> Argument:
    """Return the last argument of a call, the value that is piped into it, made ready."""
    param = param_at(params, len(arguments))
    exact = None if param == "any" else exact_class(param) or Never
    return Argument(_last(arguments[-1]) if arguments else blamed, param, final, exact, loose=False)


def failed(name: str, node: Node, error: HelmError) -> ExecError:
    """Return the failure of a call. It does not hold the error: a thousand includes would be a chain of them."""
    message = f"error calling {name}: {error}"
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[: _LONGEST_MESSAGE // 2]} … {message[-_LONGEST_MESSAGE // 2 :]}"
    return ExecError(node, message, error.origin() if isinstance(error, TemplateError) else None)


def _function(
    word: IdentifierNode, blamed: Node, arguments: list[Node], functions: Functions, final: Evaluator | None
) -> Evaluator:
    """Return the closure of a function's call; ``blamed`` is the call in messages about its failure."""
    name = word.name
    if name in {"and", "or"}:
        return _logic(word, arguments, functions, final, stop_at=name == "or")
    params = functions[name].params
    try:
        check_count(name, params, len(arguments), word, piped=final is not None)
    except ExecError as error:
        refuse = _refusing(error.node, error.message)
        return refuse if final is None else _after(final, refuse)
    ready = _ready(params, arguments, functions, final, word)

    def again(frame: Frame) -> Any:
        """Call a function whose parameters changed since this closure was made."""
        return _function(word, blamed, arguments, frame[2].functions, final)(frame)

    if final is None and len(ready) == 1:
        return _call_one(name, params, ready[0], blamed, again)
    if len(ready) == 2:
        return _call_two(name, params, ready, blamed, again, piped=final is not None)
    return _call_many(name, params, ready, blamed, again, piped=final is not None)


def _call_one(name: str, params: tuple[str, ...], argument: Argument, blamed: Node, again: Evaluator) -> Evaluator:
    evaluate, exact = argument.evaluate, argument.exact

    def call_one(frame: Frame) -> Any:
        function = frame[2].functions[name]
        if function.params is not params and function.params != params:
            return again(frame)
        value = evaluate(frame)
        if exact is not None and value.__class__ is not exact:
            value = argument.fit(value)
        try:
            return function.call(value)
        except HelmError as error:
            failure = failed(name, blamed, error)
        raise failure

    return call_one


def _call_two(
    name: str, params: tuple[str, ...], ready: list[Argument], blamed: Node, again: Evaluator, *, piped: bool
) -> Evaluator:
    first, second = ready
    evaluate_first, exact_first = first.evaluate, first.exact
    evaluate_second, exact_second = second.evaluate, second.exact

    def call_two(frame: Frame) -> Any:
        function = frame[2].functions[name]
        if function.params is not params and function.params != params:
            return again(frame)
        last = evaluate_second(frame) if piped else None
        value = evaluate_first(frame)
        if exact_first is not None and value.__class__ is not exact_first:
            value = first.fit(value)
        if not piped:
            last = evaluate_second(frame)
        if exact_second is not None and last.__class__ is not exact_second:
            last = second.fit(last)
        try:
            return function.call(value, last)
        except HelmError as error:
            failure = failed(name, blamed, error)
        raise failure

    return call_two


def _call_many(
    name: str, params: tuple[str, ...], ready: list[Argument], blamed: Node, again: Evaluator, *, piped: bool
) -> Evaluator:
    simple = None if piped or any(argument.exact is not None for argument in ready) else [it.evaluate for it in ready]

    def call_many(frame: Frame) -> Any:
        function = frame[2].functions[name]
        if function.params is not params and function.params != params:
            return again(frame)
        if simple is None:
            values = _values(ready, frame, piped=piped)
        else:  # as dict and list are called
            values = [evaluate(frame) for evaluate in simple]
        try:
            return function.call(*values)
        except HelmError as error:
            failure = failed(name, blamed, error)
        raise failure

    return call_many


def _values(ready: list[Argument], frame: Frame, *, piped: bool) -> list[Any]:
    """Evaluate arguments in Go's order: what is piped in came first, and is checked last."""
    last = ready[-1].evaluate(frame) if piped else None
    values: list[Any] = []
    for argument in ready[:-1] if piped else ready:
        value = argument.evaluate(frame)
        exact = argument.exact
        values.append(value if exact is None or value.__class__ is exact else argument.fit(value))
    if piped:
        values.append(ready[-1].fit(last))
    return values


def _logic(
    word: IdentifierNode, arguments: list[Node], functions: Functions, final: Evaluator | None, *, stop_at: bool
) -> Evaluator:
    """Return the closure of ``and``/``or``, which evaluates no more arguments than it needs."""
    if not arguments and final is None:
        return _refusing(word, f"wrong number of args for {word.name}: want at least 1 got 0")
    evaluators = [
        _constant(node, "any") if isinstance(node, NilNode) else value_of(node, functions) for node in arguments
    ]
    if final is None and len(evaluators) == 2:
        left, right = evaluators

        def either(frame: Frame) -> Any:
            value = left(frame)
            return value if bool(value) is stop_at else right(frame)

        return either

    def logic(frame: Frame) -> Any:
        piped = final(frame) if final is not None else None
        value = None
        for evaluate in evaluators:
            value = evaluate(frame)
            if bool(value) is stop_at:
                return value
        return value if final is None else piped

    return logic


def _method(
    word: FieldNode | VariableNode | ChainNode, arguments: list[Node], functions: Functions, final: Evaluator | None
) -> Evaluator:
    """Return the closure of a method's call: the last name with arguments."""
    blamed = _last(word)
    name = word.names[-1]
    before = word.names[:-1]
    start = _start(word, functions)
    loose = not isinstance(word, ChainNode) and word.loose

    def invoke(frame: Frame) -> Any:
        piped = final(frame) if final is not None else None
        first = start(frame)
        value = follow(first, before, blamed, loose=loose)
        if value is None:
            return follow(first, word.names, blamed, loose=loose)
        function = _found(value, name, blamed, loose=loose or bool(before))
        check_count(name, function.params, len(arguments), blamed, piped=final is not None)
        ready = _ready(function.params, arguments, functions, None if final is None else lambda _: piped, blamed)
        values = _values(ready, frame, piped=final is not None)
        try:
            return function.call(*values)
        except HelmError as error:
            failure = failed(name, word, error)
        raise failure

    return invoke


def _start(word: FieldNode | VariableNode | ChainNode, functions: Functions) -> Evaluator:
    if isinstance(word, ChainNode):
        return value_of(word.term, functions)
    if isinstance(word, FieldNode):
        return _dot
    slot = word.slot
    return _refusing(word, f"undefined variable: {word.name}") if slot < 0 else lambda frame: frame[slot]


def _found(value: Any, name: str, node: Node, *, loose: bool) -> GoFunc:
    """Return the method, or the error of a field that is given arguments."""
    function = value.method(name) if isinstance(value, GoObject) else None
    if function is not None:
        return function
    if isinstance(value, dict):
        raise ExecError(node, f"{name} is not a method but has arguments")
    if not isinstance(value, GoObject):
        raise no_field(value, name, node, loose=loose)
    follow(value, (name,), node, loose=loose)
    raise ExecError(node, f"{name} has arguments but cannot be invoked as function")
