"""Every call of every operation fails once, and always, in every way that a cluster knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.release.model import StatusCode
from tests.tiller.faults.scenes import (
    HOOKS,
    Scene,
    cluster,
    do_delete,
    do_install,
    do_rollback,
    do_test,
    do_upgrade,
    history,
    server,
)
from tests.tiller.world import chart, config
from tiller.actions.recovery import UNFINISHED, recover
from tiller.clock import FakeClock
from tiller.kube.transport import Request, Response, Transport, Unreachable
from tiller.sandbox.api import Api

ONE = chart(config("kept", "one"), config("old", "one"), *HOOKS)
TWO = chart(config("kept", "two"), config("new", "two"), *HOOKS)
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: runs}
spec:
  selector: {matchLabels: {app: runs}}
  template: {metadata: {labels: {app: runs}}, spec: {containers: [{name: c, image: i}]}}
"""
RUNS = chart(config("kept", "two"), DEPLOYMENT)


@dataclass(frozen=True)
class Fault:
    """How a call fails. ``done`` says that the cluster did what was asked, and only the answer suffered."""

    status: int = 0
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    done: bool = False
    cut: bool = False
    passes: bool = True  # a second attempt may succeed
    words: str = "connection reset by peer"  # where no answer comes


FAULTS = {
    "conflict": Fault(409, "Conflict"),
    "exists": Fault(409, "AlreadyExists", passes=False),
    "invalid": Fault(422, "Invalid", passes=False),
    "forbidden": Fault(403, "Forbidden", passes=False),
    "too many": Fault(429, "TooManyRequests", (("retry-after", "2"),)),
    "too many for long": Fault(429, "TooManyRequests", (("retry-after", "600"),), passes=False),
    "internal": Fault(500, "InternalError"),
    "internal, but done": Fault(500, "InternalError", done=True),
    "unavailable": Fault(503, "ServiceUnavailable"),
    "unavailable, but done": Fault(503, "ServiceUnavailable", done=True),
    "gateway timeout": Fault(504, "Timeout", done=True),
    "expired": Fault(410, "Expired", passes=False),
    "reset": Fault(),
    "timeout": Fault(words="timed out"),
    "timeout, but done": Fault(words="timed out", done=True),
    "answer lost": Fault(done=True),
    "body cut short": Fault(done=True, cut=True),
}

# Each kind of outcome once: all others of the same kind take the same way.
ALWAYS = (
    "conflict",
    "exists",
    "invalid",
    "too many",
    "too many for long",
    "internal, but done",
    "unavailable",
    "reset",
    "answer lost",
    "timeout",
    "expired",
    "body cut short",
)


class Faulty:
    """A transport that lets calls of one method and path fail, the first time or every time."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.seen: list[tuple[str, str]] = []
        self.target: tuple[str, str] | None = None
        self.fault = Fault()
        self.times = 0

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        call = (request.method, request.path)
        self.seen.append(call)
        if call != self.target or self.times == 0:
            return self._inner.send(request, timeout=timeout)
        self.times -= 1
        answer = self._inner.send(request, timeout=timeout) if self.fault.done else None
        if self.fault.cut:
            assert answer is not None
            return Response(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
        if not self.fault.status:
            raise Unreachable(self.fault.words)
        body = {"kind": "Status", "reason": self.fault.reason, "message": f"the cluster says {self.fault.status}"}
        return Response(self.fault.status, dict(self.fault.headers), json.dumps(body).encode())

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        return self._inner.stream(request, timeout=timeout)


SCENES = {
    "install": Scene((), lambda env: do_install(env, ONE)),
    "upgrade": Scene((lambda env: do_install(env, ONE),), lambda env: do_upgrade(env, TWO)),
    "upgrade that waits": Scene((lambda env: do_install(env, ONE),), lambda env: do_upgrade(env, RUNS, wait=True)),
    "rollback": Scene((lambda env: do_install(env, ONE), lambda env: do_upgrade(env, TWO)), do_rollback),
    "delete": Scene((lambda env: do_install(env, ONE),), do_delete),
    "purge": Scene((lambda env: do_install(env, ONE),), lambda env: do_delete(env, purge=True)),
    "test": Scene((lambda env: do_install(env, ONE),), do_test),
}


class Play:
    """A scene on a cluster of its own, ready for its disturbed part."""

    def __init__(self, name: str) -> None:
        self.api: Api
        self.clock: FakeClock
        self.api, self.clock = cluster()
        self.scene = SCENES[name]
        first = server(self.api, self.clock)
        for step in self.scene.before:
            step(first.env)
        self.faulty = Faulty(self.api)
        self.server = server(self.faulty, self.clock, "faulty", retrying=True)

    def act(self) -> str:
        """The operation's error, empty for success; anything but a HelmError is a defect."""
        try:
            self.scene.act(self.server.env)
        except HelmError as error:
            return str(error) or "an error without a text"
        except AssertionError as error:  # the lines of a failed test
            return str(error)
        return ""


@cache
def calls(name: str) -> tuple[tuple[str, str], ...]:
    """Every call that the undisturbed operation makes, once."""
    play = Play(name)
    assert play.act() == ""
    return tuple(dict.fromkeys(play.faulty.seen))


def table() -> list[Any]:
    return [
        pytest.param(name, call, id=f"{name}: {call[0]} {call[1].rpartition('/apis/')[2]}")
        for name in SCENES
        for call in calls(name)
    ]


def survives(call: tuple[str, str], fault: Fault) -> bool:
    """Whether one such failure must not be noticed."""
    method, path = call
    if fault.reason == "Conflict":
        # Who looks before it writes, or cannot write twice, judges a conflict itself.
        return method in ("PATCH", "PUT", "DELETE") and not path.startswith("/apis/coordination")
    return fault.passes


@pytest.mark.parametrize(("name", "call"), table())
def test_a_call_that_fails_once(name: str, call: tuple[str, str]) -> None:
    for label, fault in FAULTS.items():
        play = Play(name)
        play.faulty.target, play.faulty.fault, play.faulty.times = call, fault, 1
        text = play.act()
        revisions = history(play.server.env)
        assert not [each.key for each in revisions if each.status in UNFINISHED], label
        if survives(call, fault):
            assert text == "", label
            assert revisions == [] or revisions[0].status in (StatusCode.DEPLOYED, StatusCode.DELETED), label


@pytest.mark.parametrize(("name", "call"), table())
def test_a_call_that_always_fails(name: str, call: tuple[str, str]) -> None:
    for label in ALWAYS:
        fault = FAULTS[label]
        play = Play(name)
        play.faulty.target, play.faulty.fault, play.faulty.times = call, fault, -1
        start = play.clock.now()
        text = play.act()
        # A lease that cannot be had is waited for as long as the request allows.
        limit = 310 if fault.status == 409 and "/leases" in call[1] else 120
        assert play.clock.now() - start < limit, label
        play.faulty.times = 0
        recover(play.server.env)  # what the store refused to take is marked once it answers
        revisions = history(play.server.env)
        assert not [each.key for each in revisions if each.status in UNFINISHED], label
        if (
            text
            and revisions
            and name in ("install", "upgrade", "upgrade that waits", "rollback")
            and revisions[0].version == len(play.scene.before) + 1
        ):
            assert revisions[0].status == StatusCode.FAILED, label
            assert revisions[0].info is not None
            assert revisions[0].info.description, label
        assert text != "an error without a text", label
        if not fault.status and text:
            assert fault.words in text or "cut short" in text or "is in progress" in text, label
