"""Our own regular expressions, compiled when first used: importing ``re`` takes 5 ms."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Pattern:
    """``re.Pattern`` to be: has its methods. Flags stand in the source, as ``(?a)``."""

    def __init__(self, source: str | bytes) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        """Return the compiled pattern's method ``name``, and keep it."""
        import re

        found = getattr(re.compile(self._source), name)
        self.__dict__[name] = found
        return found
