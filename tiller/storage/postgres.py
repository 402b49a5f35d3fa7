"""PostgreSQL, with the table and the connection strings of Helm 2.17."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode

import psycopg
from psycopg import conninfo, errors, pq

from tiller.storage.connections import Connection, Found, StoreError

# Where the string does not say otherwise. 2.17's driver demands TLS by default, libpq does not.
_DEFAULTS: Mapping[str, str] = {
    "sslmode": "require",
    "application_name": "tiller",
    "connect_timeout": "10",  # seconds
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",  # milliseconds
}
# Settings of 2.17's driver alone, about how it speaks, not what it says.
_FOREIGN = frozenset({"binary_parameters", "disable_prepared_binary_result"})

_LOCK = 0x74696C6C6572  # "tiller": of two servers that start on an empty database one makes the tables

# The keys, types and index names are what 2.17 makes of its migration "init", so that either may come first.
_TABLES = (
    """CREATE TABLE IF NOT EXISTS releases (
  key varchar(67) PRIMARY KEY,
  body text NOT NULL,
  name varchar(64) NOT NULL,
  version integer NOT NULL,
  status text NOT NULL,
  owner text NOT NULL,
  created_at integer NOT NULL,
  modified_at integer NOT NULL DEFAULT 0
)""",
    *(
        f"CREATE INDEX IF NOT EXISTS releases_{column}_idx ON releases ({column})"
        for column in ("key", "version", "status", "owner", "created_at", "modified_at")
    ),
    "CREATE TABLE IF NOT EXISTS gorp_migrations (id text PRIMARY KEY, applied_at timestamptz)",
    "INSERT INTO gorp_migrations (id, applied_at) VALUES ('init', now()) ON CONFLICT DO NOTHING",
)

# Classes of SQLSTATE after which another connection may do better: lost, out of resources,
# stopped by an operator, told to repeat.
_PASSING = ("08", "53", "57", "40", "25006")


class Postgres:
    """The database that a URL or a ``key=value`` text names; raises StoreError where it is neither."""

    errors = (psycopg.Error,)

    def __init__(self, text: str, environment: Mapping[str, str]) -> None:
        try:
            self._arguments = _arguments(text, environment)
        except (psycopg.Error, ValueError) as error:
            # libpq's own words may quote a password that was not escaped.
            reason = str(error) if isinstance(error, ValueError) else "it is no connection string of PostgreSQL"
            raise StoreError(f"SQL storage: --sql-connection-string: {reason}") from None

    def connect(self) -> Connection:
        # Statements are not prepared on the server: poolers hand each one to another connection.
        inner = psycopg.connect(self._arguments, autocommit=True, prepare_threshold=None)
        return _Connection(inner)

    def prepare(self, connection: Connection) -> None:
        if connection.execute("SELECT to_regclass('releases')").fetchone()[0] is not None:
            return  # a role that may not make tables can use those that are there
        connection.execute("BEGIN")
        connection.execute("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("COMMIT")

    def passes(self, error: Exception) -> bool:
        state = getattr(error, "sqlstate", None)
        if state is None:  # no answer from the server at all
            return isinstance(error, psycopg.OperationalError)
        return str(state).startswith(_PASSING)

    def is_duplicate(self, error: Exception) -> bool:
        return isinstance(error, errors.UniqueViolation)


class _Connection:
    def __init__(self, inner: psycopg.Connection[tuple[object, ...]]) -> None:
        self._inner = inner

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Found:
        return self._inner.execute(statement.replace("?", "%s").encode(), parameters or None)

    def close(self) -> None:
        self._inner.close()


def _arguments(text: str, environment: Mapping[str, str]) -> str:
    """The string as libpq reads it: what 2.17's driver passes on as settings of the session stays that."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    if text.startswith(("postgres://", "postgresql://")):
        head, _, query = text.partition("?")
        given = parse_qsl(query, keep_blank_values=True)
        own = urlencode([(key, value) for key, value in given if key in known], quote_via=quote)
        parsed = conninfo.conninfo_to_dict(f"{head}?{own}")
    else:
        given = list(_pairs(text))
        parsed = conninfo.conninfo_to_dict("", **{key: value for key, value in given if key in known})
    settings = [(key, value) for key, value in given if key not in known and key not in _FOREIGN]
    if settings:
        session = " ".join(f"-c {key}={_escaped(value)}" for key, value in settings)
        parsed["options"] = f"{parsed['options']} {session}" if parsed.get("options") else session
    for key, value in _DEFAULTS.items():
        if key not in parsed and not environment.get(f"PG{key.replace('_', '').upper()}"):
            parsed[key] = value
    return conninfo.make_conninfo("", **parsed)


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    """``key = value`` pairs; a value may stand in single quotes, a backslash takes the next character as it is."""
    rest = text.strip()
    while rest:
        key, equals, rest = rest.partition("=")
        if not equals or not key.strip():
            raise ValueError("pairs of key=value, or a URL, are expected")
        rest = rest.lstrip()
        quoted = rest.startswith("'")
        value: list[str] = []
        at = int(quoted)
        while at < len(rest) and not (rest[at] == "'" if quoted else rest[at].isspace()):
            at += rest[at] == "\\"
            value.append(rest[at : at + 1])
            at += 1
        if quoted and at >= len(rest):
            raise ValueError("a quoted value has no end")
        yield key.strip(), "".join(value)
        rest = rest[at + int(quoted) :].lstrip()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
