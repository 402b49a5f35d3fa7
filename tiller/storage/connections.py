"""Connections to an SQL database: kept open, shared by threads, replaced when they are lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from helmpy.release.error import ReleaseError
from tiller.clock import Clock

log = logging.getLogger(__name__)

COUNT = 8  # connections at most: a statement takes milliseconds, and a database has few to give
WAITS = (0.1, 0.3, 0.9, 2.0)  # seconds before the second, third, … attempt

Result = TypeVar("Result")


class StoreError(ReleaseError):
    """The database cannot be reached, or refuses."""


class Found(Protocol):
    """What a statement came to."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """One connection, used by one thread at a time; every statement is a transaction of its own."""

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Found:
        """Run a statement with ``?`` for parameters; raises the database's errors."""
        ...

    def close(self) -> None: ...


class Database(Protocol):
    """A kind of database and where it is."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What its statements raise."""
        ...

    def connect(self) -> Connection:
        """Open a connection; raises its errors."""
        ...

    def prepare(self, connection: Connection) -> None:
        """Make the tables where there are none."""
        ...

    def passes(self, error: Exception) -> bool:
        """Whether a new connection may do better: this one was lost, or the database is just starting."""
        ...

    def is_duplicate(self, error: Exception) -> bool:
        """Whether a row with this key is there already."""
        ...


class Connections:
    """At most ``count`` connections to a database; safe to use from many threads."""

    def __init__(self, database: Database, clock: Clock, *, count: int = COUNT) -> None:
        self.database = database
        self._clock = clock
        self._places = threading.Semaphore(count)
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self.run(lambda connection, _again: database.prepare(connection))

    def run(self, work: Callable[[Connection, bool], Result]) -> Result:
        """Do the work on a connection, again on another one where that was lost; raises StoreError.

        ``work`` is told whether an earlier attempt may have had its effect, though no answer came.
        """
        again = False
        for wait in (*WAITS, None):
            try:
                with self._places, self._connection() as connection:
                    return work(connection, again)
            except self.database.errors as error:
                if wait is None or not self.database.passes(error):
                    raise StoreError(f"SQL storage: {_line(error)}") from error
                log.info("SQL storage: %s; trying again in %.1f s", _line(error), wait)
                again = True
            self._clock.sleep(wait)
        raise AssertionError("the last attempt has no wait and ends the loop")

    def close(self) -> None:
        """Close what is idle; a busy connection is closed when its work ends."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self.database.connect()
        try:
            yield connection
        except BaseException as error:
            connection.close()
            if isinstance(error, self.database.errors) and self.database.passes(error):
                self.close()  # the others were lost with it
            raise
        with self._lock:
            self._idle.append(connection)


def _line(error: Exception) -> str:
    """The error in one line; databases like to add hints and pictures."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
