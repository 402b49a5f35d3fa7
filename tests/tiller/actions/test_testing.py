"""Release tests on a sandbox."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.release.requests import TestRequest
from helmpy.release.test_runs import TestStatus, TestSuite
from tests.tiller.world import World, chart, config, make_world
from tiller.actions.testing import run_tests
from tiller.kube.cluster import Cluster
from tiller.kube.failing import Failing
from tiller.kube.transport import Request, Response

POD = """
apiVersion: v1
kind: Pod
metadata: {name: %s, annotations: {"helm.sh/hook": %s}}
spec: {restartPolicy: Never, containers: [{name: c, image: i}]}
"""


def play(world: World, **phases: str) -> None:
    """Let pods end in these phases as soon as somebody waits."""
    tick = world.clock.on_advance
    assert tick is not None

    def advance() -> None:
        tick()
        for name, phase in phases.items():
            found = world.get(f"pods/{name}")
            if found is not None and found["status"].get("phase") != phase:
                world.patch_status(f"pods/{name}", {"phase": phase})

    world.clock.on_advance = advance


def run(world: World, **options: Any) -> list[tuple[str, int]]:
    return [(line.msg, line.status) for line in run_tests(world.env, TestRequest(name="web", **options))]


def suite(world: World) -> TestSuite:
    info = world.env.storage.last("web").info
    assert info is not None
    assert info.status is not None
    assert info.status.last_test_suite_run is not None
    return info.status.last_test_suite_run


@pytest.fixture
def tested() -> World:
    world = make_world(ready_after=1_000_000)
    world.install(
        chart(config("a"), POD % ("t1", "test-success"), POD % ("t2", "test-failure"), POD % ("t3", "test-success"))
    )
    return world


def test_outcomes(tested: World) -> None:
    play(tested, t1="Succeeded", t2="Failed", t3="Failed")
    assert run(tested) == [
        ("RUNNING: t1", TestStatus.RUNNING),
        ("PASSED: t1", TestStatus.SUCCESS),
        ("RUNNING: t2", TestStatus.RUNNING),
        ("PASSED: t2", TestStatus.SUCCESS),
        ("RUNNING: t3", TestStatus.RUNNING),
        ("FAILED: t3, run `kubectl logs t3 --namespace shop` for more info", TestStatus.FAILURE),
    ]
    assert [(each.name, each.status) for each in suite(tested).results] == [
        ("t1", TestStatus.SUCCESS),
        ("t2", TestStatus.SUCCESS),
        ("t3", TestStatus.FAILURE),
    ]
    assert tested.statuses() == {1: "DEPLOYED"}


def test_a_test_that_never_ends(tested: World) -> None:
    play(tested, t1="Succeeded", t2="Failed")
    lines = run(tested, timeout=30)
    assert lines[-2:] == [
        ("RUNNING: t3", TestStatus.RUNNING),
        ("ERROR: timed out waiting for the condition", TestStatus.FAILURE),
    ]
    assert (suite(tested).results[2].info, suite(tested).results[2].status) == (
        "timed out waiting for the condition",
        TestStatus.UNKNOWN,
    )


def test_a_pod_that_is_taken_away_is_an_error_and_no_success(tested: World) -> None:
    play(tested, t1="Succeeded", t2="Failed")
    tick = tested.clock.on_advance
    assert tick is not None

    def advance() -> None:
        tick()
        if tested.get("pods/t3") is not None:
            tested.api.send(Request("DELETE", "/api/v1/namespaces/shop/pods/t3"))

    tested.clock.on_advance = advance
    assert run(tested)[-1] == ("ERROR: pod not found", TestStatus.FAILURE)
    result = suite(tested).results[2]
    assert (result.status, result.info) == (TestStatus.UNKNOWN, "pod not found")


def test_a_pod_with_both_events_runs_twice_and_the_first_named_says_how_it_should_end() -> None:
    """Strange, but 2.17's."""
    world = make_world(ready_after=1_000_000)
    world.install(chart(config("a"), POD % ("t1", '"test-failure,test-success"')))
    play(world, t1="Failed")
    assert run(world) == [
        ("RUNNING: t1", TestStatus.RUNNING),
        ("PASSED: t1", TestStatus.SUCCESS),
        ("RUNNING: t1", TestStatus.RUNNING),
        ('ERROR: pods "t1" already exists', TestStatus.FAILURE),
    ]
    assert [each.status for each in suite(world).results] == [TestStatus.SUCCESS, TestStatus.FAILURE]


@pytest.mark.parametrize(("at_once", "most"), [(0, 20), (1, 1), (3, 3), (20, 20), (30, 22)])
def test_as_many_run_in_parallel_as_the_limit_says(world: World, at_once: int, most: int) -> None:
    """22 tests, of which the first wait until as many run as should, and a moment longer for one too many."""
    names = [f"t{number}" for number in range(22)]
    world.install(chart(config("a"), *(POD % (name, "test-success") for name in names)))
    running: set[str] = set()
    peak = 0
    changed = threading.Condition()

    class Slow(Failing):
        def send(self, request: Request, *, timeout: float | None = None) -> Response:
            nonlocal peak
            name = request.path.rpartition("/")[2]
            if request.method != "GET" or name not in names:
                return super().send(request, timeout=timeout)
            with changed:
                running.add(name)
                peak = max(peak, len(running))
                changed.notify_all()
                changed.wait_for(lambda: peak >= most, 10)
            time.sleep(0.02)
            with changed:
                running.discard(name)
            world.patch_status(f"pods/{name}", {"phase": "Succeeded"})
            return super().send(request, timeout=timeout)

    world.env.cluster = Cluster(Slow(world.api), world.clock)
    lines = run(world, parallel=True, max_parallel=at_once)
    assert sorted(text for text, _ in lines) == sorted(
        f"{state}: {n}" for state in ("RUNNING", "PASSED") for n in names
    )
    assert peak == most


def test_pods_stay_unless_cleaned_up(tested: World) -> None:
    play(tested, t1="Succeeded", t2="Failed", t3="Succeeded")
    run(tested)
    assert tested.get("pods/t1") is not None
    lines = run(tested, cleanup=True)
    assert ('ERROR: pods "t1" already exists', TestStatus.FAILURE) in lines
    assert [tested.get(f"pods/{name}") for name in ("t1", "t2", "t3")] == [None, None, None]


def test_logs_come_before_the_cleanup(tested: World) -> None:
    play(tested, t1="Succeeded", t2="Failed", t3="Succeeded")
    lines = run(tested, logs=True, cleanup=True)
    assert [text.split("\n")[1] for text, _ in lines[-3:]] == ["POD LOGS: t1", "POD LOGS: t2", "POD LOGS: t3"]
    tested.transport.refuse("GET", "/log", message="no logs")
    assert run(tested, logs=True)[-1] == ("ERROR: error in opening log stream, got: no logs", TestStatus.FAILURE)


def test_no_tests(world: World) -> None:
    world.install(chart(config("a")))
    assert run(world) == [("No Tests Found", TestStatus.UNKNOWN)]


def test_only_pods(world: World) -> None:
    world.install(chart(config("a"), config("t", hook="test-success")))
    with pytest.raises(HelmError, match=r"^t is not a pod$"):
        run(world)


def test_an_unknown_release(world: World) -> None:
    with pytest.raises(HelmError, match=r'^release: "web" not found$'):
        run(world)
