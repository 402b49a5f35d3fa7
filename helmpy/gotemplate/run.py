"""One execution of templates: what is left of the limits, and what all templates of it share."""

from __future__ import annotations

from helmpy.gotemplate.watch import Stopped
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from helmpy.gocompat.function import GoFunc
    from helmpy.gotemplate.limits import Limits
    from helmpy.gotemplate.nodes import Frame, Tree

    # A template in a set: its tree and the name it was parsed under, for messages.
    Entry = tuple[Tree, str]
    # What executes a tree in place of its closures.
    Body = Callable[[Frame], None]
    # What a plain template wrote: the text, the steps and the characters it took, and the root.
    Kept = tuple[str, int, int, Any]


class _NoFunctions(dict):  # type: ignore[type-arg]  # its class is not loaded at run time
    """The functions of a run that was stopped: whoever asks for one stops."""

    def __getitem__(self, name: str) -> GoFunc:
        raise Stopped(name)


@record(frozen=True, slots=True)
class Memory:
    """What a set of templates has to know to keep what plain ones write.

    ``include`` is the function that executes a template by name, ``changing`` are those that change
    a map they are given, ``volatile`` the root's fields that change between executions.
    """

    include: str
    changing: frozenset[str]
    volatile: frozenset[str]


class Run:
    """What is left of the limits, and what executing templates share."""

    __slots__ = (
        "asked",
        "bodies",
        "calls",
        "depth",
        "frames",
        "functions",
        "heated",
        "kept",
        "limits",
        "memory",
        "old_parentheses",
        "plain",
        "room",
        "root",
        "steps",
        "stopped",
        "templates",
    )

    def __init__(self, functions: Mapping[str, GoFunc], limits: Limits, memory: Memory | None) -> None:
        self.functions = functions
        self.memory = memory
        self.root: Any = None  # what the outermost template was executed with
        self.kept: dict[tuple[Tree, int], Kept] = {}
        self.plain: dict[Tree, bool] = {}
        self.asked: dict[Tree, int] = {}  # how often trees were executed with the root
        self.templates: dict[str, Entry] = {}
        self.bodies: dict[Tree, Body | None] = {}
        self.limits = limits
        self.steps = limits.steps
        self.room = limits.output
        self.depth = 0
        self.heated = 0
        self.calls = 0
        self.frames = 0
        self.old_parentheses = False
        self.stopped = ""

    def forget(self) -> None:
        """Forget what plain templates wrote: names mean other templates now."""
        self.kept.clear()
        self.plain.clear()

    def stop(self, reason: str) -> None:
        """Let the next list, parse or call of a function fail; called from another thread."""
        self.stopped = reason
        self.functions = _NoFunctions()
        self.steps = -1
