"""What this server works on now, what it could not finish recording, and whether it is stopping."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from helmpy.errors import HelmError

log = logging.getLogger(__name__)


class Stopping(HelmError):
    """The server was told to end while the operation ran."""

    def __init__(self) -> None:
        super().__init__("the server was stopped before the operation was done")


class Unfinished(Protocol):
    """A record that is not final yet."""

    def fail(self, error: BaseException) -> None:
        """Store it as failed by this error; raises the store's errors."""
        ...


class Ongoing:
    """The books of one server. Safe to use from many threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._records: set[Unfinished] = set()
        self._unsettled: dict[tuple[str, int], str] = {}
        self.stopping = False

    @contextmanager
    def watched(self, record: Unfinished) -> Iterator[None]:
        """Know of a record until its operation ends."""
        with self._changed:
            self._records.add(record)
        try:
            yield
        finally:
            with self._changed:
                self._records.discard(record)
                self._changed.notify_all()

    def settle_later(self, name: str, version: int, description: str) -> None:
        """Remember a revision whose failure the store refused to take."""
        with self._changed:
            self._unsettled[name, version] = description
            self._changed.notify_all()

    def unsettled(self, name: str | None = None) -> dict[tuple[str, int], str]:
        """The revisions that wait for the store, of one release or all, with their descriptions."""
        with self._changed:
            return {key: text for key, text in self._unsettled.items() if name in (None, key[0])}

    def settled(self, name: str, version: int) -> None:
        with self._changed:
            self._unsettled.pop((name, version), None)

    def stop(self, seconds: float) -> bool:
        """Cancel what runs and see every record final: by its operation within ``seconds``, else by us.

        Returns whether all operations have ended by themselves.
        """
        self.stopping = True
        end = time.monotonic() + seconds
        with self._changed:
            self._changed.notify_all()
            while self._records and time.monotonic() < end:
                self._changed.wait(end - time.monotonic())
            left = list(self._records)
        for record in left:
            try:
                record.fail(Stopping())
            except HelmError as error:
                log.error("cannot record that an operation was stopped: %s", error)  # noqa: TRY400 - one clear line
        return not left
