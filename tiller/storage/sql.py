"""Records in an SQL database: Helm 2.17's table ``releases``, one row for each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

from helmpy.release.error import ReleaseError
from helmpy.release.model import Release
from tiller.clock import Clock
from tiller.storage import codec
from tiller.storage.connections import Connection, Connections
from tiller.storage.driver import OWNER, ReleaseExists, ReleaseNotFound, key_of, labels_of

log = logging.getLogger(__name__)

PAGE = 100  # rows at once: bodies are large, and no list needs all of them in memory twice

_COLUMNS = {"NAME": "name", "OWNER": "owner", "STATUS": "status", "VERSION": "version"}


class SqlDriver:
    """Rows of ``releases``; keys and bodies as in a ConfigMap."""

    name = "SQL"

    def __init__(self, connections: Connections, clock: Clock) -> None:
        self._connections = connections
        self._clock = clock

    def get(self, name: str, version: int) -> Release:
        key = key_of(name, version)
        body = self._connections.run(lambda connection, _again: _body(connection, key))
        if body is None:
            raise ReleaseNotFound(key)
        return codec.decode(body)

    def create(self, release: Release) -> None:
        labels, body = labels_of(release), codec.encode(release)
        row = (release.key, body, release.name, release.version, labels["STATUS"], OWNER, int(self._clock.now()))

        def insert(connection: Connection, again: bool) -> None:  # noqa: FBT001 - told by the connections
            try:
                connection.execute(
                    "INSERT INTO releases (key, body, name, version, status, owner, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    row,
                )
            except self._connections.database.errors as error:
                if not self._connections.database.is_duplicate(error):
                    raise
                # Whose row? The answer to our own first attempt may be what was lost.
                if not (again and _body(connection, release.key) == body):
                    raise ReleaseExists(release.key) from None

        self._connections.run(insert)

    def update(self, release: Release) -> None:
        labels, body = labels_of(release), codec.encode(release)
        row = (body, labels["STATUS"], OWNER, int(self._clock.now()), release.key)
        found = self._connections.run(
            lambda connection, _again: (
                connection.execute(
                    "UPDATE releases SET body = ?, status = ?, owner = ?, modified_at = ? WHERE key = ?", row
                ).rowcount
            )
        )
        if not found:
            raise ReleaseNotFound(release.key)

    def delete(self, name: str, version: int) -> Release:
        release = self.get(name, version)  # what cannot be read is not deleted

        def remove(connection: Connection, again: bool) -> None:  # noqa: FBT001 - told by the connections
            if not connection.execute("DELETE FROM releases WHERE key = ?", (release.key,)).rowcount and not again:
                raise ReleaseNotFound(release.key)

        self._connections.run(remove)
        return release

    def query(self, labels: Mapping[str, str]) -> list[Release]:
        return [release for key, body in self._rows(labels) if (release := _decoded(key, body)) is not None]

    def counts(self) -> dict[str, int]:
        statement = "SELECT status, count(*) FROM releases WHERE owner = ? GROUP BY status"
        rows = self._connections.run(lambda connection, _again: connection.execute(statement, (OWNER,)).fetchall())
        return {str(status): int(count) for status, count in rows}

    def _rows(self, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Keys and bodies, page after page in the order of keys: no long transaction holds the table."""
        wanted = {**labels, "OWNER": OWNER}
        if unknown := sorted(wanted.keys() - _COLUMNS.keys()):
            raise ReleaseError(f"unknown label {unknown[0]}")
        if not wanted.get("VERSION", "0").isdecimal():
            return
        conditions = " AND ".join(f"{_COLUMNS[label]} = ?" for label in wanted)
        values: list[object] = [int(value) if label == "VERSION" else value for label, value in wanted.items()]
        statement = f"SELECT key, body FROM releases WHERE {conditions} AND key > ? ORDER BY key LIMIT {PAGE}"  # noqa: S608 - columns of a closed table
        last = ""
        while True:
            page = self._connections.run(
                lambda connection, _again, last=last: connection.execute(statement, (*values, last)).fetchall()  # type: ignore[misc]  # a default binds it now
            )
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1][0]


def _body(connection: Connection, key: str) -> str | None:
    row = connection.execute("SELECT body FROM releases WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def _decoded(key: str, body: str) -> Release | None:
    """The row's release, or None where it is broken: one bad record must not hide the others."""
    try:
        return codec.decode(body)
    except codec.CodecError as error:
        log.warning("skipping record %s: %s", key, error)
        return None
