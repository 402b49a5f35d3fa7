"""The real Helm 2.17 client and our tiller over TLS, with the flags and file names of 2.17."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compat.clusters import BINARIES
from tests.tiller.test_server_tls import CA, CLIENT, SERVER, STRANGER, Pair
from tests.tiller.world import make_world
from tiller.server import serve
from tiller.tls import TlsFiles

HELM = BINARIES / "helm2.17"

pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not HELM.exists(), reason=f"there is no real Helm at {HELM}"),
]


@dataclass
class Client:
    """helm2.17 with a home of its own."""

    home: Path
    port: int

    def certificates(self, shown: Pair, ca: Pair) -> None:
        for name, text in (("key.pem", shown.key_pem), ("cert.pem", shown.pem), ("ca.pem", ca.pem)):
            (self.home / name).write_bytes(text)

    def version(self, *flags: str) -> subprocess.CompletedProcess[str]:
        command = [
            str(HELM),
            "--host",
            f"127.0.0.1:{self.port}",
            "--tiller-connection-timeout",
            "3",
            "version",
            "--server",
        ]
        environment = {"HELM_HOME": str(self.home), "HOME": str(self.home)}
        return subprocess.run(
            [*command, *flags], env=environment, capture_output=True, text=True, timeout=60, check=False
        )


@pytest.fixture(params=[False, True], ids=["tls", "tls-verify"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Client, bool]]:
    for name, text in (("tls.key", SERVER.key_pem), ("tls.crt", SERVER.pem), ("ca.crt", CA.pem)):
        (tmp_path / name).write_bytes(text)
    files = TlsFiles(
        str(tmp_path / "tls.key"), str(tmp_path / "tls.crt"), str(tmp_path / "ca.crt") if request.param else ""
    )
    handle = serve(make_world().env, tls=files)
    (tmp_path / "home").mkdir()
    yield Client(tmp_path / "home", handle.port), request.param
    handle.stop(0)


@pytest.mark.parametrize("flag", ["--tls", "--tls-verify"])
def test_helm_with_its_certificates(client: tuple[Client, bool], flag: str) -> None:
    helm, _ = client
    helm.certificates(CLIENT, CA)
    done = helm.version(flag)
    assert (done.returncode, done.stdout.count('SemVer:"v2.17.0"')) == (0, 1), done.stderr


def test_helm_with_another_cas_certificate(client: tuple[Client, bool]) -> None:
    helm, verify = client
    helm.certificates(STRANGER, CA)
    done = helm.version("--tls-verify")
    assert (done.returncode != 0) == verify
    assert ("v2.17.0" in done.stdout) != verify


def test_helm_that_trusts_another_ca(client: tuple[Client, bool]) -> None:
    helm, _ = client
    helm.certificates(CLIENT, STRANGER)
    assert helm.version("--tls-verify").returncode != 0


def test_helm_without_tls(client: tuple[Client, bool]) -> None:
    helm, _ = client
    done = helm.version()
    assert done.returncode != 0
    assert "v2.17.0" not in done.stdout
