"""Takes requests in: a stranger who floods the port must not keep others from being heard.

gRPC gives a thread to every call whose request is still on its way, and room for whatever it
sends. So requests are read here, as bytes: of many that are on their way at once the oldest is
given up, few are let in when memory gets short, and large ones are worked on one or two at a time.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

import grpc
from google.protobuf.message import DecodeError

from tiller import memory
from tiller.clock import Clock

log = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024  # bytes that a request may have, as many as Helm 2's Tiller takes
COMING = 384  # requests on their way at once, each with a thread; a small one is here within milliseconds
FEW = 6  # that may always come in at once: 120 MiB, should all of them be large
LOOK = 0.05  # seconds between looks at the memory while requests come in: some 50 MiB may come meanwhile
MEMORY = 190 * 1024 * 1024  # bytes of the process above which memory is short: twice what it has at rest
MOST = 260 * 1024 * 1024  # bytes above which requests that come in are given up: half of what is promised
SMALL = 256 * 1024  # bytes a moment: where those that come in take no more each, more are let in
SLOW = 0.5  # seconds after which a request that comes in is no small one, whatever else tiller does
PATIENCE = 120.0  # seconds for a request to arrive, or an answer to be read: 20 MiB at 1.4 Mbit/s

LARGE = 64 * 1024  # bytes from which on a request needs room: what all threads hold of smaller ones is bearable
RUNNING = 24 * 1024 * 1024  # bytes of large requests that are worked on; each takes its size about six times
RATE = 4 * 1024 * 1024  # bytes of them a second: one of 20 MiB keeps all others from the interpreter for 0.3 s
SHARE = 0.2  # of the time for large ones, since the interpreter is one: after a second of work four of rest
READING = 20.0  # seconds of work after which others are let in: who waits for its objects holds little
WAITING = 40 * 1024 * 1024  # bytes of large requests that wait for room
QUEUE_SECONDS = 60.0  # seconds that they wait at most
REFUSAL = 20.0  # seconds until one is told that there is no room, as it may send the same again at once
REFUSED = 128  # that are kept waiting for that at most, each with a thread


@dataclass(eq=False, slots=True)
class Coming:
    """A request on its way; its bytes may come in once ``admitted`` is set."""

    began: float
    give_up: Callable[[], object]
    since: float = 0.0  # when it was let in
    admitted: threading.Event = field(default_factory=threading.Event)


class Arrivals:
    """Who is on the way, who is let in and who is given up; one thread at a time.

    Nobody knows how large a request will be, so at first only a few come in at once. While they take
    little memory, there are twice as many every moment; when it gets short, few again, the newest
    first: floods wait longest.
    """

    def __init__(self, most: int = COMING) -> None:
        self._most = most
        self._places = FEW
        self._used = 0  # at the last look
        self._inside: dict[Coming, None] = {}  # in the order in which they were let in
        self._waiting: dict[Coming, None] = {}

    def __len__(self) -> int:
        return len(self._inside) + len(self._waiting)

    def enter(self, coming: Coming) -> list[Coming]:
        """Somebody announces a request; returns who is given up for it."""
        self._waiting[coming] = None
        self._admit(coming.began)
        return [self._oldest()] if len(self) > self._most else []

    def leave(self, coming: Coming, now: float) -> None:
        """A request is here, or will never be."""
        self._inside.pop(coming, None)
        self._waiting.pop(coming, None)
        self._admit(now)

    def look(self, now: float, used: int) -> list[Coming]:
        """Go by the time and by the bytes of memory that the process has; returns who is given up."""
        given_up = [each for each in (*self._inside, *self._waiting) if each.began < now - PATIENCE]
        for each in given_up:
            self._forget(each)
        if used > MEMORY:
            self._places = FEW
            slow = sum(each.since < now - SLOW for each in self._inside)
            excess = min(slow, len(self._inside) - FEW, -(-(used - MOST) // LARGEST))
            given_up += [self._oldest() for _ in range(excess)]
            if self._waiting and used < MOST:  # a small one among large ones must not wait for them
                self._let_in(now)
        elif self._waiting and used - self._used <= len(self._inside) * SMALL:
            self._places = min(self._places * 2, self._most)
        self._used = used
        self._admit(now)
        return given_up

    def _admit(self, now: float) -> None:
        while self._waiting and len(self._inside) < self._places:
            self._let_in(now)

    def _let_in(self, now: float) -> None:
        coming, _ = self._waiting.popitem()
        coming.since = now
        self._inside[coming] = None
        coming.admitted.set()

    def _oldest(self) -> Coming:
        """The one that is let in for longest, and is nobody's any more."""
        coming = next(iter(self._inside))
        self._forget(coming)
        return coming

    def _forget(self, coming: Coming) -> None:
        self._inside.pop(coming, None)
        self._waiting.pop(coming, None)
        coming.admitted.set()


@dataclass(eq=False, slots=True)
class Place:
    """Room for one request: ``kept`` until then, as a time; from ``overdue`` on its client reads too slowly."""

    size: int
    began: float
    kept: float
    give_up: Callable[[], object]
    overdue: float = math.inf


class Room:
    """Room for large requests, first come first served; safe to use from many threads.

    A place is kept until the client has read the answer, which may be as large as the request, but
    no longer than ``READING``; and never given to the next before ``RATE`` and ``SHARE`` allow it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._places: list[Place] = []
        self._line: deque[Place] = deque()

    def enter(self, size: int, context: grpc.ServicerContext, seconds: float = QUEUE_SECONDS) -> Place | None:
        """Wait for room of so many bytes; None where too many wait, for too long, or the client is gone."""
        began = time.monotonic()
        place = Place(size, began, math.inf, context.cancel)
        with self._changed:
            if not self._fits(place) and sum(each.size for each in self._line) + size > WAITING:
                return None
            self._line.append(place)
            context.add_callback(self._wake)
            try:
                while not self._fits(place):
                    left = began + seconds - time.monotonic()
                    if left <= 0 or not context.is_active():
                        return None
                    self._changed.wait(min(left, max(self._next_change() - time.monotonic(), 0)))
                place.began = time.monotonic()
                place.kept = place.began + READING
                self._places.append(place)
                return place
            finally:
                self._line.remove(place)
                self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def answered(self, place: Place) -> None:
        """The work is done; the answer is on its way."""
        place.overdue = time.monotonic() + PATIENCE

    def leave(self, place: Place) -> None:
        """The answer was read, or its client is gone."""
        with self._changed:
            worked = time.monotonic() - place.began
            place.kept = min(place.kept, place.began + max(worked / SHARE, place.size / RATE))
            place.overdue = 0.0
            self._changed.notify_all()

    def _fits(self, place: Place) -> bool:
        """Whether it is this one's turn and there is room; on the way, forget who has gone, and who must."""
        now = time.monotonic()
        for each in self._places:
            if 0 < each.overdue < now:
                each.give_up()
        self._places = [each for each in self._places if max(each.kept, each.overdue) > now]
        used = sum(each.size for each in self._places if each.kept > now)
        return (not self._line or self._line[0] is place) and used + place.size <= RUNNING

    def _next_change(self) -> float:
        now = time.monotonic()
        return min((each.kept for each in self._places if each.kept > now), default=math.inf)


class Reception(grpc.ServerInterceptor):
    """Stands before all other interceptors."""

    def __init__(self, clock: Clock, *, coming: int = COMING, resident: Callable[[], int] = memory.resident) -> None:
        self._clock = clock
        self._coming = coming
        self._resident = resident
        self._lock = threading.Lock()
        self._arrivals = Arrivals(coming)
        self._guarded = False
        self._room = Room()
        self._refused = threading.Semaphore(REFUSED)

    def intercept_service(
        self, continuation: Callable[[Any], Any], handler_call_details: Any
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler = continuation(handler_call_details)
        if handler is None or handler.request_streaming:
            return handler  # type: ignore[no-any-return]  # what gRPC gave, unchanged

        # gRPC reads the request of a handler that takes a stream only when it is asked to.
        def answer(requests: Iterator[bytes], context: grpc.ServicerContext) -> Any:
            with self._taken(requests, context, handler.request_deserializer) as request:
                return handler.unary_unary(request, context)

        def stream(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[Any]:
            with self._taken(requests, context, handler.request_deserializer) as request:
                yield from handler.unary_stream(request, context)

        if handler.response_streaming:
            return grpc.stream_stream_rpc_method_handler(stream, None, handler.response_serializer)
        return grpc.stream_unary_rpc_method_handler(answer, None, handler.response_serializer)

    @contextmanager
    def _taken(
        self, requests: Iterator[bytes], context: grpc.ServicerContext, read: Callable[[bytes], Any]
    ) -> Iterator[Any]:
        """The request, once it is here and there is room to work on it."""
        raw = self._received(requests, context)
        if len(raw) >= LARGE:
            place = self._room.enter(len(raw), context)
            if place is None:
                size = len(raw)
                del raw
                self._refuse(size, context)
        else:
            place = None
        try:
            try:
                request = read(raw)
            except DecodeError:
                _abort(context, grpc.StatusCode.INTERNAL, "the request cannot be read: it is no message of this call")
            del raw
            yield request
        finally:
            if place is not None:
                self._room.answered(place)
                if not context.add_callback(partial(self._room.leave, place)):
                    self._room.leave(place)

    def _refuse(self, size: int, context: grpc.ServicerContext) -> NoReturn:
        if self._refused.acquire(blocking=False):
            gone = threading.Event()
            context.add_callback(gone.set)
            gone.wait(REFUSAL)
            self._refused.release()
        text = f"tiller works on other large requests and has no room for one of {size} bytes: try again later"
        _abort(context, grpc.StatusCode.RESOURCE_EXHAUSTED, text)

    def _received(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
        coming = Coming(self._clock.now(), context.cancel)
        with self._lock:
            given_up = self._arrivals.enter(coming)
            if not self._guarded:
                self._guarded = True
                threading.Thread(target=self._watch, name="reception", daemon=True).start()
        _give_up(given_up)
        try:
            coming.admitted.wait()
            return next(requests)
        except StopIteration:
            _abort(context, grpc.StatusCode.INTERNAL, "a request was announced and not sent")
        finally:
            with self._lock:
                self._arrivals.leave(coming, self._clock.now())

    def _watch(self) -> None:
        """Look at time and memory while requests come in."""
        while True:
            time.sleep(LOOK)  # a moment of the machine's, whatever the clock of the operations is
            with self._lock:
                if not self._arrivals:
                    self._arrivals = Arrivals(self._coming)
                    self._guarded = False
                    return
            used = self._resident()
            if used > MEMORY:
                memory.trim()
                used = self._resident()
            with self._lock:
                given_up = self._arrivals.look(self._clock.now(), used)
            _give_up(given_up)


def _give_up(coming: list[Coming]) -> None:
    for each in coming:
        each.give_up()
    if coming:
        log.debug("%d requests that were not here yet are given up", len(coming))


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, text: str) -> NoReturn:
    log.info("a request is refused: %s", text)
    context.abort(code, text)
