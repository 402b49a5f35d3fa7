"""A transport that tries again where that is safe, and knows when it is not.

- What only reads, and what sets a state (apply, merge patch, replace, delete), may be sent twice.
- What carries a ``resourceVersion`` is refused the second time if the first one worked, and its
  sender looks again; so it is sent twice too, but a 409 is the sender's to judge.
- A creation whose answer was lost may have worked: ``already exists`` at the second time is a
  success if the object is the one that was sent a moment ago.

A refusal in substance (400, 401, 403, 404, 422) is never asked twice. ``Retry-After`` is obeyed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tiller.clock import Clock
from tiller.kube import protobuf
from tiller.kube.transport import NOT_MODIFIED, ApiError, Request, Response, Transport, Unreachable

log = logging.getLogger(__name__)

WAITS = (0.1, 0.3, 0.9, 2.0)  # seconds before the second, third, … attempt
LONGEST_WAIT = 10.0  # seconds; a server that asks for more is told to the caller instead
BUDGET = 20.0  # seconds that one operation waits for second attempts, all its requests together
CHECKED = 64 * 1024  # bytes up to which an answer is parsed to see whether it is whole
SLACK = 3.0  # seconds: creation times are whole seconds, and two clocks are involved

_DOUBTFUL = frozenset({500, 502, 503, 504})  # what was asked for may have been done all the same
_PATCHES = ("application/apply-patch", "application/merge-patch", "application/strategic-merge-patch")


@dataclass(slots=True)
class Budget:
    """Seconds left for waiting; shared by the threads of one operation, exactness does not matter."""

    left: float


class Retrying:
    """Sends requests again after failures that pass. Safe to use from many threads."""

    def __init__(
        self,
        inner: Transport,
        clock: Clock,
        *,
        check: Callable[[], None] = lambda: None,
        budget: Budget | None = None,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._check = check
        self._budget = budget

    def scoped(self, check: Callable[[], None]) -> Retrying:
        """For one operation: ``check`` is asked before every change, and waits have one budget."""
        return Retrying(self._inner, self._clock, check=check, budget=Budget(BUDGET))

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        first = self._clock.now()
        doubtful = False
        for wait in (*WAITS, None):
            if request.method != "GET":
                self._check()
            response, error = self._attempt(request, timeout)
            if response is not None and response.status < 500 and doubtful:
                response = self._settled(request, response, self._clock.now() - first)
            delay = self._delay(request, response, wait)
            if delay is None:
                if response is None:
                    assert error is not None
                    raise error
                return response
            doubtful = doubtful or response is None or response.status in _DOUBTFUL
            what = str(error) if response is None else f"status {response.status}"
            log.info("%s %s: %s; trying again in %.1f s", request.method, request.path, what, delay)
            self._clock.sleep(delay)
        raise AssertionError("the last attempt has no wait and ends the loop")

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        """Try again until the first line; what breaks off later is for the reader to take up."""
        for wait in (*WAITS, None):
            lines = self._inner.stream(request, timeout=timeout)
            try:
                first = next(lines, None)
            except ApiError as error:
                passing = isinstance(error, Unreachable) or error.status in (429, *_DOUBTFUL)
                if wait is None or not passing or not self._afford(wait):
                    raise
                self._clock.sleep(wait)
                continue
            if first is not None:
                yield first
                yield from lines
            return

    def _attempt(self, request: Request, timeout: float | None) -> tuple[Response | None, Unreachable | None]:
        """The response, or the error that stands for none; a body cut short counts as none."""
        try:
            response = self._inner.send(request, timeout=timeout)
        except Unreachable as error:
            return None, error
        if not _whole(request, response):
            return None, Unreachable(f"the answer to {request.method} {request.path} was cut short")
        return response, None

    def _delay(self, request: Request, response: Response | None, wait: float | None) -> float | None:
        """Seconds until the next attempt, None where there is none."""
        if wait is None or not _passes(request, response):
            return None
        asked = _retry_after(response)
        if asked > LONGEST_WAIT:
            return None
        delay = max(wait, asked)
        return delay if self._afford(delay) else None

    def _afford(self, seconds: float) -> bool:
        if self._budget is None:
            return True
        self._budget.left -= seconds
        return self._budget.left >= 0

    def _settled(self, request: Request, response: Response, elapsed: float) -> Response:
        """What the second answer means where the first attempt may have worked."""
        if request.method == "DELETE" and response.status == 404:
            return Response(200, response.headers, b'{"kind":"Status","apiVersion":"v1","status":"Success"}')
        if request.method != "POST" or response.status != 409 or ApiError.of(response).reason != "AlreadyExists":
            return response
        sent = _json(request.body)
        name = str((sent.get("metadata") or {}).get("name") or "")
        look = replace(request, method="GET", path=f"{request.path}/{name}", query=(), body=b"")
        live, _ = self._attempt(look, None)
        if live is None or live.status != 200:
            return response
        if _is_what_was_sent(request, sent, live, elapsed, self._clock.now()):
            return Response(201, live.headers, live.body)
        return response


def scoped(transport: Transport, clock: Clock, check: Callable[[], None]) -> Retrying:
    """The transport for one operation; see ``Retrying.scoped``."""
    return (transport if isinstance(transport, Retrying) else Retrying(transport, clock)).scoped(check)


def _passes(request: Request, response: Response | None) -> bool:
    """Whether a failure may pass, and the request may be sent again."""
    if response is not None:
        if response.status == 409:
            return _sets_a_state(request) and ApiError.of(response).reason != "AlreadyExists"
        if response.status == 429:
            return True
        if response.status not in _DOUBTFUL:
            return False
    return request.method != "POST" or _named(request)


def _sets_a_state(request: Request) -> bool:
    """Whether a 409 can only be the server's own hurry: nothing in the request depends on a version."""
    if b'"resourceVersion"' in request.body:
        return False
    if request.method == "PATCH":
        return str(request.headers.get("content-type", "")).startswith(_PATCHES)
    return request.method in ("PUT", "DELETE")


def _named(request: Request) -> bool:
    """Whether a creation says the object's name; else two attempts may make two objects."""
    return bool((_json(request.body).get("metadata") or {}).get("name"))


def _retry_after(response: Response | None) -> float:
    text = response.headers.get("retry-after", "") if response is not None else ""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0.0


def _whole(request: Request, response: Response) -> bool:
    """Whether an answer in JSON, or in Kubernetes' binary form, came to its end."""
    if response.status == NOT_MODIFIED:
        return True  # it has no body
    if protobuf.is_binary(response):
        return protobuf.is_whole(response.body)
    if "json" not in str(request.headers.get("accept", "")):
        return True
    if response.status >= 400 and not response.body.startswith(b"{"):
        return True  # a refusal may be plain text
    if len(response.body) > CHECKED:
        return response.body.rstrip()[-1:] == b"}"
    try:
        json.loads(response.body)
    except ValueError:
        return False
    return True


def _is_what_was_sent(request: Request, sent: dict[str, Any], live: Response, elapsed: float, now: float) -> bool:
    """Whether an object is the one that an earlier attempt made."""
    found = _json(live.body)
    metadata = found.get("metadata") or {}
    made = _time(str(metadata.get("creationTimestamp") or ""))
    if made is None or _server_time(live, now) - made > elapsed + SLACK:
        return False
    if any(found.get(part) != sent[part] for part in ("data", "binaryData") if sent.get(part)):
        return False
    spec = sent.get("spec")
    holder = spec.get("holderIdentity") if isinstance(spec, dict) else None
    if holder is not None and (found.get("spec") or {}).get("holderIdentity") != holder:
        return False
    manager = dict(request.query).get("fieldManager")
    managers = [each.get("manager") for each in metadata.get("managedFields") or []]
    return manager is None or not managers or manager in managers


def _server_time(response: Response, now: float) -> float:
    text = response.headers.get("date", "")
    try:
        return parsedate_to_datetime(text).timestamp() if text else now
    except ValueError:
        return now


def _time(text: str) -> float | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
