"""A transport that tells somebody of every request."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tiller.clock import Clock
from tiller.kube.transport import ApiError, Request, Response, Transport

Observer = Callable[[str, int, float], None]  # method, status (0 for no answer), seconds


class Counting:
    """Sends as ``inner`` does. A stream counts once, with the time to its first line."""

    def __init__(self, inner: Transport, clock: Clock, observe: Observer) -> None:
        self._inner = inner
        self._clock = clock
        self._observe = observe

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        began, status = self._clock.now(), 0
        try:
            response = self._inner.send(request, timeout=timeout)
            status = response.status
        finally:
            self._observe(request.method, status, self._clock.now() - began)
        return response

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        began, status = self._clock.now(), 0
        lines = self._inner.stream(request, timeout=timeout)
        try:
            first = next(lines, None)
            status = 200
        except ApiError as error:
            status = error.status
            raise
        finally:
            self._observe(request.method, status, self._clock.now() - began)
        if first is not None:
            yield first
            yield from lines
