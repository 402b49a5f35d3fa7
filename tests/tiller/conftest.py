"""The fixture that most of tiller's tests start from."""

from __future__ import annotations

import pytest

from tests.tiller.world import World, make_world


@pytest.fixture
def world() -> World:
    return make_world()
