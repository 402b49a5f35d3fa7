"""What Prometheus is told: operations, queues, records, requests to the API server, the process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily

from helmpy.errors import HelmError

if TYPE_CHECKING:
    from prometheus_client.core import Metric

log = logging.getLogger(__name__)

FRESH = 30.0  # seconds for which a count of the records is shown again: counting asks the store
_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
_REQUEST_SECONDS = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)

# The calls of the service, by what people call them.
KINDS = {
    "GetVersion": "version",
    "GetReleaseStatus": "status",
    "GetReleaseContent": "get",
    "GetHistory": "history",
    "ListReleases": "list",
    "InstallRelease": "install",
    "UpdateRelease": "upgrade",
    "RollbackRelease": "rollback",
    "UninstallRelease": "delete",
    "RunReleaseTest": "test",
}


STREAMS = frozenset({"ListReleases", "RunReleaseTest"})  # the calls with more than one answer
_SERVICE = "hapi.services.tiller.ReleaseService"
_CALL = ("grpc_type", "grpc_service", "grpc_method")
# The counters of 2.17's Tiller, which is what dashboards and alarms made for it ask for.
_CALLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "started": ("Calls that began.", _CALL),
    "handled": ("Calls that ended, by gRPC's code.", (*_CALL, "grpc_code")),
    "msg_received": ("Messages of callers.", _CALL),
    "msg_sent": ("Messages to callers.", _CALL),
}


class Metrics:
    """Everything under ``/metrics``. Safe to use from many threads."""

    def __init__(self, started: float) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        start = Gauge("tiller_start_time_seconds", "When the server started, in seconds since 1970.", registry=registry)
        start.set(started)
        self._operations = Counter(
            "tiller_operations", "Operations that ended, by kind and outcome.", ["kind", "outcome"], registry=registry
        )
        self._durations = Histogram(
            "tiller_operation_duration_seconds",
            "How long operations took.",
            ["kind"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._running = Gauge(
            "tiller_operations_running", "Operations that have not ended yet.", ["kind"], registry=registry
        )
        self._requests = Counter(
            "tiller_api_requests",
            "Requests to the API server, by method and status; status 0 is no answer.",
            ["method", "status"],
            registry=registry,
        )
        self._answers = Histogram(
            "tiller_api_request_duration_seconds",
            "How long the API server took to answer.",
            ["method"],
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self._calls = {
            name: Counter(f"grpc_server_{name}", about, labels, registry=registry)
            for name, (about, labels) in _CALLS.items()
        }
        for kind in KINDS.values():
            self._operations.labels(kind, "ok")
            self._operations.labels(kind, "error")
            self._running.labels(kind)

    def began(self, method: str) -> None:
        """Count a call that begins."""
        self._running.labels(KINDS[method]).inc()
        self._calls["started"].labels(*_call(method)).inc()
        self._calls["msg_received"].labels(*_call(method)).inc()

    def sent(self, method: str) -> None:
        """Count a message to a caller."""
        self._calls["msg_sent"].labels(*_call(method)).inc()

    def ended(self, method: str, ok: bool, seconds: float) -> None:  # noqa: FBT001 - an outcome has two sides
        """Count a call that ended after so many seconds."""
        kind = KINDS[method]
        self._running.labels(kind).dec()
        self._operations.labels(kind, "ok" if ok else "error").inc()
        self._durations.labels(kind).observe(seconds)
        self._calls["handled"].labels(*_call(method), "OK" if ok else "Unknown").inc()

    def requested(self, method: str, status: int, seconds: float) -> None:
        """Count a request to the API server; ``status`` 0 is no answer."""
        self._requests.labels(method, str(status)).inc()
        self._answers.labels(method).observe(seconds)

    def watch_queue(self, name: str, length: Callable[[], int]) -> None:
        """Show the length of a queue."""
        self._registry.register(_Queue(name, length))

    def watch_records(self, counts: Callable[[], dict[str, int]], now: Callable[[], float]) -> None:
        """Show how many records there are of each status, counted anew after FRESH seconds."""
        self._registry.register(_Records(counts, now))

    def text(self) -> str:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry).decode()


def _call(method: str) -> tuple[str, str, str]:
    return "server_stream" if method in STREAMS else "unary", _SERVICE, method


class _Queue:
    def __init__(self, name: str, length: Callable[[], int]) -> None:
        self._name = name
        self._length = length

    def describe(self) -> Iterable[Metric]:
        return ()  # asked when it is registered, when nothing is there to be asked yet

    def collect(self) -> Iterator[Metric]:
        found = GaugeMetricFamily(f"tiller_queue_{self._name}", f"How many wait: {self._name}.")
        found.add_metric((), self._length())
        yield found


class _Records:
    def __init__(self, counts: Callable[[], dict[str, int]], now: Callable[[], float]) -> None:
        self._counts = counts
        self._now = now
        self._lock = threading.Lock()
        self._until = 0.0
        self._known: dict[str, int] | None = None

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        found = GaugeMetricFamily("tiller_records", "Revisions in the store, by status.", labels=["status"])
        for status, count in sorted((self._fresh() or {}).items()):
            found.add_metric((status,), count)
        yield found

    def _fresh(self) -> dict[str, int] | None:
        """The counts; none where the store does not answer, since an old number would be a wrong one."""
        with self._lock:
            if self._now() >= self._until:
                try:
                    self._known = self._counts()
                except HelmError as error:
                    log.warning("cannot count the records: %s", error)
                    self._known = None
                self._until = self._now() + FRESH
            return self._known
