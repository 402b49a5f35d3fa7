"""Emptiness and what to take instead. Go's empty values are the ones Python calls false."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def default(fallback: Any, *given: Any) -> Any:
    """Return the given value unless it is empty or missing."""
    return given[0] if given and given[0] else fallback


def empty(value: Any) -> bool:
    """Tell whether ``value`` is nil, false, 0 or without elements."""
    return not value


def coalesce(*values: Any) -> Any:
    """Return the first value that is not empty, else nil."""
    return next((value for value in values if value), None)


def every(*values: Any) -> bool:
    """Tell whether no value is empty."""
    return all(values)


def some(*values: Any) -> bool:
    """Tell whether any value is not empty."""
    return any(values)


def ternary(on_true: Any, on_false: Any, test: bool) -> Any:  # noqa: FBT001  # templates pass by position
    """Return the first value where ``test`` holds, else the second."""
    return on_true if test else on_false
