"""One real cluster, one store of records, two Tillers: 2.17's own and ours."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from helmpy.client import Tiller
from tests.compat.clusters import BINARIES, Ground, ground_on, transport_of
from tiller.clock import SystemClock
from tiller.storage.kubernetes import ConfigMapDriver, KubernetesDriver, SecretDriver
from tiller.storage.storage import Storage

TILLER = BINARIES / "tiller2.17"
HELM = BINARIES / "helm2.17"


@dataclass
class Pair:
    """``ours`` and ``theirs`` share the namespace of records and objects."""

    ours: Ground
    theirs: Ground
    driver: KubernetesDriver

    def by(self, who: str) -> Ground:
        return self.ours if who == "ours" else self.theirs


@contextmanager
def real_tiller(kubeconfig: Path, namespace: str, log: Path, *, storage: str = "configmap") -> Iterator[int]:
    """The port of a tiller2.17 that keeps its records in ``namespace``."""
    port = _free_port()
    environment = {**os.environ, "KUBECONFIG": str(kubeconfig), "TILLER_NAMESPACE": namespace, "HOME": str(log.parent)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [TILLER, f"--listen=127.0.0.1:{port}", f"--probe-listen=127.0.0.1:{_free_port()}", f"--storage={storage}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@pytest.fixture(scope="session", params=["configmap"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    if not TILLER.exists():
        pytest.skip(f"there is no real Tiller at {TILLER}")
    kubeconfig: Path = request.getfixturevalue("kubeconfig")
    log = tmp_path_factory.mktemp("tiller") / "tiller.log"
    with (
        ground_on("ours", transport_of(kubeconfig)) as ours,
        real_tiller(kubeconfig, ours.namespace, log, storage=request.param) as port,
        Tiller(f"127.0.0.1:{port}", patience=20) as client,
    ):
        made = ConfigMapDriver if request.param == "configmap" else SecretDriver
        driver = made(ours.transport, ours.namespace, SystemClock())
        ours.env.storage = Storage(driver)
        yield Pair(ours, replace(ours, name="theirs", tiller=client), driver)
