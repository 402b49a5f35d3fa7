"""What the functions of hot trees call where their usual way ends, and the names they call it by."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gotemplate import expressions, runtime
from helmpy.gotemplate.errors import ExecError, LimitExceeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helmpy.gotemplate.nodes import ConditionNode, Frame, ListNode, Node
    from helmpy.gotemplate.run import Run


def again(frame: Frame, node: ListNode, index: int) -> Any:
    """Let the closure of an action run."""
    operations = node.operations
    assert operations is not None
    try:
        return operations[index](frame)
    except ExecError as error:
        raise told(error, node, index)  # noqa: B904 - the same error


def told(error: ExecError, node: ListNode, index: int) -> ExecError:
    """Complete an error by where its action is."""
    if error.base < 0:
        runtime.tell_base(error, node, index)
    return error


def shown(value: Any, node: ListNode, index: int) -> str:
    try:
        return runtime.shown(value)
    except ExecError as error:
        raise told(error, node, index)  # noqa: B904 - as above


def decided(frame: Frame, node: ConditionNode) -> Any:
    """Let the closure of a condition decide."""
    try:
        return runtime.evaluator(node.pipe, frame[2].functions)(frame)
    except ExecError as error:
        raise based(error, node)  # noqa: B904 - as above


def based(error: ExecError, node: ConditionNode) -> ExecError:
    if error.base < 0:
        error.base = node.origin
    return error


def out_of_steps(run: Run, node: ListNode) -> ExecError:
    return LimitExceeded(node.position, run.stopped or f"exceeded maximum number of steps ({run.limits.steps})")


def out_of_room(run: Run, node: ListNode) -> ExecError:
    return LimitExceeded(node.position, f"exceeded maximum output ({run.limits.output} characters)")


def executing(name: str, blamed: Node) -> Callable[..., Any]:
    """Return what calls a function that may do more than return a value: that is never done twice."""

    def call(run: Run, *values: Any) -> Any:
        try:
            return run.functions[name].call(*values)
        except HelmError as error:
            failure = expressions.failed(name, blamed, error)
        raise failure

    return call


def nothing(_: Frame) -> None:
    """Stand for a value that the function has already."""


# The way that values are looked up at first fails with one of these.
_MISSED = (AttributeError, KeyError, HelmError)

NAMES: dict[str, Any] = {
    "again": again,
    "based": based,
    "decided": decided,
    "ExecError": ExecError,
    "include": runtime.run_included,
    "MISSED": _MISSED,
    "out_of_room": out_of_room,
    "out_of_steps": out_of_steps,
    "pairs": runtime.pairs,
    "run_list": runtime.run_list,
    "shown": shown,
    "told": told,
}
