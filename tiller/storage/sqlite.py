"""SQLite: records in one file, for one machine."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence

from tiller.storage.connections import Connection, Found, StoreError

PATIENCE = 10.0  # seconds for another process's write to end

_TABLES = """
CREATE TABLE IF NOT EXISTS releases (
  key TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  owner TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS releases_name_idx ON releases (name);
CREATE INDEX IF NOT EXISTS releases_status_idx ON releases (status);
"""


class Sqlite:
    """The database in the file ``path``; it is made, readable by its owner alone, where it is missing."""

    errors = (sqlite3.Error,)

    def __init__(self, path: str) -> None:
        if not path or path.startswith((":memory:", "file:")):
            raise StoreError("SQL storage: sqlite3 needs a file's path as --sql-connection-string")
        self._path = path

    def connect(self) -> Connection:
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise StoreError(f"SQL storage: open {self._path}: {error.strerror}") from error
        return _Connection(self._path)

    def prepare(self, connection: Connection) -> None:
        connection.execute("PRAGMA journal_mode=WAL")  # readers need not wait for a writer
        for statement in _TABLES.split(";"):
            connection.execute(statement)

    def passes(self, error: Exception) -> bool:
        return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))

    def is_duplicate(self, error: Exception) -> bool:
        return getattr(error, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_PRIMARYKEY"


class _Connection:
    def __init__(self, path: str) -> None:
        # Handed from thread to thread, never used by two at once.
        self._inner = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            self._inner.execute("PRAGMA synchronous=FULL")  # what was answered stays, whatever happens to the machine
        except sqlite3.Error:  # no database, say
            self._inner.close()
            raise

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Found:
        return self._inner.execute(statement, tuple(parameters))

    def close(self) -> None:
        self._inner.close()
