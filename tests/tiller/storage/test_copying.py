"""Records that move from one kind of store to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from helmpy.release.model import Release, StatusCode
from tests.tiller.storage.test_drivers import release
from tiller.clock import FakeClock
from tiller.sandbox.api import memory_api
from tiller.storage.connections import Connections, StoreError
from tiller.storage.copying import Copied, copy_records
from tiller.storage.driver import Driver
from tiller.storage.kubernetes import ConfigMapDriver, SecretDriver
from tiller.storage.memory import MemoryDriver
from tiller.storage.sql import SqlDriver
from tiller.storage.sqlite import Sqlite

RECORDS = [
    release(code=StatusCode.SUPERSEDED),
    release(version=2, code=StatusCode.DEPLOYED),
    release(version=3, code=StatusCode.FAILED),
    release("shop", 9, StatusCode.DELETED),
]


@contextmanager
def sqlite(path: Path) -> Iterator[Driver]:
    connections = Connections(Sqlite(str(path / "records.db")), FakeClock())
    yield SqlDriver(connections, FakeClock())
    connections.close()


MAKERS: dict[str, Callable[[Path], AbstractContextManager[Driver]]] = {
    "configmap": lambda _: nullcontext(ConfigMapDriver(memory_api(), "kube-system", FakeClock())),
    "secret": lambda _: nullcontext(SecretDriver(memory_api(), "kube-system", FakeClock())),
    "sqlite": sqlite,
}
WAYS = [(one, other) for one in MAKERS for other in MAKERS if one != other]


def copy(source: Driver, target: Driver) -> list[Copied]:
    return list(copy_records(source, target, nullcontext))


def contents(driver: Driver) -> list[Release]:
    return sorted(driver.query({}), key=lambda found: found.key)


@pytest.mark.parametrize(("one", "other"), WAYS)
def test_all_records_arrive_and_a_second_time_changes_nothing(one: str, other: str, tmp_path: Path) -> None:
    with MAKERS[one](tmp_path) as source, MAKERS[other](tmp_path) as target:
        for each in RECORDS:
            source.create(each)
        assert copy(source, target) == [Copied("shop", created=1), Copied("web", created=3)]
        assert contents(target) == contents(source) == sorted(RECORDS, key=lambda found: found.key)
        assert copy(source, target) == [Copied("shop", same=1), Copied("web", same=3)]
        assert copy(target, source) == [Copied("shop", same=1), Copied("web", same=3)]


@pytest.fixture
def pair() -> tuple[MemoryDriver, MemoryDriver]:
    source, target = MemoryDriver(), MemoryDriver()
    for each in RECORDS:
        source.create(each)
    copy(source, target)
    return source, target


def test_what_went_on_in_the_source_is_brought_after(pair: tuple[MemoryDriver, MemoryDriver]) -> None:
    source, target = pair
    source.update(release(version=2, code=StatusCode.SUPERSEDED))
    source.create(release(version=4))
    assert copy(source, target)[1] == Copied("web", created=1, updated=1, same=2)
    assert contents(target) == contents(source)


def test_a_release_that_went_on_in_the_target_is_left_alone(pair: tuple[MemoryDriver, MemoryDriver]) -> None:
    source, target = pair
    target.update(release(version=2, code=StatusCode.SUPERSEDED))
    target.create(release(version=4))
    before = contents(target)
    assert copy(source, target) == [Copied("shop", same=1), Copied("web", newer=4)]
    assert contents(target) == before


def test_a_copy_that_was_interrupted_can_be_repeated(pair: tuple[MemoryDriver, MemoryDriver]) -> None:
    source, _ = pair

    class Full(MemoryDriver):
        room = 2

        def create(self, release: Release) -> None:
            if not self.room:
                raise StoreError("no room left")
            self.room -= 1
            super().create(release)

    target = Full()
    with pytest.raises(StoreError):
        copy(source, target)
    target.room = 9
    assert copy(source, target) == [Copied("shop", same=1), Copied("web", created=2, same=1)]
    assert contents(target) == contents(source)


def test_nobody_works_on_a_release_while_it_is_copied(pair: tuple[MemoryDriver, MemoryDriver]) -> None:
    source, _ = pair
    target = MemoryDriver()
    seen = []

    @contextmanager
    def turn(name: str) -> Iterator[None]:
        if name == "web":  # whoever had the turn before has just gone on
            source.update(replace(RECORDS[2], manifest="kind: Y"))
        yield
        seen.append((name, len(target.query({"NAME": name}))))

    list(copy_records(source, target, turn))
    assert seen == [("shop", 1), ("web", 3)]
    assert target.get("web", 3).manifest == "kind: Y"
