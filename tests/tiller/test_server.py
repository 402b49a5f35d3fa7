"""The service through real gRPC, with records on both sides."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import Int32Value, StringValue

from helmpy import wire
from helmpy.chart.model import Config
from helmpy.hapi.services.tiller_pb2 import ListReleasesResponse
from helmpy.hapi.services.tiller_pb2_grpc import ReleaseServiceStub
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import (
    ContentRequest,
    HistoryRequest,
    InstallRequest,
    ListRequest,
    ListResponse,
    RollbackRequest,
    StatusRequest,
    TestRequest,
    UninstallRequest,
    UpdateRequest,
    VersionRequest,
)
from tests.tiller.world import World, chart, config
from tiller.actions.query import Page
from tiller.server import Handle, ServerError, Unobserved, framed, is_compatible, serve

CLIENT = (("x-helm-api-client", "v2.17.0"),)
INSTALL = InstallRequest(name="web", namespace="shop", chart=chart(config("a")), values=Config(raw="{}\n"))


@pytest.fixture
def outcomes() -> list[tuple[str, bool]]:
    return []


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def handle(world: World, outcomes: list[tuple[str, bool]], messages: list[str]) -> Iterator[Handle]:
    class Listening(Unobserved):
        def ended(self, method: str, ok: bool, seconds: float) -> None:  # noqa: FBT001 - the Protocol's
            assert seconds >= 0
            outcomes.append((method, ok))

        def sent(self, method: str) -> None:
            messages.append(method)

    handle = serve(world.env, threads=4, observer=Listening())
    yield handle
    handle.stop(0)


@pytest.fixture
def stub(handle: Handle) -> Iterator[ReleaseServiceStub]:
    with grpc.insecure_channel(f"127.0.0.1:{handle.port}") as channel:
        yield ReleaseServiceStub(channel)  # type: ignore[no-untyped-call]  # generated without types


def ask(stub: Any, method: str, request: Any, metadata: Any = CLIENT) -> Any:
    return wire.from_proto(getattr(stub, method)(wire.to_proto(request), metadata=metadata))


def refusal(stub: Any, method: str, request: Any, metadata: Any = CLIENT) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        ask(stub, method, request, metadata)
    error: Any = caught.value
    assert error.code() == grpc.StatusCode.UNKNOWN
    return str(error.details())


def test_a_life(stub: Any, world: World, outcomes: list[tuple[str, bool]]) -> None:
    assert ask(stub, "InstallRelease", INSTALL).release.status == StatusCode.DEPLOYED
    update = UpdateRequest(name="web", chart=chart(config("a", "two")), values=Config(raw="{}\n"))
    assert ask(stub, "UpdateRelease", update).release.version == 2
    assert ask(stub, "RollbackRelease", RollbackRequest(name="web")).release.version == 3
    assert world.data("a") == {"key": "one"}
    assert [r.version for r in ask(stub, "GetHistory", HistoryRequest("web", 10)).releases] == [3, 2, 1]
    assert ask(stub, "GetReleaseStatus", StatusRequest("web")).info.status.resources.startswith("==> v1/ConfigMap\n")
    assert ask(stub, "GetReleaseContent", ContentRequest("web", 2)).release.version == 2
    lines = [wire.from_proto(m) for m in stub.RunReleaseTest(wire.to_proto(TestRequest("web")), metadata=CLIENT)]
    assert [line.msg for line in lines] == ["No Tests Found"]
    assert ask(stub, "UninstallRelease", UninstallRequest("web", purge=True)).release.name == "web"
    assert [method for method, ok in outcomes if ok] == [
        "InstallRelease",
        "UpdateRelease",
        "RollbackRelease",
        "GetHistory",
        "GetReleaseStatus",
        "GetReleaseContent",
        "RunReleaseTest",
        "UninstallRelease",
    ]


def test_every_answer_is_told_to_the_observer(stub: Any, messages: list[str]) -> None:
    ask(stub, "InstallRelease", INSTALL)
    refusal(stub, "InstallRelease", INSTALL)
    assert len(list(stub.ListReleases(wire.to_proto(ListRequest()), metadata=CLIENT))) == 1
    assert list(stub.ListReleases(wire.to_proto(ListRequest(filter="none")), metadata=CLIENT)) == []
    assert messages == ["InstallRelease", "ListReleases"]


def test_errors_are_their_texts(stub: Any, outcomes: list[tuple[str, bool]]) -> None:
    assert refusal(stub, "GetReleaseContent", ContentRequest("nobody")) == 'release: "nobody" not found'
    assert refusal(stub, "UpdateRelease", UpdateRequest(name="web")) == "no chart provided"
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.ListReleases(wire.to_proto(ListRequest(offset="x")), metadata=CLIENT))
    error: Any = caught.value
    assert error.details() == 'offset "x" not found'
    assert {ok for _, ok in outcomes} == {False}


def test_a_defect_is_an_error_too(stub: Any, world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.env.storage = None  # type: ignore[assignment]  # a defect is what is wanted here
    assert refusal(stub, "GetReleaseContent", ContentRequest("web")).startswith("AttributeError: ")
    assert "GetReleaseContent failed unexpectedly" in caplog.text


def test_lists_come_as_a_stream(stub: Any) -> None:
    def listed() -> list[ListResponse]:
        return [wire.from_proto(m) for m in stub.ListReleases(wire.to_proto(ListRequest()), metadata=CLIENT)]

    assert listed() == []
    ask(stub, "InstallRelease", INSTALL)
    (message,) = listed()
    assert (message.count, message.total, [r.name for r in message.releases]) == (1, 1, ["web"])


@pytest.mark.parametrize(("limit", "sizes"), [(10_000, [4]), (250, [2, 2]), (150, [1, 1, 1, 1]), (10, [1, 1, 1, 1])])
def test_lists_are_cut_into_messages(limit: int, sizes: list[int]) -> None:
    release = Release(name="web", manifest="x" * 100)
    page = Page(4, "more", 9, iter([wire.to_proto(release).SerializeToString()] * 4))
    messages = [ListReleasesResponse.FromString(each) for each in framed(page, limit)]
    assert [len(message.releases) for message in messages] == sizes
    assert {(m.count, m.next, m.total) for m in messages} == {(4, "more", 9)}
    if limit > 150:
        assert all(message.ByteSize() <= limit for message in messages)


def test_the_last_line_of_a_test_comes_before_the_end(stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiller.server.BREATH", 0.5)
    ask(stub, "InstallRelease", INSTALL)
    call = stub.RunReleaseTest(wire.to_proto(TestRequest("web")), metadata=CLIENT)
    ended = threading.Event()
    call.add_callback(ended.set)
    assert [(line.msg, ended.wait(0.1)) for line in call] == [("No Tests Found", False)]


# Versions


def test_another_version_is_refused_but_may_ask(stub: Any) -> None:
    old = (("x-helm-api-client", "v2.18.0"),)
    text = "incompatible versions client[v2.18.0] server[v2.17.0]"
    assert refusal(stub, "GetReleaseContent", ContentRequest("web"), old) == text
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.ListReleases(wire.to_proto(ListRequest()), metadata=old))
    error: Any = caught.value
    assert error.details() == text
    text = "incompatible versions client[] server[v2.17.0]"
    assert refusal(stub, "GetReleaseContent", ContentRequest("web"), ()) == text
    assert ask(stub, "GetVersion", VersionRequest(), ()).version.sem_ver == "v2.17.0"


@pytest.mark.parametrize(
    ("client", "server", "fits"),
    [
        ("v2.17.0", "v2.17.0", True),
        ("2.17.0", "v2.17.0", True),
        ("v2.16.12", "v2.17.0", True),
        ("v2.17.9", "v2.17.0", True),
        ("v2.17", "v2.17.0", True),
        ("v2.18.0", "v2.17.0", False),
        ("v3.0.0", "v2.17.0", False),
        ("v1.17.0", "v2.17.0", False),
        ("v2.17.0-rc.1", "v2.17.0", False),
        ("v2.17.0-rc.1", "v2.17.0-rc.1", True),
        ("v2.17.0+g1234", "v2.17.0", True),
        ("v2+unreleased", "v2.17.0", True),
        ("v0.3.1", "v0.3.0", True),
        ("v0.2.0", "v0.3.0", False),
        ("", "v2.17.0", False),
        ("two", "v2.17.0", False),
        ("v2.x.0", "v2.17.0", False),
    ],
)
def test_compatibility(client: str, server: str, *, fits: bool) -> None:
    assert is_compatible(client, server) == fits


# Health, limits, ports


def test_health(handle: Handle) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{handle.port}") as channel:
        path = "/grpc.health.v1.Health/"
        check = channel.unary_unary(f"{path}Check", StringValue.SerializeToString, Int32Value.FromString)
        watch = channel.unary_stream(f"{path}Watch", StringValue.SerializeToString, Int32Value.FromString)
        assert check(StringValue(value="Tiller")).value == 1
        assert check(StringValue()).value == 1
        assert next(iter(watch(StringValue(value="Tiller")))).value == 1
        with pytest.raises(grpc.RpcError) as caught:
            check(StringValue(value="Rudder"))
        error: Any = caught.value
        assert error.code() == grpc.StatusCode.NOT_FOUND


def test_requests_may_be_large_but_not_endless(handle: Handle) -> None:
    def send(size: int) -> None:
        big = replace(INSTALL, values=Config(raw=f"key: {'x' * size}\n"), dry_run=True)
        options = [("grpc.max_receive_message_length", 30_000_000)]
        with grpc.insecure_channel(f"127.0.0.1:{handle.port}", options) as channel:
            ask(ReleaseServiceStub(channel), "InstallRelease", big)  # type: ignore[no-untyped-call]  # generated

    send(6_000_000)
    with pytest.raises(grpc.RpcError) as caught:
        send(21 * 1024 * 1024)
    error: Any = caught.value
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_client_that_pings_often_is_not_sent_away(handle: Handle) -> None:
    """Helm's client pings every 30 seconds, also while a call waits; gRPC's servers take that for a flood."""
    settings, ping = struct.pack(">I5x", 4), struct.pack(">IBI", 8 << 8 | 6, 0, 0) + b"abcdefgh"
    address = ("127.0.0.1", handle.port)
    with socket.create_connection(address, timeout=10) as connection, connection.makefile("rb") as file:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings)
        for _ in range(10):
            connection.sendall(ping)
            kind = 0
            while kind != 6:
                head, _flags, _stream = struct.unpack(">IBI", file.read(9))
                length, kind = head >> 8, head & 0xFF
                assert kind != 7, file.read(length)  # a farewell
                file.read(length)


def test_a_port_in_use_is_an_error(world: World, handle: Handle) -> None:
    with pytest.raises(ServerError, match="Server died: listen tcp"):
        serve(world.env, listen=f"127.0.0.1:{handle.port}")


def test_a_call_that_waits_keeps_no_other_from_its_answer(stub: Any, world: World) -> None:
    entered, leave = threading.Event(), threading.Event()
    seen = world.env.storage.history

    def slow(name: str) -> Any:
        entered.set()
        assert leave.wait(10)
        return seen(name)

    world.env.storage.history = slow  # type: ignore[method-assign]  # a store that takes its time
    waiting = stub.GetHistory.future(wire.to_proto(HistoryRequest("web", 1)), metadata=CLIENT)
    assert entered.wait(10)
    assert ask(stub, "GetVersion", VersionRequest()).version.sem_ver == "v2.17.0"
    leave.set()
    assert waiting.exception().details() == 'release: "web" not found'
