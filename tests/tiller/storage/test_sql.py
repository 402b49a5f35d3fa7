"""Records in SQL databases: Helm 2.17's table, lost connections, several processes."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from helmpy.release.error import ReleaseError
from helmpy.release.model import Release, StatusCode
from tests.postgres import Postgresql
from tests.tiller.storage.test_drivers import release
from tiller.clock import FakeClock
from tiller.storage import codec, sql
from tiller.storage.connections import Connection, Connections, Found, StoreError
from tiller.storage.driver import ReleaseExists, ReleaseNotFound
from tiller.storage.sql import SqlDriver
from tiller.storage.sql_leases import SqlLeases
from tiller.storage.sqlite import Sqlite

# Name, type, may be null, default: what 2.17's migration makes of an empty database.
COLUMNS = [
    ("key", "character varying(67)", True, None),
    ("body", "text", True, None),
    ("name", "character varying(64)", True, None),
    ("version", "integer", True, None),
    ("status", "text", True, None),
    ("owner", "text", True, None),
    ("created_at", "integer", True, None),
    ("modified_at", "integer", True, "0"),
]
INDEXES = {
    "releases_pkey",
    *(f"releases_{name}_idx" for name in ("key", "version", "status", "owner", "created_at", "modified_at")),
}


def connections_to(text: str) -> Connections:
    from tiller.storage.postgres import Postgres

    return Connections(Postgres(text, {}), FakeClock())


@pytest.fixture
def database(postgresql: Postgresql) -> str:
    return postgresql.database()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlDriver]:
    connections = Connections(Sqlite(str(tmp_path / "records.db")), FakeClock())
    yield SqlDriver(connections, FakeClock())
    connections.close()


def test_the_table_is_helm_2_17s(postgresql: Postgresql, database: str) -> None:
    for _ in range(2):  # the second finds it there
        connections_to(database).close()
    columns = postgresql.execute(
        "SELECT attname::text, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)"
        " FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
        " WHERE attrelid = 'releases'::regclass AND attnum > 0 ORDER BY attnum",
        database,
    )
    assert columns == COLUMNS
    indexes = postgresql.execute("SELECT indexname::text FROM pg_indexes WHERE tablename = 'releases'", database)
    assert {name for (name,) in indexes} == INDEXES
    assert postgresql.execute("SELECT id FROM gorp_migrations", database) == [("init",)]


def test_a_row_is_helm_2_17s(postgresql: Postgresql, database: str) -> None:
    clock = FakeClock(start=1234.9)
    connections = connections_to(database)
    driver = SqlDriver(connections, clock)
    driver.create(release())
    row = "SELECT key, body, name, version, status, owner, created_at, modified_at FROM releases"
    expected = ("web.v1", codec.encode(release()), "web", 1, "DEPLOYED", "TILLER", 1234, 0)
    assert postgresql.execute(row, database) == [expected]
    clock.advance(100)
    failed = release(code=StatusCode.FAILED)
    driver.update(failed)
    expected = ("web.v1", codec.encode(failed), "web", 1, "FAILED", "TILLER", 1234, 1334)
    assert postgresql.execute(row, database) == [expected]
    connections.close()


def test_a_role_that_may_not_make_tables_uses_those_that_are_there(postgresql: Postgresql, database: str) -> None:
    connections_to(database).close()
    postgresql.execute("DROP ROLE IF EXISTS clerk")
    postgresql.execute("CREATE ROLE clerk LOGIN")
    postgresql.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON releases TO clerk", database)
    connections = connections_to(database.replace("user=postgres", "user=clerk"))
    SqlDriver(connections, FakeClock()).create(release())
    with pytest.raises(StoreError, match="permission denied for schema public"):
        SqlLeases(connections, "one")
    connections.close()
    postgresql.execute("DROP OWNED BY clerk", database)
    postgresql.execute("DROP ROLE clerk")


def test_tillers_that_start_on_an_empty_database_together(database: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def start(number: int) -> None:
        connections = connections_to(database)
        SqlLeases(connections, str(number))
        SqlDriver(connections, FakeClock()).create(release(version=number))
        connections.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(start, range(1, 9)))


def test_connections_that_the_server_ends_are_replaced(postgresql: Postgresql, database: str) -> None:
    connections = connections_to(database)
    driver = SqlDriver(connections, FakeClock())
    driver.create(release())
    attempts: list[Callable[[], Any]] = [
        lambda: driver.get("web", 1),
        lambda: driver.create(release(version=2)),
        lambda: driver.update(release(code=StatusCode.FAILED)),
        lambda: driver.query({}),
        lambda: driver.delete("web", 2),
    ]
    for attempt in attempts:
        postgresql.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tiller'")
        attempt()
    assert [found.status for found in driver.query({})] == [StatusCode.FAILED]
    connections.close()


def test_a_server_that_starts_again(postgresql: Postgresql, database: str) -> None:
    connections = connections_to(database)
    driver = SqlDriver(connections, FakeClock())
    driver.create(release())
    postgresql.stop()
    try:
        with pytest.raises(StoreError, match="SQL storage: "):
            driver.get("web", 1)
    finally:
        postgresql.start()
    assert driver.get("web", 1) == release()
    connections.close()


def test_nobody_there() -> None:
    with pytest.raises(StoreError, match=r"SQL storage: .*No such file or directory"):
        connections_to("host=/nowhere user=a dbname=b")


def arguments_of(text: str, **environment: str) -> dict[str, Any]:
    from psycopg.conninfo import conninfo_to_dict

    from tiller.storage.postgres import Postgres

    return dict(conninfo_to_dict(Postgres(text, environment)._arguments))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://me:pass%20word@db:5433/helm", {"host": "db", "port": "5433", "password": "pass word"}),
        ("postgresql://me@db/helm?sslmode=disable", {"sslmode": "disable"}),
        ("postgres://me@db/helm", {"sslmode": "require", "application_name": "tiller"}),
        ("postgres://me@db/helm?search_path=a%20b&binary_parameters=yes", {"options": r"-c search_path=a\ b"}),
        ("host=db user = me  dbname=helm password='it\\'s a \"word\"'", {"user": "me", "password": 'it\'s a "word"'}),
        ("host=db options='-c a.b=1' statement_timeout=5", {"options": "-c a.b=1 -c statement_timeout=5"}),
        ("host=db password=", {"host": "db", "sslmode": "require"}),
        ("host=db password='' connect_timeout=3", {"connect_timeout": "3"}),
        ("", {"sslmode": "require"}),
    ],
)
def test_connection_strings(text: str, expected: dict[str, str]) -> None:
    found = arguments_of(text)
    assert {key: found[key] for key in expected} == expected


def test_libpqs_environment_is_not_overruled() -> None:
    assert "sslmode" not in arguments_of("host=db", PGSSLMODE="disable")


@pytest.mark.parametrize(
    "text", ["secret", "host='secret", "postgres://me:secret@[db/helm", "postgres://a%2:secret@db"]
)
def test_strings_that_are_none_are_not_repeated(text: str) -> None:
    from tiller.storage.postgres import Postgres

    with pytest.raises(StoreError) as caught:
        Postgres(text, {})
    assert "--sql-connection-string" in str(caught.value)
    assert "secret" not in str(caught.value)


class Lost(Exception):
    """A connection's end."""


class Losing(Sqlite):
    """A database whose next statements work, though no answer comes."""

    errors: Any = (*Sqlite.errors, Lost)
    losses = 0

    def connect(self) -> Connection:
        return Unanswered(self, super().connect())

    def passes(self, error: Exception) -> bool:
        return isinstance(error, Lost) or super().passes(error)


class Unanswered:
    def __init__(self, database: Losing, inner: Connection) -> None:
        self._database = database
        self._inner = inner

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Found:
        found = self._inner.execute(statement, parameters)
        if self._database.losses:
            self._database.losses -= 1
            raise Lost("server closed the connection unexpectedly\n\tThis probably means something.")
        return found

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def losing(tmp_path: Path) -> Iterator[tuple[Losing, SqlDriver, SqlLeases]]:
    database = Losing(str(tmp_path / "records.db"))
    connections = Connections(database, FakeClock())
    yield database, SqlDriver(connections, FakeClock()), SqlLeases(connections, "one")
    connections.close()


def test_what_was_done_though_the_answer_was_lost_counts_as_done(losing: tuple[Losing, SqlDriver, SqlLeases]) -> None:
    database, driver, _ = losing
    database.losses = 1
    driver.create(release())
    database.losses = 1
    driver.update(release(code=StatusCode.FAILED))
    assert driver.get("web", 1).status == StatusCode.FAILED
    found = driver.get("web", 1)
    database.losses = 2  # of the look at it and of the deletion
    assert driver.delete("web", 1) == found
    assert driver.query({}) == []


def test_anothers_row_is_no_success_of_ours(losing: tuple[Losing, SqlDriver, SqlLeases]) -> None:
    database, driver, _ = losing
    driver.create(release())
    with pytest.raises(ReleaseExists):
        driver.create(replace(release(), manifest="kind: Y"))
    database.losses = 1
    driver.create(release(version=2))
    with pytest.raises(ReleaseExists):
        driver.create(release(version=2))


def test_leases_survive_lost_answers(losing: tuple[Losing, SqlDriver, SqlLeases]) -> None:
    database, _, leases = losing
    database.losses = 1
    mine = leases.take("web", "upgrade", 100.0)
    assert mine is not None
    database.losses = 1
    mine = leases.renew("web", mine, "delete", 101.0, 102.0)
    assert (mine.work, mine.since) == ("delete", 101.0)
    database.losses = 1
    leases.give_up("web", mine, 103.0)
    assert leases.read("web") is None


def test_a_database_that_stays_away(losing: tuple[Losing, SqlDriver, SqlLeases]) -> None:
    database, driver, _ = losing
    database.losses = 100
    with pytest.raises(StoreError) as caught:
        driver.query({})
    assert str(caught.value) == "SQL storage: server closed the connection unexpectedly"


def test_many_records_come_in_pages(monkeypatch: pytest.MonkeyPatch, sqlite: SqlDriver) -> None:
    monkeypatch.setattr(sql, "PAGE", 3)
    for version in range(1, 10):
        sqlite.create(release(version=version))
    assert sorted(found.version for found in sqlite.query({})) == list(range(1, 10))


def test_a_label_that_nobody_keeps(sqlite: SqlDriver) -> None:
    with pytest.raises(ReleaseError, match="unknown label COLOUR"):
        sqlite.query({"COLOUR": "red"})
    assert sqlite.query({"VERSION": "one"}) == []


def test_a_broken_record_does_not_hide_the_others(sqlite: SqlDriver, caplog: pytest.LogCaptureFixture) -> None:
    sqlite.create(release())
    sqlite._connections.run(
        lambda connection, _again: connection.execute(
            "INSERT INTO releases (key, body, name, version, status, owner, created_at)"
            " VALUES ('bad.v1', '?', 'bad', 1, 'FAILED', 'TILLER', 0), ('x', '?', 'x', 1, 'FAILED', 'ANOTHER', 0)"
        )
    )
    assert [found.key for found in sqlite.query({})] == ["web.v1"]
    assert "skipping record bad.v1" in caplog.text
    with pytest.raises(codec.CodecError):
        sqlite.delete("bad", 1)


@pytest.mark.parametrize("path", ["", ":memory:", "file:x?mode=memory"])
def test_sqlite_needs_a_file(path: str) -> None:
    with pytest.raises(StoreError, match="sqlite3 needs a file's path"):
        Sqlite(path)


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file or directory"):
        Connections(Sqlite(str(tmp_path / "none" / "records.db")), FakeClock())


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_text("something else, and long enough to be looked at" * 30)
    with pytest.raises(StoreError, match="file is not a database"):
        Connections(Sqlite(str(tmp_path / "records.db")), FakeClock())


def test_the_file_is_its_owners_alone(sqlite: SqlDriver, tmp_path: Path) -> None:
    sqlite.create(release())
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["records.db", "records.db-shm", "records.db-wal"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


PROGRAM = """
import sys
from helmpy.release.model import Release
from tiller.clock import SystemClock
from tiller.storage.connections import Connections
from tiller.storage.driver import ReleaseExists
from tiller.storage.sql import SqlDriver
from tiller.storage.sqlite import Sqlite
driver = SqlDriver(Connections(Sqlite(sys.argv[1]), SystemClock()), SystemClock())
for version in range(1, 51):
    try:
        driver.create(Release(name="web", version=version, manifest=sys.argv[2]))
        print(version)
    except ReleaseExists:
        pass
"""


def test_processes_share_a_file(sqlite: SqlDriver, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "records.db")]
    started = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])
        for number in range(3)
    ]
    won = [each.communicate(timeout=60)[0].split() for each in started]
    assert sorted(int(version) for versions in won for version in versions) == list(range(1, 51))
    stored: list[Release] = sqlite.query({})
    for found in stored:
        assert str(found.version) in won[int(found.manifest)]
    with pytest.raises(ReleaseNotFound):
        sqlite.get("web", 51)
