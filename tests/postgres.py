"""A throw-away PostgreSQL for tests, from the programs that Debian's package installs.

It speaks on a Unix socket only, keeps nothing, and runs as a user without rights where the tests
run as root, since PostgreSQL refuses to be root.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ROOTS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
_COUNT = itertools.count()


def programs() -> Path | None:
    """The directory of initdb and pg_ctl."""
    on_path = shutil.which("initdb")
    places = [*_ROOTS, *([Path(on_path).parent] if on_path else [])]
    return next((place for place in places if (place / "initdb").exists()), None)


MISSING = "no PostgreSQL: apt-get install postgresql" if programs() is None else ""


class Postgresql:
    """A running server."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = _user()
            os.chown(directory, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.directory} -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-o", options, "-w", "-l", "log", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def database(self) -> str:
        """A connection string of an empty database."""
        name = f"records{next(_COUNT)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.string(name)

    def string(self, database: str, user: str = "postgres") -> str:
        return f"host={self.directory} user={user} dbname={database} sslmode=disable"

    def execute(self, statement: str, database: str = "") -> list[Any]:
        """Run a statement as the database's owner; its rows."""
        import psycopg

        with psycopg.connect(database or self.string("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *arguments: str) -> None:
        place = programs()
        assert place is not None
        done = subprocess.run(
            [str(place / program), *arguments],
            cwd=self.directory,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
            **self._as,
        )
        assert done.returncode == 0, done.stderr.decode()


def _user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("no user without rights to run PostgreSQL as")


@contextmanager
def running() -> Iterator[Postgresql]:
    """A server that lives as long as the block."""
    directory = Path(tempfile.mkdtemp(prefix="helmpy-pg-", dir="/tmp"))  # short, as sockets' paths must be
    try:
        server = Postgresql(directory)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory)
