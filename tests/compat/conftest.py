"""Clusters for the tests that need one: each is started once for a whole run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compat.clusters import NO_CLUSTER, has_cluster, real_cluster


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A real cluster's; skips where there is none."""
    if not has_cluster():
        pytest.skip(NO_CLUSTER)
    with real_cluster(tmp_path_factory.mktemp("control") / "plane") as path:
        yield path
