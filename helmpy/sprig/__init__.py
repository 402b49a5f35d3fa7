"""sprig's template functions, 2.22 for Helm 2's charts and 3.2 for Helm 3's.

``env`` and ``expandenv`` are left out, as Helm leaves them out. A topic (text, dates, certificates,
…) is imported when one of its functions is first called.
"""

from __future__ import annotations

from _functools import partial  # type: ignore[import-not-found]  # the C behind functools, which takes 1.5 ms
from _operator import attrgetter
from time import time_ns

from helmpy.gocompat.function import GoFunc
from helmpy.sprig.catalogue import IMPURE, IMPURE_TOPICS, SETTLED, V2, V3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helmpy.sprig.catalogue import Row
    from helmpy.sprig.settings import Settings

MAX_SIZE = 16 * 1024 * 1024

_TABLES = {2: V2, 3: V3}
_REMEMBERED = 8

_made: dict[tuple[int, Callable[[], int], bool, int], dict[str, GoFunc]] = {}


def functions(
    version: int, *, now: Callable[[], int] = time_ns, dns: bool = False, max_size: int = MAX_SIZE
) -> dict[str, GoFunc]:
    """Return the functions of sprig 2.22 (``version`` 2) or 3.2 (``version`` 3) by name.

    ``now`` gives nanoseconds since 1970; without ``dns`` getHostByName answers ""; a function asked
    to build more than ``max_size`` characters raises FunctionError. Version 2 holds version 3's
    additions too. The dict is the caller's own.
    """
    known = _made.get((version, now, dns, max_size))
    if known is None:
        if len(_made) >= _REMEMBERED:
            _made.clear()
        world = _World(now, dns, max_size)
        known = {name: _Listed(row, world) for name, row in _TABLES[version].items()}
        _made[version, now, dns, max_size] = known
    return dict(known)


class _World:
    """The settings, made when a function first needs them."""

    __slots__ = ("_made", "_parts")

    def __init__(self, *parts: Any) -> None:
        self._parts = parts
        self._made: Settings | None = None

    def settings(self) -> Settings:
        if self._made is None:
            from helmpy.sprig.settings import Settings

            self._made = Settings(*self._parts)
        return self._made


class _Listed(GoFunc):
    """A row of the catalogue. It becomes a function, its topic imported, when it is first looked into.

    A table of all takes 0.1 ms so; importing the eight most used topics took 5 ms.
    """

    __slots__ = ("_row", "_world")
    __setattr__ = object.__setattr__  # what a record refuses is how this one fills itself in

    def __init__(self, row: Row, world: _World) -> None:
        self._row = row
        self._world = world

    def __getattr__(self, name: str) -> Any:
        """Answer for the fields that are not there yet."""
        place, params, result = self._row
        found: Any
        if name == "params":
            found = tuple(params.split())
        elif name == "result":
            found = result
        elif name == "pure":
            found = place.partition(".")[0] not in IMPURE_TOPICS and place not in IMPURE
        elif name == "call":
            found = _find(place, self._world)
        else:
            raise AttributeError(name)
        setattr(self, name, found)
        return found


def _find(place: str, world: _World) -> Callable[..., Any]:
    topic, _, name = place.partition(".")
    call: Callable[..., Any] = attrgetter(name)(__import__(f"helmpy.sprig.{topic}", fromlist=[topic]))
    return partial(call, world.settings()) if place in SETTLED else call
