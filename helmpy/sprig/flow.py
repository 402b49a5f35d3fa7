"""Stopping a template, and saying hello."""

from __future__ import annotations

from helmpy.gocompat.function import FunctionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Never


def fail(message: str) -> Never:
    """Raise FunctionError with the chart's own words."""
    raise FunctionError(message)


def hello() -> str:
    """Return sprig's greeting."""
    return "Hello!"
