"""sprig's template functions, 2.22 for Helm 2's charts and 3.2 for Helm 3's.

``env`` and ``expandenv`` are left out, as Helm leaves them out. The rarer topics (dates, regular
expressions, certificates, …) are imported when one of their functions is first called.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from operator import attrgetter
from typing import Any

from helmpy.gocompat.function import GoFunc
from helmpy.sprig.catalogue import COMMON, SETTLED, V2, V3, Row
from helmpy.sprig.settings import Settings

MAX_SIZE = 16 * 1024 * 1024

_TABLES = {2: V2, 3: V3}


def functions(
    version: int, *, now: Callable[[], int] = time.time_ns, dns: bool = False, max_size: int = MAX_SIZE
) -> dict[str, GoFunc]:
    """Return the functions of sprig 2.22 (``version`` 2) or 3.2 (``version`` 3) by name.

    ``now`` gives nanoseconds since 1970; without ``dns`` getHostByName answers ""; a function asked
    to build more than ``max_size`` characters raises FunctionError. Version 2 holds version 3's
    additions too. The dict is the caller's own.
    """
    return dict(_functions(version, Settings(now, dns, max_size)))


@lru_cache(maxsize=8)
def _functions(version: int, settings: Settings) -> dict[str, GoFunc]:
    return {name: _function(row, settings) for name, row in _TABLES[version].items()}


def _function(row: Row, settings: Settings) -> GoFunc:
    place, params, result = row
    topic, _, name = place.partition(".")
    call = _find(topic, name) if topic in COMMON else _Late(topic, name)
    if place in SETTLED:
        call = partial(call, settings)
    return GoFunc(call, tuple(params.split()), result)


def _find(topic: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = attrgetter(name)(import_module(f"helmpy.sprig.{topic}"))
    return found


class _Late:
    """A function whose topic is imported at its first call."""

    __slots__ = ("_call", "_name", "_topic")

    def __init__(self, topic: str, name: str) -> None:
        self._topic = topic
        self._name = name
        self._call: Callable[..., Any] | None = None

    def __call__(self, *args: Any) -> Any:
        call = self._call
        if call is None:
            call = self._call = _find(self._topic, self._name)
        return call(*args)
