"""Histories on top of a driver."""

from __future__ import annotations

import pytest

from helmpy.errors import HelmError
from helmpy.release.model import Info, Release, Status, StatusCode
from tiller.storage.driver import ReleaseNotFound
from tiller.storage.memory import MemoryDriver
from tiller.storage.storage import NoDeployedRelease, Storage

D, F, S = StatusCode.DEPLOYED, StatusCode.FAILED, StatusCode.SUPERSEDED


def release(version: int, status: StatusCode, name: str = "web") -> Release:
    return Release(name=name, version=version, info=Info(status=Status(code=status)))


def storage_of(*statuses: StatusCode, max_history: int = 0) -> Storage:
    storage = Storage(MemoryDriver(), max_history=max_history)
    for version, status in enumerate(statuses, 1):
        storage.driver.create(release(version, status))
    return storage


def versions(storage: Storage) -> list[int]:
    return [each.version for each in storage.history("web")]


def test_history_is_newest_first_also_past_nine() -> None:
    storage = storage_of(*[S] * 11)
    assert versions(storage) == list(range(11, 0, -1))
    assert storage.last("web").version == 11


def test_an_unknown_name_has_no_history() -> None:
    with pytest.raises(ReleaseNotFound, match=r'^release: "web" not found$'):
        storage_of().last("web")


def test_the_newest_deployed_revision_counts() -> None:
    assert storage_of(D, D, F).deployed("web").version == 2


@pytest.mark.parametrize("statuses", [[], [F], [S, F]])
def test_nothing_deployed(statuses: list[StatusCode]) -> None:
    with pytest.raises(NoDeployedRelease, match=r'^"web" has no deployed releases$'):
        storage_of(*statuses).deployed("web")


@pytest.mark.parametrize(
    ("statuses", "keep", "left"),
    [
        ([S, S, D], 0, [4, 3, 2, 1]),
        ([S, S, D], 10, [4, 3, 2, 1]),
        ([S, S, D], 3, [4, 3, 2]),
        ([S, S, D], 1, [4, 3]),  # the newest deployed one is never pruned
        ([D, F, F], 2, [4, 1]),
        ([D, F, F], 3, [4, 3, 1]),
        ([D, D, F], 2, [4, 2]),
    ],
)
def test_a_new_revision_prunes_the_oldest(statuses: list[StatusCode], keep: int, left: list[int]) -> None:
    storage = storage_of(*statuses, max_history=keep)
    storage.driver.create(release(1, D, name="other"))
    storage.create(release(4, StatusCode.PENDING_UPGRADE))
    assert versions(storage) == left
    assert storage.last("other").version == 1


def test_what_cannot_be_pruned_stays_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Keeps(MemoryDriver):
        def delete(self, name: str, version: int) -> Release:
            if version == 1:
                raise HelmError("not now")
            return super().delete(name, version)

    storage = Storage(Keeps(), max_history=2)
    for version in (1, 2):
        storage.driver.create(release(version, S))
    storage.create(release(3, D))
    assert versions(storage) == [3, 2, 1]
    assert "cannot prune web.v1: not now" in caplog.text


def test_a_list_can_ask_for_one_status() -> None:
    storage = storage_of(S, S, D)
    assert sorted(each.version for each in storage.list(status=S)) == [1, 2]
    assert len(storage.list()) == 3
