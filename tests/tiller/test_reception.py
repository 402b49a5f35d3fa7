"""Who is let in, who waits and who is given up, when many requests come at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest

from tests.tiller.floods import METHOD, PREFACE, frame, headers
from tests.tiller.world import World
from tiller.clock import SystemClock
from tiller.reception import (
    COMING,
    FEW,
    LARGEST,
    MEMORY,
    MOST,
    PATIENCE,
    RUNNING,
    SLOW,
    WAITING,
    Arrivals,
    Coming,
    Reception,
    Room,
)
from tiller.server import Handle, serve

MIB = 1024 * 1024


@dataclass
class Port:
    """Many who announce requests."""

    arrivals: Arrivals = field(default_factory=Arrivals)
    now: float = 1000.0
    used: int = 100 * MIB

    def come(self, count: int = 1) -> list[Coming]:
        made = [Coming(self.now, lambda: None) for _ in range(count)]
        for each in made:
            assert self.arrivals.enter(each) == []
        return made

    def look(self, seconds: float = 0.05) -> list[Coming]:
        self.now += seconds
        return self.arrivals.look(self.now, self.used)


def inside(coming: list[Coming]) -> list[int]:
    return [index for index, each in enumerate(coming) if each.admitted.is_set()]


def test_few_come_in_at_once_and_the_newest_of_the_others_is_next() -> None:
    port = Port()
    coming = port.come(FEW + 3)
    assert inside(coming) == list(range(FEW))
    port.arrivals.leave(coming[0], port.now)
    assert inside(coming) == [*range(FEW), FEW + 2]


def test_more_come_in_every_moment_while_they_are_small() -> None:
    port = Port()
    coming = port.come(100)
    counts = []
    for _ in range(6):
        assert port.look() == []
        counts.append(len(inside(coming)))
    assert counts == [6, 12, 24, 48, 96, 100]


def test_no_more_come_in_while_they_take_much_memory() -> None:
    port = Port()
    coming = port.come(100)
    port.look()
    port.used += 10 * MIB
    port.look()
    assert len(inside(coming)) == FEW


def test_one_is_let_in_at_every_look_when_memory_is_short() -> None:
    port = Port(used=MEMORY + 1)
    coming = port.come(20)
    for more in range(1, 5):
        assert port.look() == []
        assert len(inside(coming)) == FEW + more
    assert inside(coming)[-1] == 19


def test_the_oldest_slow_ones_are_given_up_above_the_most_but_for_a_few() -> None:
    port = Port()
    coming = port.come(20)
    port.look()
    port.look()
    assert len(inside(coming)) == 12
    port.used = MOST + 3 * LARGEST
    assert port.look() == []  # they may be small, and here in a moment
    assert port.look(SLOW) == coming[:3]
    assert len(inside(coming)) == 12  # nobody comes in instead
    port.used = MOST + 30 * LARGEST
    assert len(port.look()) == 3
    assert port.look(SLOW) == []
    assert len(port.arrivals) == 14


def test_one_that_takes_too_long_is_given_up() -> None:
    port = Port()
    old = port.come(FEW + 1)
    port.now += PATIENCE - 1
    young = port.come()
    assert port.look(2) == old
    assert inside(young) == [0]


def test_of_too_many_the_one_that_is_inside_for_longest_is_given_up() -> None:
    port = Port()
    coming = port.come(COMING)
    assert port.arrivals.enter(Coming(port.now, lambda: None)) == [coming[0]]
    assert len(port.arrivals) == COMING


class Caller:
    """What of gRPC's context a room asks."""

    def __init__(self) -> None:
        self.active = True
        self.callbacks: list[Callable[[], object]] = []

    def is_active(self) -> bool:
        return self.active

    def cancel(self) -> None:
        self.active = False
        for each in self.callbacks:
            each()

    def add_callback(self, callback: Callable[[], object]) -> bool:
        self.callbacks.append(callback)
        return self.active


def enter(room: Room, size: int, caller: Caller | None = None, seconds: float = 5.0) -> Any:
    context: Any = caller or Caller()
    return room.enter(size, context, seconds)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rate to wait for."""
    monkeypatch.setattr("tiller.reception.RATE", 1e12)


@pytest.mark.usefixtures("hurried")
def test_room_is_given_in_the_order_of_coming() -> None:
    room = Room()
    first = enter(room, RUNNING)
    came: list[str] = []

    def come(name: str, size: int) -> None:
        place = enter(room, size)
        came.append(name)
        room.leave(place)

    threads = []
    for name, size in (("large", LARGEST), ("small", MIB), ("smaller", MIB // 2)):
        threads.append(threading.Thread(target=come, args=(name, size)))
        threads[-1].start()
        until(lambda: len(room._line) == len(threads))
    assert came == []
    room.leave(first)
    for thread in threads:
        thread.join(timeout=5)
    assert came[0] == "large"
    assert sorted(came) == ["large", "small", "smaller"]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_who_waits_too_long_or_is_gone_gets_no_room() -> None:
    room = Room()
    assert enter(room, RUNNING) is not None
    assert enter(room, MIB, seconds=0.01) is None
    gone = Caller()
    gone.cancel()
    assert enter(room, MIB, gone) is None


def test_who_goes_away_waits_no_longer() -> None:
    room, caller = Room(), Caller()
    assert enter(room, RUNNING) is not None
    thread = threading.Thread(target=enter, args=(room, MIB, caller, 60.0))
    thread.start()
    until(lambda: len(caller.callbacks) == 1)
    caller.cancel()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_who_comes_when_too_many_wait_gets_no_room() -> None:
    room = Room()
    place = enter(room, RUNNING)
    waiting = [threading.Thread(target=enter, args=(room, WAITING // 2, None, 1.0)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    until(lambda: len(room._line) == 2)
    began = time.monotonic()
    assert enter(room, MIB) is None
    assert time.monotonic() - began < 1
    room.leave(place)
    for thread in waiting:
        thread.join(timeout=10)


def test_room_is_not_given_again_before_the_rate_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiller.reception.RATE", 4 * RUNNING)
    room = Room()
    began = time.monotonic()
    room.leave(enter(room, RUNNING))
    assert enter(room, MIB) is not None
    assert time.monotonic() - began >= 0.25


@pytest.mark.usefixtures("hurried")
def test_after_work_there_is_rest() -> None:
    room = Room()
    place = enter(room, RUNNING)
    time.sleep(0.05)
    room.leave(place)
    began = time.monotonic()
    assert enter(room, MIB) is not None
    assert 0.15 < time.monotonic() - began < 5


def test_who_works_for_long_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiller.reception.READING", 0.05)
    room = Room()
    assert enter(room, RUNNING) is not None
    assert enter(room, RUNNING) is not None


def test_a_client_that_does_not_read_its_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiller.reception.READING", 0.02)
    monkeypatch.setattr("tiller.reception.PATIENCE", 0.05)
    room, slow, working = Room(), Caller(), Caller()
    enter(room, MIB, working)
    place = enter(room, MIB, slow)
    room.answered(place)
    time.sleep(0.1)
    assert enter(room, MIB) is not None
    assert (slow.active, working.active) == (False, True)


VERSION = "/hapi.services.tiller.ReleaseService/GetVersion"
CLIENT = (("x-helm-api-client", "v2.17.0"),)


@pytest.fixture
def handle(world: World) -> Iterator[Handle]:
    made = serve(world.env, threads=4)
    yield made
    made.stop(0)


def refusal(handle: Handle, request: bytes) -> tuple[grpc.StatusCode, str]:
    with grpc.insecure_channel(f"127.0.0.1:{handle.port}") as channel:
        call: Any = channel.unary_unary(METHOD)
        with pytest.raises(grpc.RpcError) as caught:
            call(request, metadata=CLIENT, timeout=20)
    error: Any = caught.value
    return error.code(), error.details()


def test_bytes_that_are_no_message_are_refused(handle: Handle) -> None:
    text = "the request cannot be read: it is no message of this call"
    assert refusal(handle, b"\xff" * 50) == (grpc.StatusCode.INTERNAL, text)


def test_one_without_room_is_told_so_after_a_while(handle: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiller.reception.REFUSAL", 0.2)
    monkeypatch.setattr("tiller.reception.WAITING", 0)
    monkeypatch.setattr("tiller.reception.RUNNING", MIB)
    began = time.monotonic()
    code, text = refusal(handle, b"\x00" * (MIB + 1))
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert text == f"tiller works on other large requests and has no room for one of {MIB + 1} bytes: try again later"
    assert time.monotonic() - began >= 0.2


def test_a_call_without_a_message_is_refused(handle: Handle) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{handle.port}") as channel:
        call: Any = channel.stream_unary(METHOD)
        with pytest.raises(grpc.RpcError) as caught:
            call(iter(()), metadata=CLIENT, timeout=20)
    error: Any = caught.value
    assert (error.code(), error.details()) == (grpc.StatusCode.INTERNAL, "a request was announced and not sent")


def test_the_watch_ends_when_nobody_comes(handle: Handle) -> None:
    def watched() -> bool:
        return any(each.name == "reception" for each in threading.enumerate())

    with grpc.insecure_channel(f"127.0.0.1:{handle.port}") as channel:
        call: Any = channel.unary_unary(VERSION)
        for _ in range(2):
            assert call(b"", metadata=CLIENT, timeout=20)
            until(lambda: not watched())


def test_a_slow_one_is_given_up_for_others() -> None:
    server = grpc.server(ThreadPoolExecutor(4), interceptors=[Reception(SystemClock(), coming=2)])
    echo: Any = grpc.unary_unary_rpc_method_handler(lambda request, _: request, bytes)
    service, method = METHOD[1:].split("/")
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: echo}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(PREFACE + frame(4, 0, 0, b""))
            line.sendall(b"".join(frame(1, 4, stream, headers(METHOD)) for stream in (1, 3, 5)))
            said = b""
            while frame(3, 0, 1, b"")[3:] not in said:  # the first of the three is ended
                said += line.recv(4096)
            line.sendall(frame(0, 1, 5, b"\x00\x00\x00\x00\x05hello"))
            while b"hello" not in said:
                said += line.recv(4096)
    finally:
        server.stop(0)
