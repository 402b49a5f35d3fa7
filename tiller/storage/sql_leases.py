"""Leases as rows of the database that holds the records, in a table that Helm 2.17 does not look at.

Only a release that is being worked on has a row.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tiller.storage.connections import Connection, Connections
from tiller.storage.leases import Holding, LeaseLost

_COLUMNS = "holder, work, since, renewals, waiting"
_TABLE = """CREATE TABLE IF NOT EXISTS tiller_leases (
  name text PRIMARY KEY,
  holder text NOT NULL,
  work text NOT NULL,
  since double precision NOT NULL,
  renewals bigint NOT NULL,
  waiting text NOT NULL
)"""
_SAME = "name = ? AND holder = ? AND since = ? AND renewals = ?"


class SqlLeases:
    """One row for each release that somebody works on; raises StoreError where the table cannot be made."""

    def __init__(self, connections: Connections, identity: str) -> None:
        self.identity = identity
        self._connections = connections
        connections.run(self._prepare)

    def take(self, name: str, work: str, now: float) -> Holding | None:
        def insert(connection: Connection, again: bool) -> Holding | None:  # noqa: FBT001 - told by the connections
            try:
                connection.execute(
                    "INSERT INTO tiller_leases (name, holder, work, since, renewals, waiting) VALUES (?, ?, ?, ?, 0, '')",
                    (name, self.identity, work, now),
                )
            except self._connections.database.errors as error:
                if not self._connections.database.is_duplicate(error):
                    raise
                return self._mine(connection, name, now) if again else None
            return _holding((self.identity, work, now, 0, ""))

        return self._connections.run(insert)

    def read(self, name: str) -> Holding | None:
        return self._connections.run(lambda connection, _again: _read(connection, name))

    def seize(self, name: str, dead: Holding, work: str, now: float) -> Holding | None:
        def update(connection: Connection, again: bool) -> Holding | None:  # noqa: FBT001 - told by the connections
            found = connection.execute(
                f"UPDATE tiller_leases SET holder = ?, work = ?, since = ?, renewals = 0, waiting = '' WHERE {_SAME}",  # noqa: S608 - a constant
                (self.identity, work, now, name, *_key(dead)),
            )
            if found.rowcount:
                return _holding((self.identity, work, now, 0, ""))
            return self._mine(connection, name, now) if again else None

        return self._connections.run(update)

    def ask(self, name: str, theirs: Holding) -> None:
        if theirs.waiting:
            return
        self._connections.run(
            lambda connection, _again: connection.execute(
                f"UPDATE tiller_leases SET waiting = ? WHERE {_SAME} AND waiting = ''",  # noqa: S608 - a constant
                (self.identity, name, *_key(theirs)),
            )
        )

    def renew(self, name: str, mine: Holding, work: str, since: float, now: float) -> Holding:  # noqa: ARG002 - renewals are counted
        def update(connection: Connection, again: bool) -> Holding | None:  # noqa: FBT001 - told by the connections
            found = connection.execute(
                f"UPDATE tiller_leases SET work = ?, since = ?, renewals = renewals + 1 WHERE {_SAME}",  # noqa: S608 - a constant
                (work, since, name, *_key(mine)),
            )
            current = _read(connection, name)
            if current is None or current.holder != self.identity or not (found.rowcount or again):
                return None
            return current

        renewed = self._connections.run(update)
        if renewed is None:
            raise LeaseLost(name)
        return renewed

    def give_up(self, name: str, mine: Holding, now: float) -> None:
        def end(connection: Connection, _again: bool) -> None:  # noqa: FBT001 - told by the connections
            if not connection.execute(
                f"DELETE FROM tiller_leases WHERE {_SAME} AND waiting = ''",  # noqa: S608 - a constant
                (name, *_key(mine)),
            ).rowcount:
                connection.execute(
                    "UPDATE tiller_leases SET holder = waiting, work = '', since = ?, renewals = 0, waiting = ''"  # noqa: S608 - a constant
                    f" WHERE {_SAME} AND waiting <> ''",
                    (now, name, *_key(mine)),
                )

        self._connections.run(end)

    def _prepare(self, connection: Connection, _again: bool) -> None:  # noqa: FBT001 - told by the connections
        try:
            connection.execute("SELECT name FROM tiller_leases WHERE name = ''")
        except self._connections.database.errors as error:
            if self._connections.database.passes(error):
                raise
            self._make_table(connection)

    def _make_table(self, connection: Connection) -> None:
        """PostgreSQL's IF NOT EXISTS is no lock: of two that make a table at once, one is refused and finds it there."""
        try:
            connection.execute(_TABLE)
        except self._connections.database.errors as error:
            if not self._connections.database.is_duplicate(error):
                raise

    def _mine(self, connection: Connection, name: str, since: float) -> Holding | None:
        """The lease, if our own first attempt took it."""
        current = _read(connection, name)
        return current if current and (current.holder, current.since) == (self.identity, since) else None


def _read(connection: Connection, name: str) -> Holding | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM tiller_leases WHERE name = ?", (name,)).fetchone()  # noqa: S608 - a constant
    return None if row is None else _holding(row)


def _holding(row: Any) -> Holding:
    holder, work, since, renewals, waiting = row
    fresh = Holding(str(holder), str(work), float(since), "", str(renewals), str(waiting))
    return replace(fresh, stamp=f"{holder} {since!r} {renewals}")


def _key(holding: Holding) -> tuple[str, float, int]:
    return holding.holder, holding.since, int(holding.version)
