"""What differs on purpose, by scene: words of the call, and where docs/differences.md says why."""

from __future__ import annotations

KNOWN: dict[str, dict[str, str]] = {}


def exempt(scene: str) -> tuple[str, ...]:
    """Words of the calls of a scene that are not compared."""
    return tuple(KNOWN.get(scene, ()))
