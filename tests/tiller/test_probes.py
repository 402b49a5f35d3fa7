"""What kubelets and Prometheus read."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tiller.metrics import Metrics
from tiller.probes import ProbeError, Probes, serve_probes

METRICS = Metrics(started=12.5)


@pytest.fixture
def probes() -> Iterator[Probes]:
    probes = serve_probes("127.0.0.1:0", METRICS)
    yield probes
    probes.stop()


def get(probes: Probes, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{probes.port}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize("path", ["/liveness", "/readiness", "/liveness?verbose"])
def test_alive(probes: Probes, path: str) -> None:
    assert get(probes, path) == (200, "")


def test_metrics(probes: Probes) -> None:
    status, text = get(probes, "/metrics")
    assert status == 200
    assert "tiller_start_time_seconds 12.5\n" in text


def test_nothing_else(probes: Probes) -> None:
    assert get(probes, "/secrets")[0] == 404


@pytest.mark.parametrize("listen", ["127.0.0.1:{port}", "127.0.0.1:none", "nowhere"])
def test_addresses_that_cannot_be(probes: Probes, listen: str) -> None:
    with pytest.raises(ProbeError, match="Probes server died"):
        serve_probes(listen.format(port=probes.port), METRICS)


def test_all_addresses() -> None:
    probes = serve_probes(":0", METRICS)
    assert get(probes, "/liveness") == (200, "")
    probes.stop()
