"""The same assertions on two clusters: the sandbox, and a real API server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compat.clusters import Ground, ground_on, sandbox, transport_of


@pytest.fixture(scope="session", params=["sandbox", "cluster"])
def ground_of_all(request: pytest.FixtureRequest) -> Iterator[Ground]:
    name: str = request.param
    transport = sandbox() if name == "sandbox" else transport_of(request.getfixturevalue("kubeconfig"))
    with ground_on(name, transport) as made:
        yield made


@pytest.fixture
def ground(ground_of_all: Ground) -> Iterator[Ground]:
    """A tiller, whose transport refuses nothing and has seen nothing."""
    ground_of_all.transport.recover()
    ground_of_all.transport.seen.clear()
    yield ground_of_all
    ground_of_all.transport.recover()
