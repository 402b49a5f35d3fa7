"""Turns at a release: one operation at a time, first come first served, across all tillers of a cluster.

Within a process a queue decides, between processes a lease. Who waits longer than its request
allows is told who works on the release and since when. A holder that stopped renewing its lease is
dead: whoever is next takes the lease over and settles what was left behind.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from helmpy.errors import HelmError
from helmpy.release.error import ReleaseError
from tiller.clock import Clock, Deadline, SystemClock, WaitTimeout
from tiller.storage.leases import DURATION, Holding, LeaseLost, Leases, MemoryLeases

log = logging.getLogger(__name__)

RENEW = DURATION / 3  # seconds between renewals
OVERDUE = DURATION - 1.0  # seconds after which a holder makes sure before it writes anything
POLL = 0.2  # seconds between looks at somebody else's lease
RENEWERS = 8  # renewals at once, should the API server be slow

IN_PROGRESS = "another operation (install/upgrade/rollback) is in progress"


class OperationInProgress(ReleaseError):
    """Another operation is changing this release, or a Tiller that knows no leases may be."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{IN_PROGRESS}: {detail}" if detail else IN_PROGRESS)

    @staticmethod
    def of(name: str, holding: Holding) -> OperationInProgress:
        since = datetime.fromtimestamp(holding.since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        work = f" ({holding.work})" if holding.work else ""
        return OperationInProgress(f'{holding.holder} holds release "{name}" since {since}{work}')


@dataclass(slots=True, eq=False)
class _Held:
    """A lease that this process has; ``lock`` is for one write of it at a time."""

    name: str
    holding: Holding
    renewed: float
    lost: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Turn:
    """The right to work on a release, while it lasts.

    ``dead`` is what the lease said of a predecessor that died over this release, if there was one.
    """

    def __init__(self, turns: Turns, held: _Held, dead: Holding | None) -> None:
        self._turns = turns
        self._held = held
        self.dead = dead

    def check(self) -> None:
        """Raise LeaseLost where somebody else has taken the release over; asked before every write."""
        self._turns.check(self._held)


class Turns:
    """All turns of one process."""

    def __init__(self, leases: Leases | None = None, clock: Clock | None = None) -> None:
        self.leases: Leases = leases or MemoryLeases()
        self._clock: Clock = clock or SystemClock()
        self._changed = threading.Condition()
        self._queues: dict[str, deque[object]] = {}
        self._held: dict[str, _Held] = {}
        self._renewer: threading.Thread | None = None

    @contextmanager
    def take(self, name: str, work: str, deadline: Deadline) -> Iterator[Turn]:
        """Wait for the turn at a release and hold it.

        Raises OperationInProgress at the deadline, Cancelled where the caller goes away, and the
        lease store's errors.
        """
        ticket = object()
        with self._changed:
            self._queues.setdefault(name, deque()).append(ticket)
        try:
            self._queue_up(name, ticket, deadline)
            held, dead = self._acquire(name, work, deadline)
            try:
                yield Turn(self, held, dead)
            finally:
                self._end(held)
        finally:
            self._leave(name, ticket)

    @property
    def waiting(self) -> int:
        """How many operations of this process wait for their turn, here or behind another tiller."""
        with self._changed:
            return sum(len(queue) for queue in self._queues.values()) - sum(
                1 for name in self._queues if name in self._held
            )

    def holder(self, name: str) -> Holding | None:
        """Who works on a release now, in this process or another; None for nobody."""
        with self._changed:
            held = self._held.get(name)
        return held.holding if held else self.leases.read(name)

    def check(self, held: _Held) -> None:
        """Raise LeaseLost unless the lease is ours; asks the store where a renewal is overdue."""
        if not held.lost and self._clock.now() - held.renewed > OVERDUE:
            self._renew(held)
        if held.lost:
            raise LeaseLost(held.name)

    def _queue_up(self, name: str, ticket: object, deadline: Deadline) -> None:
        with self._changed:
            queue = self._queues[name]
            while queue[0] is not ticket:
                self._clock.wait(self._changed, min(0.5, max(deadline.remaining, 0.01)))
                if queue[0] is ticket:
                    return
                self._check_wait(name, deadline, self._held.get(name))

    def _check_wait(self, name: str, deadline: Deadline, held: _Held | None) -> None:
        try:
            deadline.check()
        except WaitTimeout:
            raise (OperationInProgress.of(name, held.holding) if held else OperationInProgress()) from None

    def _acquire(self, name: str, work: str, deadline: Deadline) -> tuple[_Held, Holding | None]:
        """The lease: kept from the one before in the queue, free, passed on to us, or a dead holder's."""
        with self._changed:
            kept = self._held.get(name)
            if kept is not None and kept.lost:
                del self._held[name]
                kept = None
        if kept is not None:
            now = self._clock.now()
            with kept.lock:
                kept.holding = replace(kept.holding, work=work, since=now)
            return kept, None
        dead: Holding | None = None
        seen, since = "", 0.0
        while True:
            now = self._clock.now()
            holding = self.leases.take(name, work, now)
            current = None if holding else self.leases.read(name)
            if current is not None:
                if current.stamp != seen:
                    seen, since = current.stamp, now
                if current.holder == self.leases.identity:
                    holding = self._passed_on(name, current, work)
                elif now - since >= DURATION:
                    log.warning('release "%s": %s no longer renews its lease; taking over', name, current.holder)
                    dead = current
                    holding = self.leases.seize(name, current, work, now)
                else:
                    self.leases.ask(name, current)
            if holding is not None:
                return self._keep(name, holding, now), dead
            try:
                # A lease that was there and is gone was given up this moment, or cannot be read.
                deadline.sleep(POLL if current else POLL / 4)
                deadline.check()
            except WaitTimeout:
                raise (OperationInProgress.of(name, current) if current else OperationInProgress()) from None

    def _passed_on(self, name: str, mine: Holding, work: str) -> Holding | None:
        now = self._clock.now()
        try:
            return self.leases.renew(name, mine, work, now, now)
        except LeaseLost:
            return None

    def _keep(self, name: str, holding: Holding, now: float) -> _Held:
        held = _Held(name, holding, now)
        with self._changed:
            self._held[name] = held
            if self._renewer is None:
                self._renewer = threading.Thread(target=self._renew_all, name="leases", daemon=True)
                self._renewer.start()
        return held

    def _end(self, held: _Held) -> None:
        """Keep the lease for the next of this process, unless it was lost or another process waits."""
        with self._changed:
            others = len(self._queues[held.name]) > 1
            if others and not held.lost and not held.holding.waiting:
                return
            self._held.pop(held.name, None)
        self._give_up(held)

    def _leave(self, name: str, ticket: object) -> None:
        unused = None
        with self._changed:
            queue = self._queues[name]
            queue.remove(ticket)
            if not queue:
                del self._queues[name]
                unused = self._held.pop(name, None)
            self._changed.notify_all()
        if unused is not None:
            self._give_up(unused)

    def _give_up(self, held: _Held) -> None:
        if held.lost:
            return
        with held.lock:
            try:
                self.leases.give_up(held.name, held.holding, self._clock.now())
            except HelmError as error:
                log.warning('release "%s": its lease could not be given up, it will expire: %s', held.name, error)

    def _renew_all(self) -> None:
        """Renew what is due, until nothing is held."""
        with ThreadPoolExecutor(RENEWERS, thread_name_prefix="lease") as pool:
            while True:
                with self._changed:
                    if not self._held:
                        self._renewer = None
                        return
                    due = [held for held in self._held.values() if self._clock.now() - held.renewed >= RENEW]
                list(pool.map(self._renew_quietly, due))
                threading.Event().wait(RENEW / 4)

    def _renew_quietly(self, held: _Held) -> None:
        try:
            self._renew(held)
        except HelmError as error:
            log.warning('release "%s": its lease could not be renewed: %s', held.name, error)

    def _renew(self, held: _Held) -> None:
        with held.lock:
            with self._changed:
                if self._held.get(held.name) is not held:
                    return
            now = self._clock.now()
            mine = held.holding
            try:
                held.holding = self.leases.renew(held.name, mine, mine.work, mine.since, now)
                held.renewed = now
            except LeaseLost:
                held.lost = True
                log.warning('release "%s": another tiller took it over', held.name)
