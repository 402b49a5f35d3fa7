"""A sandbox in memory, and short words to talk to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tiller.kube.transport import Request, Response
from tiller.sandbox.api import Api, memory_api
from tiller.sandbox.call import User

Object = dict[str, Any]
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"


class Clock:
    """Time that a test moves."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def request(method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str) -> Request:
    where, _, text = path.partition("?")
    pairs = [piece.partition("=") for piece in text.split("&") if piece]
    data = body if isinstance(body, bytes) else (b"" if body is None else json.dumps(body).encode())
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return Request(method, where, tuple((k, v) for k, _, v in pairs), {"content-type": kind, **named}, data)


@dataclass
class Cluster:
    """An in-memory sandbox as a test speaks to it."""

    clock: Clock = field(default_factory=Clock)
    ready_after: float = 0.0
    tokens: dict[str, User] | None = None

    def __post_init__(self) -> None:
        self.api: Api = memory_api(self.clock, seed=7, ready_after=self.ready_after, tokens=self.tokens)

    def send(
        self, method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str
    ) -> Response:
        return self.api.send(request(method, path, body, kind, **headers))

    def ok(self, method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str) -> Any:
        answer = self.send(method, path, body, kind, **headers)
        assert answer.status < 300, answer.body
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str) -> Any:
        answer = self.send(method, path, body, kind, **headers)
        assert answer.status >= 400, answer.body
        status = answer.json()
        assert (status["kind"], status["status"], status["code"]) == ("Status", "Failure", answer.status)
        return status

    def get(self, path: str) -> Any:
        return self.ok("GET", path)

    def names(self, path: str) -> list[str]:
        return [item["metadata"]["name"] for item in self.get(path)["items"]]

    def apply(self, path: str, body: Object, manager: str = "me", *, force: bool = False) -> Any:
        return self.ok("PATCH", f"{path}?fieldManager={manager}&force={str(force).lower()}", body, APPLY)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def new_cluster() -> Callable[..., Cluster]:
    return Cluster
