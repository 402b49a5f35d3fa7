"""What the functions may know of the world, given from outside."""

from __future__ import annotations

from helmpy.gocompat.function import FunctionError
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# What one item of a list weighs against one character of a text.
ITEM_WEIGHT = 8


@record(frozen=True, slots=True)
class Settings:
    """``now`` gives nanoseconds since 1970; ``max_size`` bounds what one call may build, in characters."""

    now: Callable[[], int]
    dns: bool
    max_size: int

    def check_text(self, length: int) -> None:
        """Refuse a text longer than ``max_size`` characters with FunctionError."""
        if length > self.max_size:
            raise FunctionError(f"result of {length} characters is above the limit of {self.max_size}")

    def check_items(self, count: int) -> None:
        """Refuse a list whose items weigh more than ``max_size`` characters with FunctionError."""
        if count * ITEM_WEIGHT > self.max_size:
            raise FunctionError(f"result of {count} items is above the limit of {self.max_size // ITEM_WEIGHT}")
