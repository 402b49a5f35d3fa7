"""Records in one PostgreSQL, written and read by Tiller 2.17 and by ours."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from helmpy.client import Tiller
from helmpy.release.requests import ContentRequest, ListRequest
from tests.compat.clusters import BINARIES, Ground, ground_on, refusal, transport_of
from tests.compat.conformance.manifests import config
from tests.postgres import MISSING, running
from tests.tiller.world import chart
from tiller.clock import SystemClock
from tiller.storage.connections import Connections
from tiller.storage.postgres import Postgres
from tiller.storage.sql import SqlDriver
from tiller.storage.storage import Storage

TILLER = BINARIES / "tiller2.17"
WAYS = [("theirs", "ours"), ("ours", "theirs")]

pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not TILLER.exists(), reason=f"there is no real Tiller at {TILLER}"),
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
]


@contextmanager
def real_tiller(kubeconfig: Path, namespace: str, database: str, home: Path) -> Iterator[Tiller]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [
            TILLER,
            f"--listen=127.0.0.1:{port}",
            "--probe=false",
            "--storage=sql",
            "--sql-dialect=postgres",
            f"--sql-connection-string={database}",
        ],
        env={**os.environ, "KUBECONFIG": str(kubeconfig), "TILLER_NAMESPACE": namespace, "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with Tiller(f"127.0.0.1:{port}", patience=20) as client:
            client.version()
            yield client
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module", params=WAYS, ids=["-".join(way) for way in WAYS])
def grounds(
    request: pytest.FixtureRequest, kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Ground]]:
    """Both Tillers on one database; the one who is named first made its table."""
    with running() as server, ground_on("ours", transport_of(kubeconfig)) as ours:
        database = server.database()
        if request.param[0] == "ours":
            Connections(Postgres(database, {}), SystemClock()).close()
        with real_tiller(kubeconfig, ours.namespace, database, tmp_path_factory.mktemp("tiller")) as client:
            connections = Connections(Postgres(database, {}), SystemClock())
            ours.env.storage = Storage(SqlDriver(connections, SystemClock()))
            yield {"ours": ours, "theirs": replace(ours, name="theirs", tiller=client)}
            connections.close()


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_records_change_hands(grounds: dict[str, Ground], writer: str, reader: str) -> None:
    one, two = grounds[writer], grounds[reader]
    name = f"{writer}-made"
    one.install(chart(config(name, v="1")), name)
    one.upgrade(chart(config(name, v="2")), name)
    assert two.statuses(name) == {1: "SUPERSEDED", 2: "DEPLOYED"}
    asked = ContentRequest(name=name)
    assert one.tiller.content(asked) == two.tiller.content(asked)
    assert refusal(two.install, chart(config(name, v="1")), name) == refusal(
        one.install, chart(config(name, v="1")), name
    )
    two.upgrade(chart(config(name, v="3")), name)
    assert one.data(name) == {"v": "3"}
    one.rollback(name, 1)
    assert two.statuses(name) == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "SUPERSEDED", 4: "DEPLOYED"}
    assert [found.version for found in two.tiller.list(ListRequest(filter=name, limit=9)).releases] == [4]
    two.purge(name)
    assert one.statuses(name) == {}
    assert one.data(name) is None
