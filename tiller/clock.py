"""Time as a port: what the clock says and how to wait on it.

Nothing in tiller sleeps but ``Clock.sleep``; a ``FakeClock`` makes an hour pass at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from helmpy.errors import HelmError


class Clock(Protocol):
    """Seconds since 1970 in UTC, and waiting."""

    def now(self) -> float:
        """Seconds since 1970."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return when ``seconds`` have passed."""
        ...

    def wait(self, changed: threading.Condition, seconds: float) -> None:
        """Return when the condition, whose lock is held, is notified, or ``seconds`` have passed."""
        ...


class SystemClock:
    """The machine's clock; goes on steadily from its start, whoever sets the machine's time meanwhile."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return self._offset + time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(max(seconds, 0))

    def wait(self, changed: threading.Condition, seconds: float) -> None:
        changed.wait(max(seconds, 0))


class FakeClock:
    """A clock that moves only when somebody sleeps on it or advances it.

    ``on_advance`` is called after every move, outside the lock: a sandbox lets its controllers
    work there.
    """

    def __init__(self, start: float = 1_600_000_000.0, *, on_advance: Callable[[], object] | None = None) -> None:
        self._now = start
        self._lock = threading.Lock()
        self.on_advance = on_advance

    def now(self) -> float:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def wait(self, changed: threading.Condition, seconds: float) -> None:
        """Give other threads a moment; where none of them notifies, the time passes at once."""
        if not changed.wait(0.02):
            self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        with self._lock:
            self._now += max(seconds, 0)
        if self.on_advance is not None:
            self.on_advance()


class WaitTimeout(HelmError):
    """A wait took longer than its deadline; Helm 2's words, which scripts look for."""

    def __init__(self) -> None:
        super().__init__("timed out waiting for the condition")


class Cancelled(HelmError):
    """The caller went away before the operation was done."""

    def __init__(self) -> None:
        super().__init__("the client cancelled the operation")


class Deadline:
    """A moment on a clock by which something must have happened.

    ``cancelled`` is asked at every check and sleep, so a caller who hangs up ends a wait early.
    """

    def __init__(self, clock: Clock, seconds: float, *, cancelled: Callable[[], bool] = lambda: False) -> None:
        self.clock = clock
        self.seconds = seconds
        self.cancelled = cancelled
        self._end = clock.now() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, 0 when it has passed."""
        return max(self._end - self.clock.now(), 0.0)

    def restart(self) -> Deadline:
        """The same span again from now on: Helm 2 gives every single wait its whole timeout."""
        return Deadline(self.clock, self.seconds, cancelled=self.cancelled)

    def check(self) -> None:
        """Raise WaitTimeout when the time is over, Cancelled when nobody waits any more."""
        if self.cancelled():
            raise Cancelled
        if self.clock.now() >= self._end:
            raise WaitTimeout

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` or until the deadline, whichever is first, then check."""
        self.check()
        end = self.clock.now() + min(seconds, self.remaining)
        while (left := end - self.clock.now()) > 0 and not self.cancelled():
            self.clock.sleep(min(left, 1.0))
        if self.cancelled():
            raise Cancelled
