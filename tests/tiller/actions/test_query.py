"""Lists, status, content and history."""

from __future__ import annotations

from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.release.requests import (
    ContentRequest,
    HistoryRequest,
    ListRequest,
    ListResponse,
    SortBy,
    SortOrder,
    StatusRequest,
)
from helmpy.release.timestamp import Timestamp
from tests.tiller.world import World, chart, config
from tiller.actions import query
from tiller.storage.memory import MemoryDriver
from tiller.storage.storage import Storage


def store(
    world: World,
    name: str,
    version: int = 1,
    *,
    code: StatusCode = StatusCode.DEPLOYED,
    namespace: str = "shop",
    at: int = 0,
    of: str = "web",
) -> None:
    info = Info(status=Status(code=code), last_deployed=Timestamp(at))
    made = chart(name=of)
    world.env.storage.driver.create(Release(name=name, version=version, namespace=namespace, chart=made, info=info))


def listed(world: World, **request: Any) -> ListResponse:
    return query.list_releases(world.env, ListRequest(**request))


def names(answer: ListResponse) -> list[str]:
    return [each.name for each in answer.releases]


@pytest.fixture
def shop(world: World) -> World:
    store(world, "bread", 1, code=StatusCode.SUPERSEDED)
    store(world, "bread", 2, at=30, of="oven")
    store(world, "apples", 1, at=20, of="tree", namespace="garden")
    store(world, "cake", 1, code=StatusCode.FAILED, at=10, of="oven")
    store(world, "dill", 1, at=10, of="bed", namespace="garden")
    return world


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ({}, ["apples", "bread", "dill"]),
        ({"status_codes": (StatusCode.FAILED,)}, ["cake"]),
        ({"status_codes": (StatusCode.FAILED, StatusCode.SUPERSEDED)}, ["bread", "cake"]),
        ({"status_codes": (StatusCode.DELETED,)}, []),
        ({"filter": "^(a|d)"}, ["apples", "dill"]),
        ({"filter": "l"}, ["apples", "dill"]),
        ({"namespace": "garden"}, ["apples", "dill"]),
        ({"namespace": "gard"}, []),
        ({"sort_by": SortBy.NAME, "sort_order": SortOrder.DESC}, ["dill", "bread", "apples"]),
        ({"sort_by": SortBy.LAST_RELEASED}, ["dill", "apples", "bread"]),
        ({"sort_by": SortBy.CHART_NAME}, ["dill", "bread", "apples"]),
        ({"sort_by": 77}, ["apples", "bread", "dill"]),
    ],
)
def test_what_is_listed(shop: World, request_: dict[str, Any], found: list[str]) -> None:
    assert names(listed(shop, **request_)) == found


@pytest.mark.parametrize(
    ("request_", "found", "following"),
    [
        ({"limit": 2}, ["apples", "bread"], "dill"),
        ({"limit": 2, "offset": "dill"}, ["dill"], ""),
        ({"limit": 3}, ["apples", "bread", "dill"], ""),
        ({"limit": 1, "offset": "bread"}, ["bread"], "dill"),
    ],
)
def test_pages(shop: World, request_: dict[str, Any], found: list[str], following: str) -> None:
    answer = listed(shop, **request_)
    assert (names(answer), answer.next, answer.count, answer.total) == (found, following, len(found), 3)


@pytest.mark.parametrize(("limit", "count"), [(0, 512), (-1, 512), (513, 513), (600, 514)])
def test_a_page_without_a_limit_has_512_releases(world: World, limit: int, count: int) -> None:
    world.env.storage = Storage(MemoryDriver())
    for number in range(514):
        world.env.storage.create(
            Release(name=f"r{number:03}", version=1, info=Info(status=Status(code=StatusCode.DEPLOYED)))
        )
    answer = listed(world, limit=limit)
    following = f"r{count:03}" if count < 514 else ""
    assert (answer.count, len(answer.releases), answer.total, answer.next) == (count, count, 514, following)


@pytest.mark.parametrize(
    ("request_", "text"), [({"offset": "nobody"}, 'offset "nobody" not found'), ({"filter": "("}, "missing closing )")]
)
def test_lists_that_cannot_be(shop: World, request_: dict[str, Any], text: str) -> None:
    with pytest.raises(HelmError) as caught:
        listed(shop, **request_)
    assert text in str(caught.value)


def test_history(shop: World) -> None:
    def versions(maximum: int) -> list[int]:
        return [each.version for each in query.history(shop.env, HistoryRequest("bread", maximum)).releases]

    assert (versions(256), versions(1), versions(0), versions(-1)) == ([2, 1], [2], [], [])
    with pytest.raises(HelmError, match=r'^release: "nobody" not found$'):
        query.history(shop.env, HistoryRequest("nobody", 1))


def test_content(shop: World) -> None:
    def version(asked: int) -> int:
        release = query.content(shop.env, ContentRequest("bread", asked)).release
        assert release is not None
        return release.version

    assert (version(0), version(1)) == (2, 1)
    with pytest.raises(HelmError, match=r'^release: "bread\.v7" not found$'):
        version(7)


def test_status_shows_live_objects(world: World) -> None:
    world.install(chart(config("a")))
    answer = query.status(world.env, StatusRequest("web"))
    assert (answer.name, answer.namespace) == ("web", "shop")
    assert answer.info is not None
    assert answer.info.status is not None
    assert answer.info.status.resources == "==> v1/ConfigMap\nNAME   DATA   AGE\na      1      0s\n\n"


@pytest.mark.parametrize("code", [StatusCode.FAILED, StatusCode.DELETED])
def test_status_of_what_is_gone_asks_no_cluster(world: World, code: StatusCode) -> None:
    store(world, "web", code=code)
    seen = len(world.transport.seen)
    answer = query.status(world.env, StatusRequest("web"))
    assert answer.info is not None
    assert answer.info.status == Status(code=code)
    assert all("/kube-system/" in request.path for request in world.transport.seen[seen:])


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (StatusRequest("nobody"), 'getting deployed release "nobody": release: "nobody" not found'),
        (StatusRequest("bare", 3), "getting release 'bare' (v3): release: \"bare.v3\" not found"),
        (StatusRequest("bare"), "release info is missing"),
        (StatusRequest(), "no release provided"),
    ],
)
def test_status_errors(world: World, asked: StatusRequest, text: str) -> None:
    world.env.storage.create(Release(name="bare", version=1))
    with pytest.raises(HelmError) as caught:
        query.status(world.env, asked)
    assert str(caught.value) == text


def test_a_chart_that_is_missing(world: World) -> None:
    world.env.storage.create(Release(name="bare", version=1, info=Info()))
    with pytest.raises(HelmError, match="release chart is missing"):
        query.status(world.env, StatusRequest("bare"))


def test_version(world: World) -> None:
    answer = query.version(world.env)
    assert answer.version is not None
    assert answer.version.sem_ver == "v2.17.0"


def test_times_carry_nanoseconds(world: World) -> None:
    world.clock.advance(0.5)
    assert world.env.now() == Timestamp(1_600_000_000, 500_000_000)
