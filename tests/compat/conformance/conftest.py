"""The same assertions on two clusters: the sandbox, and a real API server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compat.clusters import Ground, ground_on, sandbox, transport_of, wait_until_gone
from tiller.clock import SystemClock
from tiller.kube.transport import Transport


@pytest.fixture(scope="session", params=["sandbox", "cluster"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[str, Transport, list[str]]]:
    """A cluster's name, the way to it, and the namespaces that tests made on it, all gone at the end."""
    name: str = request.param
    transport = sandbox() if name == "sandbox" else transport_of(request.getfixturevalue("kubeconfig"))
    namespaces: list[str] = []
    yield name, transport, namespaces
    wait_until_gone(transport, namespaces, SystemClock())


@pytest.fixture(scope="module")
def ground_of_all(place: tuple[str, Transport, list[str]]) -> Iterator[Ground]:
    name, transport, namespaces = place
    with ground_on(name, transport) as made:
        yield made
        namespaces += [made.namespace, *made.extra_namespaces]


@pytest.fixture
def ground(ground_of_all: Ground) -> Iterator[Ground]:
    """A tiller, whose transport refuses nothing and has seen nothing."""
    ground_of_all.transport.recover()
    ground_of_all.transport.seen.clear()
    yield ground_of_all
    ground_of_all.transport.recover()
