"""Tiller under floods: it stays up, small, and answers honest clients in about their usual time."""

from __future__ import annotations

import gzip
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue

from helmpy.chart.model import Config
from helmpy.client import Tiller
from helmpy.errors import HelmError
from helmpy.hapi.services import tiller_pb2
from helmpy.release.requests import ContentRequest, InstallRequest, ListRequest
from tests.tiller.world import chart, config
from tiller.sandbox.api import memory_api
from tiller.sandbox.http import Door

pytestmark = [pytest.mark.alone]

ROOT = Path(__file__).parents[2]
MEMORY = 512  # MiB that tiller and its workers may have had at most
LOOKS = 40  # at each of two servers, in turn

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: c
clusters: [{{name: c, cluster: {{server: "http://{address}"}}}}]
contexts: [{{name: c, context: {{cluster: c, user: u}}}}]
users: [{{name: u, user: {{}}}}]
"""


@dataclass
class Server:
    """A tiller as a process."""

    process: subprocess.Popen[str]
    port: int

    def peak(self) -> float:
        """Most memory so far in MiB, the workers' included; what they share counts for each."""
        found = 0
        for number in (self.process.pid, *self.workers()):
            text = Path(f"/proc/{number}/status").read_text()
            peak = re.search(r"^VmHWM:\s+(\d+)", text, re.MULTILINE)
            assert peak is not None
            found += int(peak[1])
        return found / 1024

    def workers(self) -> list[int]:
        started = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(each) for children in started for each in children.read_text().split()]

    def ask(self) -> float:
        """Seconds for what an honest client does: a rendered chart, a look at a release, a list."""
        began = time.monotonic()
        with Tiller(f"127.0.0.1:{self.port}", patience=10) as client:
            made = chart(config("a", "{{ .Values.key }}"), values="key: one\n")
            request = InstallRequest(chart=made, name="dry", namespace="shop", values=Config(raw="{}\n"), dry_run=True)
            answer = client.install(request).release
            assert answer is not None
            assert "one" in answer.manifest
            assert client.content(ContentRequest(name="web")).release is not None
            assert client.list(ListRequest(limit=5)).releases
        return time.monotonic() - began


@contextmanager
def serving(root: Path) -> Iterator[Server]:
    door = Door()
    door.open(memory_api())
    (root / "config").write_text(KUBECONFIG.format(address=door.authority))
    store = ["--storage=sql", "--sql-dialect=sqlite3", f"--sql-connection-string={root / 'records.db'}"]
    command = [sys.executable, "-m", "tiller", "--listen=127.0.0.1:0", "--probe-listen=127.0.0.1:0", *store]
    log = root / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": str(root), "KUBECONFIG": str(root / "config")},
            stderr=out,
            text=True,
        )
    try:
        while not (found := re.search(r"GRPC listening on 127\.0\.0\.1:(\d+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        made = Server(process, int(found[1]))
        with Tiller(f"127.0.0.1:{made.port}", patience=10) as client:
            client.install(
                InstallRequest(chart=chart(config("a")), name="web", namespace="shop", values=Config(raw="{}\n"))
            )
        yield made
        assert process.poll() is None, log.read_text(errors="replace")
        assert "Traceback" not in log.read_text(errors="replace")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
    finally:
        process.kill()
        process.wait()
        door.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not Path("/proc/self/status").exists():
        pytest.skip("memory is read from /proc")
    with serving(tmp_path_factory.mktemp("flooded")) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A second tiller that nobody floods: its time is the usual one, whatever else the machine does."""
    with serving(tmp_path_factory.mktemp("undisturbed")) as made:
        yield made


@contextmanager
def flood(server: Server, kind: str, connections: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.tiller.floods", kind, str(server.port), str(connections)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=20)


@pytest.mark.parametrize(
    ("kind", "connections"), [("idle", 1000), ("garbage", 1000), ("torn", 1000), ("slow", 1000), ("large", 20)]
)
def test_honest_clients_wait_less_than_twice_as_long(
    server: Server, undisturbed: Server, kind: str, connections: int
) -> None:
    for each in (server, undisturbed):
        each.ask()
    taken: dict[int, list[float]] = {server.port: [], undisturbed.port: []}
    with flood(server, kind, connections):
        time.sleep(0.5)
        for _ in range(LOOKS):
            for each in (server, undisturbed):
                taken[each.port].append(each.ask())
    assert statistics.median(taken[server.port]) < 2 * statistics.median(taken[undisturbed.port]), taken
    assert server.peak() < MEMORY


TGZ = gzip.compress(b"\x00" * 2_000_000)
JUNK = [b"", b"\xff" * 50, TGZ[:40], TGZ, b"\n" * 3000, b"{{ .Values.a.b.c }}", b"- [", "☕\x00\x1b".encode()]
METHODS = tiller_pb2.DESCRIPTOR.services_by_name["ReleaseService"].methods_by_name


def wire_field(number: int, value: bytes) -> bytes:
    """A length-delimited field."""
    message = BytesValue(value=value).SerializeToString() if value else b"\x0a\x00"
    tag = number << 3 | 2
    return (bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])) + message[1:]


def malformed(descriptor: Any, depth: int = 0) -> Iterator[bytes]:
    """Messages with junk in one field: of the right wire type, of a wrong one, cut short, endless."""
    for field in descriptor.fields:
        inner = field.message_type
        if inner is not None and depth < 3:
            yield from (wire_field(field.number, each) for each in malformed(inner, depth + 1))
        junk = JUNK if field.type in (field.TYPE_STRING, field.TYPE_BYTES) else JUNK[:3]
        yield from (wire_field(field.number, each) for each in junk)
        yield bytes([field.number << 3 & 127]) + b"\xff" * 9 + b"\x01"
        yield wire_field(field.number, b"x" * 100)[:20]
    nested = b""
    for _ in range(150):
        nested = wire_field(1, nested)
    yield nested


@pytest.mark.parametrize("method", list(METHODS))
def test_junk_in_every_field(server: Server, method: str) -> None:
    descriptor = METHODS[method]
    messages = list(dict.fromkeys(malformed(descriptor.input_type)))
    # What is wrong with a field may take more words than gRPC takes for one.
    options = [("grpc.max_metadata_size", 2**20), ("grpc.absolute_max_metadata_size", 2**20)]
    with grpc.insecure_channel(f"127.0.0.1:{server.port}", options) as channel:
        make = channel.unary_stream if descriptor.server_streaming else channel.unary_unary
        call: Any = make(f"/hapi.services.tiller.ReleaseService/{method}")

        def answered(message: bytes) -> grpc.StatusCode:
            try:
                answer = call(message, metadata=[("x-helm-api-client", "v2.17.0")], timeout=60)
                assert isinstance(answer, bytes) or all(isinstance(page, bytes) for page in answer)
            except grpc.RpcError as error:
                status: Any = error
                return status.code()  # type: ignore[no-any-return]  # gRPC's
            return grpc.StatusCode.OK

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(answered, messages))
    plain = (grpc.StatusCode.OK, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL)
    assert [each for each in zip(outcomes, messages, strict=True) if each[0] not in plain] == []
    assert server.ask() < 10


def test_a_worker_that_is_killed_costs_one_request_one_error(server: Server) -> None:
    slow = "{{ range until 1000 }}{{ range until 1000 }}{{ range until 1000 }}{{ end }}{{ end }}{{ end }}"
    request = InstallRequest(chart=chart(slow), name="slow", namespace="shop", values=Config(raw="{}\n"), dry_run=True)
    errors: list[str] = []

    def render() -> None:
        with Tiller(f"127.0.0.1:{server.port}") as client:
            try:
                client.install(request)
            except HelmError as error:
                errors.append(str(error))

    server.ask()
    before = server.workers()
    assert before
    thread = threading.Thread(target=render)
    thread.start()
    end = time.monotonic() + 10
    busy: list[int] = []
    while not busy and time.monotonic() < end:
        busy = [each for each in server.workers() if cpu(each) > 0.3]
    for each in busy or server.workers():
        os.kill(each, signal.SIGKILL)
    thread.join(timeout=20)
    assert errors == ["rendering template failed: the renderer stopped, it may have run out of memory"]
    assert server.ask() < 10


def cpu(process: int) -> float:
    """Seconds of the processor that it has used in the last moment."""

    def used() -> int:
        return sum(map(int, Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]))

    began = used()
    time.sleep(0.3)
    return (used() - began) / os.sysconf("SC_CLK_TCK") / 0.3
