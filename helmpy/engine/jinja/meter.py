"""What a render may use: every turn, call, character and item that a template asks for is counted."""

from __future__ import annotations

from typing import Any

from helmpy.gocompat.function import FunctionError
from helmpy.gotemplate import Limits

STEP = 50  # steps of Limits that a turn of a loop, a call or an include costs
ITEM = 10  # an item of a list or map that is built
COMPILED = 20  # a character of a template that is compiled
CHARACTERS = 8  # of Limits.size that an item of a list or map counts as
MAX_CALLS = 100  # macros, includes and tpl inside each other


class Meter:
    """Counts what a render has used of its limits; FunctionError where that is too much."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = 0
        self.written = 0
        self.calls = 0
        self.max_items = limits.size // CHARACTERS
        self._stopped = ""

    def stop(self, reason: str) -> None:
        """Let the next step fail: somebody else's limit was crossed."""
        self._stopped = reason
        self.steps = self.limits.steps

    def step(self, cost: int = STEP) -> None:
        self.steps += cost
        if self.steps > self.limits.steps:
            raise FunctionError(self._stopped or f"the templates take more than {self.limits.steps} steps")

    def write(self, size: int) -> None:
        self.written += size
        if self.written > self.limits.output:
            raise FunctionError(f"the templates write more than {self.limits.output} characters")

    def enter(self) -> None:
        """Count a call; ``leave`` ends it."""
        self.step()
        if self.calls >= MAX_CALLS:
            raise FunctionError(f"macros and templates call each other more than {MAX_CALLS} deep")
        self.calls += 1

    def leave(self) -> None:
        self.calls -= 1

    def text(self, size: int) -> None:
        """Allow a text of that size to be built."""
        if size > self.limits.size:
            raise FunctionError(f"a text of {size} characters is longer than the limit of {self.limits.size}")
        self.step(size)

    def captured(self, size: int) -> None:
        """Allow the output of a macro, block or template to be kept."""
        if size > self.limits.output:
            raise FunctionError(f"a text of {size} characters is longer than the limit of {self.limits.output}")
        self.step(size)

    def read(self, value: Any) -> None:
        """Count what a function looks at."""
        if isinstance(value, str | bytes | list | tuple | dict | range):
            self.step(len(value))

    def made(self, value: Any) -> None:
        """Count what a function or an operator made: maps and lists with all that is inside them.

        A list that holds another twice counts it twice, so that nothing small prints as something
        huge, and nothing may hold itself.
        """
        if isinstance(value, str):
            self.text(len(value))
        elif isinstance(value, list | tuple | dict):
            self.step(self._count(value) * ITEM)

    def items(self, count: int) -> None:
        """Allow a list of that many items to be built."""
        if count > self.max_items:
            raise FunctionError(f"a list of {count} items is longer than the limit of {self.max_items}")

    def _count(self, value: Any) -> int:
        waiting = [value]
        count = 0
        while waiting:
            item = waiting.pop()
            if isinstance(item, list | tuple | dict):
                count += len(item) + 1
                if count > self.max_items:
                    raise FunctionError(
                        f"a list or map holds more than {self.max_items} items, counting what is inside them"
                    )
                waiting.extend(item.values() if isinstance(item, dict) else item)
        return count
