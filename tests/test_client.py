"""The client against a small server of its own: what goes over the wire, and every way it fails."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from helmpy import wire
from helmpy.chart.model import Chart, Config, File, Metadata
from helmpy.client import IncompatibleVersion, Tiller, TillerError, TillerUnavailable, Tls
from helmpy.hapi.services import tiller_pb2_grpc
from helmpy.release.error import ReleaseError
from helmpy.release.hooks import Hook
from helmpy.release.model import Release
from helmpy.release.requests import (
    ContentRequest,
    ContentResponse,
    HistoryRequest,
    HistoryResponse,
    InstallRequest,
    InstallResponse,
    ListRequest,
    ListResponse,
    StatusResponse,
    TestRequest,
    TestResponse,
    Version,
    VersionResponse,
)
from helmpy.wire_bytes import WireError

Answer = Callable[[Any, grpc.ServicerContext], Any]


class Service(tiller_pb2_grpc.ReleaseServiceServicer):
    """Answers each call with what the test gave for it, and remembers who asked."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.clients: list[object] = []

    def __getattribute__(self, name: str) -> Any:
        if name[:1].isupper() and name in self.answers:
            return lambda message, context: self._answer(name, message, context)
        return super().__getattribute__(name)

    def _answer(self, name: str, message: Any, context: grpc.ServicerContext) -> Any:
        self.clients.append(dict(context.invocation_metadata()).get("x-helm-api-client"))
        found = self.answers[name](wire.from_proto(message), context)
        return map(wire.to_proto, found) if isinstance(found, list) else wire.to_proto(found)


@contextmanager
def served(service: Service, credentials: grpc.ServerCredentials | None = None, *, port: int = 0) -> Iterator[str]:
    options = [("grpc.max_send_message_length", -1), ("grpc.http2.max_ping_strikes", 0)]
    server = grpc.server(ThreadPoolExecutor(4), options=options)
    tiller_pb2_grpc.add_ReleaseServiceServicer_to_server(service, server)  # type: ignore[no-untyped-call]  # generated
    address = f"127.0.0.1:{port}"
    port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


def answers(record: Any) -> Answer:
    return lambda _request, _context: record


def refuses(code: grpc.StatusCode, details: str) -> Answer:
    def refuse(_request: Any, context: grpc.ServicerContext) -> Any:
        context.abort(code, details)

    return refuse


VERSION = answers(VersionResponse(Version("v2.17.0")))


def test_version_and_the_name_of_the_client() -> None:
    service = Service(GetVersion=answers(VersionResponse(Version("v2.17.0", "abc", "clean"))))
    with served(service) as host, Tiller(host) as tiller, Tiller(host, client_version="v2.9.1") as old:
        assert tiller.version() == Version("v2.17.0", "abc", "clean")
        old.version()
    assert service.clients == ["v2.17.0", "v2.9.1"]


def test_a_chart_goes_there_and_a_release_comes_back() -> None:
    def install(request: Any, _context: grpc.ServicerContext) -> InstallResponse:
        return InstallResponse(Release(request.name, chart=request.chart, version=1))

    chart = Chart(Metadata(name="web", version="1.0"))
    with served(Service(InstallRelease=install)) as host, Tiller(host) as tiller:
        answer = tiller.install(InstallRequest(chart=chart, name="blog"))
    assert answer.release == Release("blog", chart=chart, version=1)


def test_pages_of_a_list_become_one_answer() -> None:
    pages = [
        ListResponse(3, "d", 4, (Release("a"), Release("b"))),
        ListResponse(3, "d", 4, (Release("c"),)),
    ]
    with served(Service(ListReleases=answers(pages))) as host, Tiller(host) as tiller:
        found = tiller.list(ListRequest())
    assert (found.count, found.next, found.total) == (3, "d", 4)
    assert [release.name for release in found.releases] == ["a", "b", "c"]


def test_brief_releases_have_what_tables_show() -> None:
    chart = Chart(Metadata(name="web"), templates=(File("templates/a.yaml", b"a"),), values=Config("a: 1\n"))
    whole = Release("a", chart=chart, manifest="m", hooks=(Hook("h"),), config=Config("b: 2\n"), version=3)
    service = Service(
        ListReleases=answers([ListResponse(1, releases=(whole,))]), GetHistory=answers(HistoryResponse((whole,)))
    )
    with served(service) as host, Tiller(host) as tiller:
        brief = Release("a", chart=Chart(Metadata(name="web")), version=3)
        assert tiller.list(ListRequest(), brief=True).releases == (brief,)
        assert tiller.history(HistoryRequest("a"), brief=True).releases == (brief,)
        assert tiller.history(HistoryRequest("a")).releases == (whole,)


def test_an_answer_that_is_none_is_an_error() -> None:
    message = r"^bytes that are no VersionResponse: 8 bytes are missing$"
    service = Service(GetVersion=answers(StatusResponse("a")))
    with served(service) as host, Tiller(host) as tiller, pytest.raises(WireError, match=message):
        tiller.version()


def test_a_list_without_pages_is_empty() -> None:
    with served(Service(ListReleases=answers([]))) as host, Tiller(host) as tiller:
        assert tiller.list(ListRequest()) == ListResponse()


def test_lines_of_a_test_come_one_by_one() -> None:
    lines = [TestResponse("RUNNING: t", 3), TestResponse("PASSED: t", 1)]
    with served(Service(RunReleaseTest=answers(lines))) as host, Tiller(host) as tiller:
        assert list(tiller.test(TestRequest("web"))) == lines


@pytest.mark.parametrize(
    ("code", "details", "kind", "message"),
    [
        (grpc.StatusCode.UNKNOWN, 'release: "x" not found', ReleaseError, 'release: "x" not found'),
        (
            grpc.StatusCode.UNKNOWN,
            "incompatible versions client[v2.18.0] server[v2.17.0]",
            IncompatibleVersion,
            "incompatible versions client[v2.18.0] server[v2.17.0]",
        ),
        (grpc.StatusCode.UNAVAILABLE, "gone", TillerUnavailable, "transport is closing: gone"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "late", TillerUnavailable, "context deadline exceeded"),
        (grpc.StatusCode.INTERNAL, "", ReleaseError, "Tiller answered with INTERNAL"),
    ],
)
def test_refusals(code: grpc.StatusCode, details: str, kind: type[Exception], message: str) -> None:
    with served(Service(GetReleaseContent=refuses(code, details))) as host, Tiller(host) as tiller:
        with pytest.raises(kind) as caught:
            tiller.content(ContentRequest("x"))
        assert str(caught.value) == message


def test_a_long_refusal_arrives_whole() -> None:
    details = "manifest: " + "é\n" * 60_000
    with served(Service(GetReleaseContent=refuses(grpc.StatusCode.UNKNOWN, details))) as host, Tiller(host) as tiller:
        with pytest.raises(ReleaseError) as caught:
            tiller.content(ContentRequest("x"))
        assert str(caught.value) == details


def test_a_refused_stream() -> None:
    service = Service(ListReleases=refuses(grpc.StatusCode.UNKNOWN, "no"))
    with served(service) as host, Tiller(host) as tiller, pytest.raises(ReleaseError, match=r"^no$"):
        tiller.list(ListRequest())


def test_an_answer_too_large() -> None:
    big = ContentResponse(Release(manifest="x" * (21 * 1024 * 1024)))
    with served(Service(GetReleaseContent=answers(big))) as host, Tiller(host) as tiller:
        with pytest.raises(TillerError) as caught:
            tiller.content(ContentRequest("x"))
        assert str(caught.value).startswith("grpc: received message larger than max")


def test_a_tiller_that_comes_late_is_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with ThreadPoolExecutor(1) as pool, Tiller(f"127.0.0.1:{port}", patience=10) as tiller:
        asked = pool.submit(tiller.version)
        time.sleep(0.5)
        with served(Service(GetVersion=VERSION), port=port):
            assert asked.result() == Version("v2.17.0")


def test_a_host_that_refuses_is_named_within_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    start = time.monotonic()
    with pytest.raises(TillerUnavailable) as caught:
        Tiller(host, patience=0.2).version()
    assert str(caught.value) == f"cannot connect to Tiller at {host}: connection refused"
    assert time.monotonic() - start < 3


def test_a_host_that_says_nothing_runs_into_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TillerUnavailable, match=rf"^context deadline exceeded: no answer from Tiller at {host}$"):
            Tiller(host, connect_timeout=0.5, patience=0.2).version()


def test_a_slow_way_to_tiller_is_waited_for() -> None:
    with served(Service(GetVersion=VERSION)) as host, socket.create_server(("127.0.0.1", 0)) as door:

        def carry() -> None:
            near, _ = door.accept()
            time.sleep(0.7)
            name, _, port = host.partition(":")
            with near, socket.create_connection((name, int(port))) as far:
                back = threading.Thread(target=pump, args=(far, near))
                back.start()
                pump(near, far)
                back.join()

        carrier = threading.Thread(target=carry)
        carrier.start()
        with Tiller(f"127.0.0.1:{door.getsockname()[1]}", patience=0.1) as tiller:
            assert tiller.version() == Version("v2.17.0")
        carrier.join()


def pump(source: socket.socket, target: socket.socket, copy: bytearray | None = None) -> None:
    with suppress(OSError):  # either side may be the first to leave
        while data := source.recv(65536):
            if copy is not None:
                copy += data
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_long_wait_is_alive_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies between, a load balancer, ends connections on which nothing goes: so pings go, however long it takes."""
    monkeypatch.setattr("helmpy.client.PING", 1000)  # the least that gRPC takes

    def slow(_request: Any, _context: grpc.ServicerContext) -> VersionResponse:
        time.sleep(5)
        return VersionResponse(Version("v2.17.0"))

    sent = bytearray()
    with served(Service(GetVersion=slow)) as host, socket.create_server(("127.0.0.1", 0)) as door:

        def carry() -> None:
            near, _ = door.accept()
            name, _, port = host.partition(":")
            with near, socket.create_connection((name, int(port))) as far:
                back = threading.Thread(target=pump, args=(far, near))
                back.start()
                pump(near, far, sent)
                back.join()

        carrier = threading.Thread(target=carry)
        carrier.start()
        with Tiller(f"127.0.0.1:{door.getsockname()[1]}") as tiller:
            assert tiller.version() == Version("v2.17.0")
        carrier.join()
    assert pings(bytes(sent)) >= 5


def pings(sent: bytes) -> int:
    """How many pings an HTTP/2 client sent that answer nobody else's."""
    found, place = 0, len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    while place < len(sent):
        kind, flags = sent[place + 3], sent[place + 4]
        found += kind == 6 and not flags & 1
        place += 9 + int.from_bytes(sent[place : place + 3], "big")
    return found


def test_an_address_without_a_port() -> None:
    with pytest.raises(TillerUnavailable, match=r'^bad address of Tiller "nowhere": host:port is expected$'):
        Tiller("nowhere", connect_timeout=1, patience=0).version()


@dataclass(frozen=True)
class Pair:
    key: bytes
    cert: bytes
    signer: ec.EllipticCurvePrivateKey
    name: x509.Name


def pair(common_name: str, *, by: Pair | None = None, dns: str = "", ip: str = "") -> Pair:
    """A key and a certificate, signed by another pair or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.name if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=by is None and not (dns or ip), path_length=None), critical=True)
    )
    names: list[x509.GeneralName] = [x509.DNSName(dns)] if dns else []
    if ip:
        names.append(x509.IPAddress(ipaddress.ip_address(ip)))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    cert = builder.sign(by.signer if by else key, hashes.SHA256())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Pair(pem, cert.public_bytes(serialization.Encoding.PEM), key, name)


AUTHORITY = pair("authority")
SERVER = pair("tiller", by=AUTHORITY, dns="tiller.example")
CLIENT = pair("client", by=AUTHORITY)
SELF_SIGNED = pair("alone", dns="alone.example")
BY_ADDRESS = pair("tiller", by=AUTHORITY, ip="127.0.0.1")


@pytest.mark.parametrize(
    ("server", "demands", "tls"),
    [
        pytest.param(SERVER, True, Tls(CLIENT.cert, CLIENT.key, AUTHORITY.cert, "tiller.example"), id="both verify"),
        pytest.param(BY_ADDRESS, True, Tls(CLIENT.cert, CLIENT.key, AUTHORITY.cert), id="name is the host"),
        pytest.param(SERVER, True, Tls(CLIENT.cert, CLIENT.key), id="only the server verifies"),
        pytest.param(SERVER, False, Tls(CLIENT.cert, CLIENT.key), id="nobody verifies"),
        pytest.param(SELF_SIGNED, False, Tls(CLIENT.cert, CLIENT.key), id="self-signed"),
    ],
)
def test_tls(*, server: Pair, demands: bool, tls: Tls) -> None:
    credentials = grpc.ssl_server_credentials(
        [(server.key, server.cert)],
        root_certificates=AUTHORITY.cert if demands else None,
        require_client_auth=demands,
    )
    with served(Service(GetVersion=VERSION), credentials) as host, Tiller(host, tls=tls) as tiller:
        assert tiller.version() == Version("v2.17.0")


@pytest.mark.parametrize(
    "tls",
    [
        pytest.param(None, id="no TLS"),
        pytest.param(Tls(SELF_SIGNED.cert, SELF_SIGNED.key, AUTHORITY.cert, "tiller.example"), id="foreign client"),
        pytest.param(Tls(CLIENT.cert, CLIENT.key, SELF_SIGNED.cert, "tiller.example"), id="foreign server"),
        pytest.param(Tls(CLIENT.cert, CLIENT.key, AUTHORITY.cert, "other.example"), id="another name"),
    ],
)
def test_tls_that_does_not_fit(tls: Tls | None) -> None:
    credentials = grpc.ssl_server_credentials([(SERVER.key, SERVER.cert)], AUTHORITY.cert, require_client_auth=True)
    with served(Service(GetVersion=VERSION), credentials) as host, Tiller(host, tls=tls, patience=0) as tiller:
        with pytest.raises(TillerUnavailable) as caught:
            tiller.version()
        assert "--tls" in str(caught.value)
