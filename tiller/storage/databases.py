"""Kinds of SQL databases by the names that ``--sql-dialect`` takes."""

from __future__ import annotations

from collections.abc import Mapping

from tiller.storage.connections import Database, StoreError


def open_database(dialect: str, text: str, environment: Mapping[str, str]) -> Database:
    """The database that the connection string names, not yet connected to; raises StoreError."""
    if dialect == "sqlite3":
        from tiller.storage.sqlite import Sqlite

        return Sqlite(text)
    if dialect == "postgres":
        try:
            from tiller.storage.postgres import Postgres
        except ImportError as error:
            raise StoreError(f"PostgreSQL needs the package psycopg: pip install 'helmpy[sql]' ({error})") from error
        return Postgres(text, environment)
    raise StoreError(f"{dialect} dialect isn't supported, one of postgres, sqlite3 is")
