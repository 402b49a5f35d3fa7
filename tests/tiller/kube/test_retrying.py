"""What is sent a second time, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from helmpy.release.error import ReleaseError
from tiller.clock import FakeClock
from tiller.kube.retrying import BUDGET, Retrying, scoped
from tiller.kube.transport import ApiError, Request, Response, Unreachable
from tiller.sandbox.api import memory_api

JSON = {"accept": "application/json", "content-type": "application/json"}
MAPS = "/api/v1/namespaces/default/configmaps"


class Scripted:
    """Answers what it was given, one after the other; a None is a connection that breaks."""

    def __init__(self, *answers: Response | None) -> None:
        self.answers = list(answers)
        self.seen: list[Request] = []

    def send(self, request: Request, *, timeout: float | None = None) -> Response:  # noqa: ARG002 - the Protocol's arguments
        self.seen.append(request)
        answer = self.answers.pop(0)
        if answer is None:
            raise Unreachable("reset")
        return answer

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        answer = self.send(request, timeout=timeout)
        if answer.status != 200:
            raise ApiError.of(answer)
        yield from answer.body.split(b"\n")


def status(code: int, reason: str = "", **headers: str) -> Response:
    body = {"kind": "Status", "reason": reason, "message": f"no: {code}"}
    return Response(code, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(body).encode())


OK = Response(200, {}, b"{}")
GET = Request("GET", MAPS, headers=JSON)


def post(name: str | None = "a") -> Request:
    return Request(
        "POST", MAPS, (), JSON, json.dumps({"metadata": {"name": name} if name else {"generateName": "x"}}).encode()
    )


@pytest.mark.parametrize(
    ("request_", "answers", "code", "sent"),
    [
        (GET, [OK], 200, 1),
        (GET, [status(503), OK], 200, 2),
        (GET, [None, None, OK], 200, 3),
        (GET, [Response(200, {}, b'{"items": ['), OK], 200, 2),
        (GET, [status(404)], 404, 1),
        (GET, [status(403)], 403, 1),
        (GET, [status(500)] * 5, 500, 5),
        (post(), [status(422)], 422, 1),
        (post(), [status(409, "AlreadyExists")], 409, 1),
        (post(None), [status(429), OK], 200, 2),
        (post(None), [status(500)], 500, 1),
        (
            Request("PATCH", MAPS, (), {"content-type": "application/apply-patch+yaml"}, b"{}"),
            [status(409, "Conflict"), OK],
            200,
            2,
        ),
        (Request("PUT", MAPS, (), JSON, b'{"metadata":{"resourceVersion":"1"}}'), [status(409, "Conflict")], 409, 1),
        (Request("DELETE", MAPS, (), JSON), [None, status(404, "NotFound")], 200, 2),
        (Request("DELETE", MAPS, (), JSON), [status(404, "NotFound")], 404, 1),
    ],
)
def test_second_attempts(request_: Request, answers: list[Response | None], code: int, sent: int) -> None:
    inner = Scripted(*answers)
    assert Retrying(inner, FakeClock()).send(request_).status == code
    assert len(inner.seen) == sent
    assert inner.answers == []


def test_a_connection_that_stays_broken_is_its_own_error() -> None:
    with pytest.raises(Unreachable, match="reset"):
        Retrying(Scripted(*[None] * 5), FakeClock()).send(GET)


@pytest.mark.parametrize(("seconds", "code", "waited"), [("7", 200, 7.0), ("11", 429, 0.0), ("soon", 200, 0.1)])
def test_retry_after_is_obeyed(seconds: str, code: int, waited: float) -> None:
    clock = FakeClock()
    start = clock.now()
    assert Retrying(Scripted(status(429, retry_after=seconds), OK), clock).send(GET).status == code
    assert clock.now() - start == pytest.approx(waited)


def test_an_operation_waits_only_so_long_in_all() -> None:
    clock = FakeClock()
    start = clock.now()
    transport = Retrying(Scripted(*[status(503)] * 100), clock).scoped(lambda: None)
    for _ in range(20):
        assert transport.send(GET).status == 503
    assert clock.now() - start <= BUDGET


def test_a_change_is_not_sent_when_the_check_refuses() -> None:
    def lost() -> None:
        raise ReleaseError("lost")

    inner = Scripted(OK)
    transport = scoped(inner, FakeClock(), lost)
    with pytest.raises(ReleaseError, match="lost"):
        transport.send(post())
    assert inner.seen == []
    assert transport.send(GET).status == 200


class Forgetful(Scripted):
    """A sandbox whose first answer to a creation is lost, after somebody else's ``before``."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.api = memory_api(clock.now)
        self.lost = 1

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        answer = self.api.send(request, timeout=timeout)
        if request.method == "POST" and self.lost:
            self.lost -= 1
            raise Unreachable("reset")
        return answer


def create(key: str, manager: str = "tiller") -> Request:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"key": key}}
    return Request("POST", MAPS, (("fieldManager", manager),), JSON, json.dumps(body).encode())


def test_a_creation_whose_answer_was_lost_is_a_success() -> None:
    clock = FakeClock()
    answer = Retrying(Forgetful(clock), clock).send(create("mine"))
    assert answer.status == 201
    assert answer.json()["data"] == {"key": "mine"}


@pytest.mark.parametrize(
    ("theirs", "age"),
    [(create("theirs"), 0), (create("mine", "kubectl"), 0), (create("mine"), 60)],
    ids=["other content", "another writer", "too old"],
)
def test_what_somebody_else_created_is_not_ours(theirs: Request, age: float) -> None:
    clock = FakeClock()
    inner = Forgetful(clock)
    assert inner.api.send(theirs).status == 201
    clock.advance(age)
    answer = Retrying(inner, clock).send(create("mine"))
    assert (answer.status, ApiError.of(answer).reason) == (409, "AlreadyExists")


def test_an_answer_that_says_nothing_changed_is_whole() -> None:
    inner = Scripted(Response(304, {"etag": '"A"'}))
    assert Retrying(inner, FakeClock()).send(Request("GET", "/api", headers=JSON)).status == 304


def test_a_stream_is_opened_again_until_its_first_line() -> None:
    inner = Scripted(status(503), None, Response(200, {}, b"one\ntwo"))
    assert list(Retrying(inner, FakeClock()).stream(GET)) == [b"one", b"two"]
    with pytest.raises(ApiError, match="no: 403"):
        list(Retrying(Scripted(status(403)), FakeClock()).stream(GET))
