"""Which parts of a YAML text other parts refer to by an alias."""

from __future__ import annotations

from helmpy.gocompat import yaml_events

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def shared_paths(text: str) -> set[tuple[str, ...]]:
    """Return the paths of nodes (or of the tables whose lists hold them) that an alias refers to.

    ``text`` is a YAML document that parses. Paths are of keys as they are written.
    """
    if "&" not in text or "*" not in text:
        return set()
    next_event = yaml_events.events(text)
    anchored: dict[str, tuple[str, ...]] = {}
    aliased: set[str] = set()
    stack: list[_Open] = []
    while (event := next_event()) is not None:
        kind = event.__class__.__name__
        path = stack[-1].path() if stack else ()
        if kind == "AliasEvent":
            aliased.add(event.anchor)
        elif getattr(event, "anchor", None) is not None:
            anchored[event.anchor] = path
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            stack.append(_Open(path, is_map=kind == "MappingStartEvent"))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            stack.pop()
            if stack:
                stack[-1].take(None)
        elif stack and kind in ("ScalarEvent", "AliasEvent"):
            stack[-1].take(event)
    return {path for name, path in anchored.items() if name in aliased}


class _Open:
    """A map or list that is being read; ``key`` is that of the entry under way."""

    __slots__ = ("_at", "_is_map", "key")

    def __init__(self, at: tuple[str, ...], *, is_map: bool) -> None:
        self._at = at
        self._is_map = is_map
        self.key: str | None = None

    def path(self) -> tuple[str, ...]:
        return self._at if self.key is None else (*self._at, self.key)

    def take(self, event: Any) -> None:
        """A node ended: a key, or the value of one; ``event`` is a scalar's."""
        if self._is_map:
            self.key = str(getattr(event, "value", "")) if self.key is None else None
