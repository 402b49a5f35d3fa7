"""The one seam to a cluster: a request goes out, a response comes back.

Everything tiller knows of Kubernetes (discovery, apply, wait, records) is written against this
Protocol; the sandbox's Api and the official client's HTTP stack both satisfy it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from helmpy.errors import HelmError

NOT_MODIFIED = 304  # the status for who has the answer already


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. ``path`` is absolute and already escaped, ``query`` pairs are not."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response, whatever its status; header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The body as JSON; raises Garbled where it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Garbled(error) from None


class Transport(Protocol):
    """Carries requests to an API server; safe to use from many threads."""

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        """Answer with the response, of any status. ``timeout`` in seconds; raises Unreachable."""
        ...

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        """Yield the body's lines without their newline as they come (watch, logs).

        A status other than 200 raises its ApiError before the first line. Closing the iterator
        ends the request.
        """
        ...


class ApiError(HelmError):
    """The API server refused: HTTP ``status``, Kubernetes ``reason``, its message as the text."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason

    @staticmethod
    def of(response: Response) -> ApiError:
        """The error of a response whose status is 400 or more."""
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            body = {}
        text = str(body.get("message") or response.body[:500].decode(errors="replace").strip())
        reason = str(body.get("reason") or "")
        kind = _BY_STATUS.get(response.status, ApiError)
        return kind(response.status, reason, text or f"the server answered with status {response.status}")


class NotFound(ApiError):
    """404."""


class Conflict(ApiError):
    """409: AlreadyExists or a conflict of versions or owners; ``reason`` tells."""


class Expired(ApiError):
    """410: the version or page that was asked for is no longer kept."""


class Invalid(ApiError):
    """422: the object breaks its schema."""


class Forbidden(ApiError):
    """403."""


class Unauthorized(ApiError):
    """401."""


class Unreachable(ApiError):
    """No answer: refused, reset, name unknown, TLS failure or timeout; status 0."""

    def __init__(self, message: str) -> None:
        super().__init__(0, "Unreachable", message)


class Garbled(Unreachable, ValueError):
    """An answer that is no JSON, most likely cut short."""

    def __init__(self, error: ValueError) -> None:
        super().__init__(f"the API server's answer cannot be read: {error}")


_BY_STATUS: dict[int, type[ApiError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Expired,
    422: Invalid,
}
