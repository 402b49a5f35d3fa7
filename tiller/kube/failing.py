"""A transport whose cluster refuses some requests: how tiller's error paths are tried."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tiller.kube.transport import Request, Response, Transport

_REASONS = {403: "Forbidden", 404: "NotFound", 409: "Conflict", 422: "Invalid"}


class Failing:
    """Passes requests on to another transport, but for those it was told to refuse."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._faults: dict[tuple[str, str], Response] = {}
        self.seen: list[Request] = []

    def refuse(self, method: str, part: str, *, status: int = 403, message: str = "not allowed") -> None:
        """From now on answer requests of this method whose path holds ``part`` with this status."""
        reason = _REASONS.get(status, "InternalError")
        body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message}
        self._faults[method, part] = Response(status, {}, json.dumps({**body, "code": status}).encode())

    def recover(self) -> None:
        """Refuse nothing any more."""
        self._faults.clear()

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        self.seen.append(request)
        for (method, part), response in self._faults.items():
            if request.method == method and part in request.path:
                return response
        return self._inner.send(request, timeout=timeout)

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        return self._inner.stream(request, timeout=timeout)
