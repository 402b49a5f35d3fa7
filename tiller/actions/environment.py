"""What every action works with: a cluster, a store, a clock and the server's own identity."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from helmpy.release.error import ReleaseError
from helmpy.release.timestamp import Timestamp
from helmpy.release.requests import Version
from tiller.actions.renderer import InProcess, Renderer
from tiller.clock import Clock, Deadline, SystemClock
from tiller.kube.cluster import Cluster
from tiller.storage.storage import Storage

VERSION = "v2.17.0"
DEFAULT_TIMEOUT = 300  # seconds, where a request names none


class OperationInProgress(ReleaseError):
    """Another operation is changing this release, or one was cut off in the middle."""

    def __init__(self) -> None:
        super().__init__("another operation (install/upgrade/rollback) is in progress")


class ReleaseLocks:
    """One operation per release at a time within this process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: set[str] = set()

    @contextmanager
    def hold(self, name: str, *, wait: bool = False) -> Iterator[None]:
        """Hold a release's lock; where somebody else has it, wait or raise OperationInProgress."""
        with self._changed:
            if name in self._held and not wait:
                raise OperationInProgress
            self._changed.wait_for(lambda: name not in self._held)
            self._held.add(name)
        try:
            yield
        finally:
            with self._changed:
                self._held.discard(name)
                self._changed.notify_all()


@dataclass(slots=True)
class Environment:
    """The server's parts. ``random`` makes names; ``renderer`` runs charts."""

    cluster: Cluster
    storage: Storage
    clock: Clock = field(default_factory=SystemClock)
    random: random.Random = field(default_factory=random.SystemRandom)
    version: Version = field(default_factory=lambda: Version(sem_ver=VERSION))
    renderer: Renderer = field(default_factory=InProcess)
    locks: ReleaseLocks = field(default_factory=ReleaseLocks)

    def now(self) -> Timestamp:
        """The clock's time as records hold it."""
        nanos = round(self.clock.now() * 1e9)
        return Timestamp(nanos // 1_000_000_000, nanos % 1_000_000_000)

    def deadline(self, seconds: int, cancelled: Callable[[], bool] = lambda: False) -> Deadline:
        """The deadline of one wait of an operation; 0 seconds means the default."""
        return Deadline(self.clock, seconds or DEFAULT_TIMEOUT, cancelled=cancelled)
