"""What every action works with: a cluster, a store, a clock and the server's own identity."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from helmpy.release.requests import Version
from helmpy.release.timestamp import Timestamp
from tiller.actions.ongoing import Ongoing
from tiller.actions.renderer import InProcess, Renderer
from tiller.actions.turns import Turn, Turns
from tiller.clock import Clock, Deadline, SystemClock
from tiller.kube.cluster import Cluster
from tiller.kube.retrying import scoped
from tiller.storage.storage import Storage

VERSION = "v2.17.0"
DEFAULT_TIMEOUT = 300  # seconds, where a request names none


@dataclass(slots=True)
class Environment:
    """The server's parts. ``random`` makes names; ``renderer`` runs charts; ``turns`` says whose turn it is."""

    cluster: Cluster
    storage: Storage
    clock: Clock = field(default_factory=SystemClock)
    random: random.Random = field(default_factory=random.SystemRandom)
    version: Version = field(default_factory=lambda: Version(sem_ver=VERSION))
    renderer: Renderer = field(default_factory=InProcess)
    turns: Turns = field(default_factory=Turns)
    ongoing: Ongoing = field(default_factory=Ongoing)
    convert_removed_apis: bool = False  # bring manifests of removed API versions to served ones
    enable_dns: bool = False  # templates may look up hosts
    wait_for_jobs: bool = False  # whoever waits does so until jobs have completed

    def now(self) -> Timestamp:
        """The clock's time as records hold it."""
        nanos = round(self.clock.now() * 1e9)
        return Timestamp(nanos // 1_000_000_000, nanos % 1_000_000_000)

    def deadline(self, seconds: int, cancelled: Callable[[], bool] = lambda: False) -> Deadline:
        """The deadline of one wait of an operation; 0 seconds means the default."""
        return Deadline(self.clock, seconds or DEFAULT_TIMEOUT, cancelled=cancelled)

    @contextmanager
    def turn(
        self, name: str, work: str, seconds: int, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[Environment, Turn]]:
        """Wait for the turn at a release; gives the environment in which to work on it.

        In it every change is refused with LeaseLost once another tiller has taken the release over.
        Raises OperationInProgress after ``seconds`` (0 means the default).
        """
        with self.turns.take(name, work, self.deadline(seconds, cancelled)) as turn:
            cluster = self.cluster.scoped(scoped(self.cluster.transport, self.clock, turn.check))
            yield replace(self, cluster=cluster, storage=self.storage.fenced(turn.check)), turn
