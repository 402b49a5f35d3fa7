"""What Prometheus reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from helmpy.errors import HelmError
from helmpy.hapi.services import tiller_pb2
from tests.tiller.world import World, chart, config
from tiller.clock import FakeClock
from tiller.kube.counting import Counting
from tiller.kube.transport import Request, Response, Unreachable
from tiller.metrics import FRESH, KINDS, STREAMS, Metrics
from tiller.sandbox.api import Api, memory_api
from tiller.server import ReleaseService


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(started=12.5)


def value(metrics: Metrics, name: str) -> float | None:
    """The value of a sample written as it is in the text."""
    for line in metrics.text().splitlines():
        if line.startswith(f"{name} "):
            return float(line.rpartition(" ")[2])
    return None


def test_every_method_of_the_service_has_a_kind() -> None:
    assert set(KINDS) == {name for name in vars(ReleaseService) if name[0].isupper()}
    methods = tiller_pb2.DESCRIPTOR.services_by_name["ReleaseService"].methods
    assert {each.name for each in methods if each.server_streaming} == STREAMS


def test_operations_by_kind_and_outcome_and_how_long_they_took(metrics: Metrics) -> None:
    for ok, seconds in ((True, 0.02), (True, 2.0), (False, 20.0)):
        metrics.began("InstallRelease")
        metrics.ended("InstallRelease", ok, seconds)
    metrics.began("UpdateRelease")
    assert value(metrics, 'tiller_operations_total{kind="install",outcome="ok"}') == 2
    assert value(metrics, 'tiller_operations_total{kind="install",outcome="error"}') == 1
    assert value(metrics, 'tiller_operations_total{kind="test",outcome="ok"}') == 0
    assert value(metrics, 'tiller_operation_duration_seconds_bucket{kind="install",le="3.0"}') == 2
    assert value(metrics, 'tiller_operation_duration_seconds_sum{kind="install"}') == pytest.approx(22.02)
    assert value(metrics, 'tiller_operations_running{kind="install"}') == 0
    assert value(metrics, 'tiller_operations_running{kind="upgrade"}') == 1


def test_calls_are_counted_under_the_names_that_dashboards_of_helm_2_17_know(metrics: Metrics) -> None:
    service = 'grpc_service="hapi.services.tiller.ReleaseService"'

    def count(name: str, method: str, kind: str, more: str = "") -> float | None:
        return value(metrics, f'grpc_server_{name}_total{{{more}grpc_method="{method}",{service},grpc_type="{kind}"}}')

    for ok in (True, True, False):
        metrics.began("GetHistory")
        if ok:
            metrics.sent("GetHistory")
        metrics.ended("GetHistory", ok, 0.1)
    metrics.began("RunReleaseTest")
    metrics.sent("RunReleaseTest")
    metrics.sent("RunReleaseTest")
    assert count("started", "GetHistory", "unary") == 3
    assert count("msg_received", "GetHistory", "unary") == 3
    assert count("msg_sent", "GetHistory", "unary") == 2
    assert count("handled", "GetHistory", "unary", 'grpc_code="OK",') == 2
    assert count("handled", "GetHistory", "unary", 'grpc_code="Unknown",') == 1
    assert count("started", "RunReleaseTest", "server_stream") == 1
    assert count("msg_sent", "RunReleaseTest", "server_stream") == 2
    assert count("handled", "RunReleaseTest", "server_stream", 'grpc_code="OK",') is None


def test_requests_to_the_api_server(metrics: Metrics) -> None:
    class Away(Api):
        def send(self, request: Request, *, timeout: float | None = None) -> Response:
            if request.path == "/api/v1/pods":
                raise Unreachable("nobody there")
            return super().send(request, timeout=timeout)

    counted = Counting(Away(memory_api().store), FakeClock(), metrics.requested)
    assert counted.send(Request("GET", "/version")).status == 200
    assert counted.send(Request("GET", "/api/v1/namespaces/none")).status == 404
    with pytest.raises(Unreachable):
        counted.send(Request("GET", "/api/v1/pods"))
    assert value(metrics, 'tiller_api_requests_total{method="GET",status="200"}') == 1
    assert value(metrics, 'tiller_api_requests_total{method="GET",status="404"}') == 1
    assert value(metrics, 'tiller_api_requests_total{method="GET",status="0"}') == 1
    assert value(metrics, 'tiller_api_request_duration_seconds_count{method="GET"}') == 3


def test_queues(metrics: Metrics) -> None:
    waiting = [0]
    metrics.watch_queue("turns", lambda: waiting[0])
    assert value(metrics, "tiller_queue_turns") == 0
    waiting[0] = 7
    assert value(metrics, "tiller_queue_turns") == 7


def test_records_by_status(metrics: Metrics, world: World) -> None:
    world.install(chart(config("a")), name="web")
    world.upgrade(chart(config("a")), name="web")
    clock = FakeClock()
    metrics.watch_records(world.env.storage.driver.counts, clock.now)
    assert value(metrics, 'tiller_records{status="DEPLOYED"}') == 1
    assert value(metrics, 'tiller_records{status="SUPERSEDED"}') == 1
    world.upgrade(chart(config("a")), name="web")
    assert value(metrics, 'tiller_records{status="SUPERSEDED"}') == 1
    clock.advance(FRESH)
    assert value(metrics, 'tiller_records{status="SUPERSEDED"}') == 2


def test_a_store_that_does_not_answer_leaves_the_rest_to_see(
    metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    def counts() -> dict[str, int]:
        raise HelmError("the store is away")

    metrics.watch_records(counts, FakeClock().now)
    assert value(metrics, 'tiller_records{status="DEPLOYED"}') is None
    assert value(metrics, "tiller_start_time_seconds") == 12.5
    assert "the store is away" in caplog.text


def test_the_process(metrics: Metrics) -> None:
    assert (value(metrics, "process_resident_memory_bytes") or 0) > 1e6
    assert (value(metrics, "process_open_fds") or 0) > 2


def test_the_client_library_is_not_loaded_for_who_has_no_metrics() -> None:
    program = "import sys, tiller.__main__, tiller.server; sys.exit('prometheus_client' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, timeout=60, check=False).returncode == 0
