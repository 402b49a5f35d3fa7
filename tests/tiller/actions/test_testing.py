"""Release tests on a sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.release.model import TestStatus, TestSuite
from helmpy.release.requests import TestRequest
from tests.tiller.world import World, chart, config, make_world
from tiller.actions.testing import run_tests

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
    assert suite(tested).results[2].info == "timed out waiting for the condition"


def test_in_parallel(tested: World) -> None:
    play(tested, t1="Succeeded", t2="Failed", t3="Succeeded")
    lines = run(tested, parallel=True)
    assert sorted(text for text, _ in lines) == sorted(
        f"{state}: {name}" for state in ("RUNNING", "PASSED") for name in ("t1", "t2", "t3")
    )


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
