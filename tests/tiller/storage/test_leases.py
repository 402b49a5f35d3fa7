"""One suite for all kinds of leases, as two processes see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgresql
from tiller.clock import FakeClock
from tiller.kube.failing import Failing
from tiller.kube.transport import Request
from tiller.sandbox.api import memory_api
from tiller.storage.connections import Connections
from tiller.storage.databases import open_database
from tiller.storage.kubernetes_leases import KubernetesLeases, lease_name
from tiller.storage.leases import LeaseLost, Leases, MemoryLeases
from tiller.storage.sql_leases import SqlLeases

Pair = tuple[Leases, Leases]


def memory() -> Pair:
    one = MemoryLeases("one")
    return one, one.twin("two")


def kubernetes() -> Pair:
    api = memory_api()
    return KubernetesLeases(api, "kube-system", "one"), KubernetesLeases(api, "kube-system", "two")


MAKERS: dict[str, Callable[[], Pair]] = {"memory": memory, "kubernetes": kubernetes}


@pytest.fixture(params=[*MAKERS, "sqlite", "postgres"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    if request.param in MAKERS:
        yield MAKERS[request.param]()
        return
    if request.param == "sqlite":
        place = ("sqlite3", str(tmp_path / "leases.db"))
    else:
        server: Postgresql = request.getfixturevalue("postgresql")
        place = ("postgres", server.database())
    one, two = (Connections(open_database(*place, {}), FakeClock()) for _ in range(2))
    yield SqlLeases(one, "one"), SqlLeases(two, "two")
    one.close()
    two.close()


def test_one_takes_and_all_see_who_since_when_and_what_for(pair: Pair) -> None:
    one, two = pair
    assert two.read("web") is None
    assert one.take("web", "upgrade", 100.5) is not None
    assert two.take("web", "delete", 101.0) is None
    assert one.take("web", "delete", 101.0) is None
    seen = two.read("web")
    assert seen is not None
    assert (seen.holder, seen.work, seen.since) == ("one", "upgrade", 100.5)
    assert two.take("other", "install", 101.0) is not None


def test_given_up_is_free(pair: Pair) -> None:
    one, two = pair
    mine = one.take("web", "upgrade", 100.0)
    assert mine is not None
    one.give_up("web", mine, 101.0)
    assert two.read("web") is None
    assert two.take("web", "delete", 102.0) is not None


def test_a_renewal_changes_the_stamp_and_says_the_present_work(pair: Pair) -> None:
    one, two = pair
    mine = one.take("web", "upgrade", 100.0)
    assert mine is not None
    again = one.renew("web", mine, "delete", 101.0, 102.0)
    seen = two.read("web")
    assert seen is not None
    assert seen.stamp == again.stamp != mine.stamp
    assert (seen.work, seen.since) == ("delete", 101.0)


def test_a_dead_holders_lease_is_seized_once(pair: Pair) -> None:
    one, two = pair
    mine = one.take("web", "upgrade", 100.0)
    dead = two.read("web")
    assert mine is not None
    assert dead is not None
    seized = two.seize("web", dead, "delete", 110.0)
    assert seized is not None
    assert two.seize("web", dead, "delete", 110.0) is None
    with pytest.raises(LeaseLost, match='the lease of release "web" was lost'):
        one.renew("web", mine, "upgrade", 100.0, 111.0)
    one.give_up("web", mine, 112.0)
    held = two.read("web")
    assert held is not None
    assert held.holder == "two"


def test_a_renewed_lease_cannot_be_seized_by_its_old_stamp(pair: Pair) -> None:
    one, two = pair
    mine = one.take("web", "upgrade", 100.0)
    old = two.read("web")
    assert mine is not None
    assert old is not None
    one.renew("web", mine, "upgrade", 100.0, 102.0)
    assert two.seize("web", old, "delete", 110.0) is None


def test_who_asked_is_given_the_lease(pair: Pair) -> None:
    one, two = pair
    mine = one.take("web", "upgrade", 100.0)
    seen = two.read("web")
    assert mine is not None
    assert seen is not None
    two.ask("web", seen)
    after = two.read("web")
    assert after is not None
    assert (after.stamp, after.waiting) == (seen.stamp, "two")
    renewed = one.renew("web", mine, "upgrade", 100.0, 102.0)
    assert renewed.waiting == "two"
    one.give_up("web", renewed, 103.0)
    passed = two.read("web")
    assert passed is not None
    assert passed.holder == "two"
    assert two.renew("web", passed, "delete", 104.0, 104.0).holder == "two"


def test_who_asked_after_the_last_renewal_is_seen_at_the_end(pair: Pair) -> None:
    one, two = pair
    mine = one.take("web", "upgrade", 100.0)
    seen = two.read("web")
    assert mine is not None
    assert seen is not None
    two.ask("web", seen)
    one.give_up("web", mine, 103.0)
    passed = two.read("web")
    assert passed is not None
    assert passed.holder == "two"


@pytest.mark.parametrize("name", ["web", "web.v2", "0", "a-b.c-d"])
def test_a_legal_name_stays_readable(name: str) -> None:
    assert lease_name(name) == f"release.{name}"


@pytest.mark.parametrize(
    ("name", "rest"), [("Web", ".web"), ("a_b", ".a-b"), ("a..b", ".a--b"), ("a.-b", ".a--b"), ("_", "")]
)
def test_another_name_gets_a_hash(name: str, rest: str) -> None:
    assert re.fullmatch(f"release-[0-9a-f]{{16}}{re.escape(rest)}", lease_name(name))


def test_names_that_look_alike_do_not_meet() -> None:
    names = ["web", "Web", "WEB", "a.b", "a-b", "a_b", "a..b", "release.web", "-", "_"]
    assert len({lease_name(name) for name in names}) == len(names)


@pytest.mark.parametrize("name", ["web", "Web", "a_b", "a..b", "x" * 53, "X" * 53])
def test_the_api_server_takes_the_names(name: str) -> None:
    one, two = kubernetes()
    assert one.take(name, "install", 1.0) is not None
    assert two.take(name, "install", 1.0) is None


def test_without_the_right_to_use_leases_every_release_is_free(caplog: pytest.LogCaptureFixture) -> None:
    transport = Failing(memory_api())
    transport.refuse("POST", "/leases", status=403)
    transport.refuse("GET", "/leases", status=403)
    one = KubernetesLeases(transport, "kube-system", "one")
    for name in ("web", "shop"):
        mine = one.take(name, "install", 1.0)
        assert mine is not None
        assert one.renew(name, mine, "install", 1.0, 2.0).holder == "one"
        one.give_up(name, mine, 3.0)
        assert one.read(name) is None
    assert caplog.text.count("cannot use leases") == 1
    assert {request.method for request in transport.seen} <= {"POST", "GET"}


def test_a_lease_says_what_it_is_to_whoever_looks() -> None:
    api = memory_api()
    KubernetesLeases(api, "kube-system", "tiller-1").take("web", "upgrade", 1_600_000_000.25)
    lease = api.send(Request("GET", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/release.web")).json()
    assert lease["spec"] == {
        "holderIdentity": "tiller-1",
        "leaseDurationSeconds": 5,
        "acquireTime": "2020-09-13T12:26:40.250000Z",
        "renewTime": "2020-09-13T12:26:40.250000Z",
    }
    assert lease["metadata"]["annotations"] == {
        "tiller.helm.sh/release": "web",
        "tiller.helm.sh/work": "upgrade",
    }
