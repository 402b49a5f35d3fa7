"""A PostgreSQL for the suites of stores and leases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import MISSING, Postgresql, running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    if MISSING:
        pytest.skip(MISSING)
    with running() as server:
        yield server
