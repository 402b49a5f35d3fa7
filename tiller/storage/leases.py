"""Who works on a release: a lease per release that its holder renews, and that others watch.

A lease whose stamp stands still for ``DURATION`` seconds belongs to somebody dead and may be taken
over. Whether it stands still is judged by each watcher's own clock, as Kubernetes' leader election
does: clocks of two machines need not agree.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Protocol

from helmpy.release.error import ReleaseError

DURATION = 5.0  # seconds without a renewal after which a holder counts as dead


class LeaseLost(ReleaseError):
    """Somebody else holds the lease that this process held."""

    def __init__(self, name: str) -> None:
        super().__init__(f'the lease of release "{name}" was lost: another tiller took the release over')


@dataclass(frozen=True, slots=True)
class Holding:
    """What a lease says. ``since`` is when its work began, seconds since 1970 by the holder's clock.

    ``stamp`` changes at every renewal; ``version`` at every write, also at one that only notes
    somebody waiting.
    """

    holder: str
    work: str
    since: float
    stamp: str
    version: str = ""
    waiting: str = ""


class Leases(Protocol):
    """Leases by the release's name, taken in one process's name. Safe to use from many threads.

    Every method may raise the store's own error.
    """

    @property
    def identity(self) -> str:
        """In whose name leases are taken: no other process, past or present, has this one."""
        ...

    def take(self, name: str, work: str, now: float) -> Holding | None:
        """Take a lease that nobody has; None where somebody has it."""
        ...

    def read(self, name: str) -> Holding | None:
        """Return what the lease says, None where nobody has it."""
        ...

    def seize(self, name: str, dead: Holding, work: str, now: float) -> Holding | None:
        """Take a lease from a holder that no longer renews it; None where it changed meanwhile."""
        ...

    def ask(self, name: str, theirs: Holding) -> None:
        """Note that this process waits, so that the holder passes the lease on when it is done."""
        ...

    def renew(self, name: str, mine: Holding, work: str, since: float, now: float) -> Holding:
        """Say that the work goes on; raises LeaseLost."""
        ...

    def give_up(self, name: str, mine: Holding, now: float) -> None:
        """Pass the lease to who asked for it, or remove it; one that was lost stays as it is."""
        ...


class MemoryLeases:
    """Leases of processes that share this object's shelf: tests, and ``--storage=memory``."""

    def __init__(self, identity: str = "tiller", *, shelf: Shelf | None = None) -> None:
        self.identity = identity
        self._shelf = shelf or Shelf()

    def twin(self, identity: str) -> MemoryLeases:
        """The same leases as another process sees them."""
        return MemoryLeases(identity, shelf=self._shelf)

    def take(self, name: str, work: str, now: float) -> Holding | None:
        with self._shelf.lock:
            if name in self._shelf.leases:
                return None
            return self._put(name, Holding(self.identity, work, now, ""))

    def read(self, name: str) -> Holding | None:
        with self._shelf.lock:
            return self._shelf.leases.get(name)

    def seize(self, name: str, dead: Holding, work: str, now: float) -> Holding | None:
        with self._shelf.lock:
            current = self._shelf.leases.get(name)
            if current is None or current.stamp != dead.stamp:
                return None
            return self._put(name, Holding(self.identity, work, now, ""))

    def ask(self, name: str, theirs: Holding) -> None:
        with self._shelf.lock:
            current = self._shelf.leases.get(name)
            if current is not None and current.stamp == theirs.stamp and not current.waiting:
                self._shelf.leases[name] = replace(current, waiting=self.identity)

    def renew(self, name: str, mine: Holding, work: str, since: float, now: float) -> Holding:  # noqa: ARG002 - memory needs no time to tell renewals apart
        with self._shelf.lock:
            current = self._shelf.leases.get(name)
            if current is None or current.stamp != mine.stamp:
                raise LeaseLost(name)
            return self._put(name, replace(current, work=work, since=since))

    def give_up(self, name: str, mine: Holding, now: float) -> None:
        with self._shelf.lock:
            current = self._shelf.leases.get(name)
            if current is None or current.stamp != mine.stamp:
                return
            if current.waiting:
                self._put(name, Holding(current.waiting, "", now, ""))
            else:
                del self._shelf.leases[name]

    def _put(self, name: str, holding: Holding) -> Holding:
        self._shelf.writes += 1
        stamped = replace(holding, stamp=str(self._shelf.writes))
        self._shelf.leases[name] = stamped
        return stamped


class Shelf:
    """Where MemoryLeases keep what they share."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.leases: dict[str, Holding] = {}
        self.writes = 0
