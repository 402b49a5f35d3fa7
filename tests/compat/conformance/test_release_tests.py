"""Release tests: outcomes, parallel ones, logs, cleanup, what is stored."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from helmpy.release.requests import StatusRequest, TestRequest
from helmpy.release.test_runs import TestStatus, TestSuite
from tests.compat.clusters import Ground, refusal
from tests.compat.conformance.manifests import config, hooked, job, pod
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]


def run(ground: Ground, name: str, **options: Any) -> list[tuple[str, int]]:
    return [(line.msg, line.status) for line in ground.tiller.test(TestRequest(name=name, **options))]


def suite(ground: Ground, name: str) -> TestSuite:
    info = ground.tiller.status(StatusRequest(name=name)).info
    assert info is not None
    assert info.status is not None
    assert info.status.last_test_suite_run is not None
    return info.status.last_test_suite_run


def test_a_test_ends_as_its_event_says(ground: Ground) -> None:
    made = chart(
        config("out-a"),
        pod("out-1", hooked("test-success"), once=True),
        pod("out-2", hooked("test-failure"), fails=True),
        pod("out-3", hooked("test-success"), fails=True),
        pod("out-4", hooked("test-failure"), once=True),
    )
    ground.install(made, "out")
    again = f"run `kubectl logs {{}} --namespace {ground.namespace}` for more info"
    assert run(ground, "out", timeout=30) == [
        ("RUNNING: out-1", TestStatus.RUNNING),
        ("PASSED: out-1", TestStatus.SUCCESS),
        ("RUNNING: out-2", TestStatus.RUNNING),
        ("PASSED: out-2", TestStatus.SUCCESS),
        ("RUNNING: out-3", TestStatus.RUNNING),
        (f"FAILED: out-3, {again.format('out-3')}", TestStatus.FAILURE),
        ("RUNNING: out-4", TestStatus.RUNNING),
        (f"FAILED: out-4, {again.format('out-4')}", TestStatus.FAILURE),
    ]
    stored = suite(ground, "out")
    assert [(each.name, each.status) for each in stored.results] == [
        ("out-1", TestStatus.SUCCESS),
        ("out-2", TestStatus.SUCCESS),
        ("out-3", TestStatus.FAILURE),
        ("out-4", TestStatus.FAILURE),
    ]
    assert stored.started_at is not None
    assert stored.completed_at is not None
    assert ground.statuses("out") == {1: "DEPLOYED"}


def test_pods_stay_and_block_the_next_run_unless_cleaned_up(ground: Ground) -> None:
    ground.install(chart(config("stay-a"), pod("stay-1", hooked("test-success"), once=True)), "stay")
    run(ground, "stay", timeout=30)
    assert ground.get("pods/stay-1") is not None
    assert run(ground, "stay", timeout=30, cleanup=True) == [
        ("RUNNING: stay-1", TestStatus.RUNNING),
        ('ERROR: pods "stay-1" already exists', TestStatus.FAILURE),
    ]
    ground.gone("pods/stay-1")
    assert run(ground, "stay", timeout=30, cleanup=True)[-1] == ("PASSED: stay-1", TestStatus.SUCCESS)
    ground.gone("pods/stay-1")


@pytest.mark.parametrize("at_once", [0, 1, 2])
def test_tests_run_in_parallel_up_to_a_limit(ground: Ground, at_once: int) -> None:
    name = f"par{at_once}"
    tests = [pod(f"{name}-{i}", hooked("test-success"), once=True) for i in range(4)]
    ground.install(chart(config(f"{name}-a"), *tests), name)
    lines = [text for text, _ in run(ground, name, timeout=60, parallel=True, max_parallel=at_once)]
    running = most = 0
    for line in lines:
        running += 1 if line.startswith("RUNNING") else -1
        most = max(most, running)
    assert sorted(lines) == sorted(f"{word}: {name}-{i}" for word in ("RUNNING", "PASSED") for i in range(4))
    assert most <= (at_once or 20)


def test_logs_come_before_the_cleanup(ground: Ground) -> None:
    ground.install(chart(config("log-a"), pod("log-1", hooked("test-success"), once=True)), "log")
    lines = [text for text, _ in run(ground, "log", timeout=30, logs=True)]
    assert lines[:2] == ["RUNNING: log-1", "PASSED: log-1"]
    written = ground.send("GET", f"{ground.path('pods/log-1')}/log")
    if written.status == 200:
        assert lines[2:] == [f"\nPOD LOGS: log-1\n{written.body.decode()}"]
    else:  # a cluster without kubelets
        assert lines[2:] == [f"ERROR: error in opening log stream, got: {written.json()['message']}"]
    ground.remove("pods/log-1")
    ground.gone("pods/log-1")
    ground.transport.seen.clear()
    assert len(run(ground, "log", timeout=30, logs=True, cleanup=True)) == 3
    asked = [(r.method, r.path.endswith("/log")) for r in ground.transport.seen if "/pods/log-1" in r.path]
    assert asked.index(("GET", True)) < asked.index(("DELETE", False))
    ground.gone("pods/log-1")


def test_a_release_without_tests(ground: Ground) -> None:
    ground.install(chart(config("no-a")), "no")
    assert run(ground, "no") == [("No Tests Found", TestStatus.UNKNOWN)]


def test_only_pods_are_tests(ground: Ground) -> None:
    ground.install(chart(config("only-a"), job("only-j", hooked("test-success"))), "only")
    assert refusal(run, ground, "only") == "only-j is not a pod"


def test_a_test_that_takes_too_long(ground: Ground) -> None:
    ground.install(chart(config("slow-a"), pod("slow-1", hooked("test-success"), once=True, ready=False)), "slow")
    assert run(ground, "slow", timeout=2)[-1] == (
        "ERROR: timed out waiting for the condition",
        TestStatus.FAILURE,
    )
    (result,) = suite(ground, "slow").results
    assert (result.status, result.info) == (TestStatus.UNKNOWN, "timed out waiting for the condition")


def test_a_pod_that_is_taken_away_is_an_error(ground: Ground) -> None:
    ground.install(chart(config("taken-a"), pod("taken-1", hooked("test-success"), once=True, ready=False)), "taken")

    def take() -> None:
        ground.until(lambda: ground.get("pods/taken-1"))
        ground.remove("pods/taken-1")

    taker = threading.Thread(target=take)
    taker.start()
    assert run(ground, "taken", timeout=60)[-1] == ("ERROR: pod not found", TestStatus.FAILURE)
    taker.join()
    assert suite(ground, "taken").results[0].status == TestStatus.UNKNOWN


def test_the_newest_revision_is_tested(ground: Ground) -> None:
    ground.install(chart(config("newest-a"), pod("newest-1", hooked("test-success"), once=True)), "newest")
    ground.upgrade(chart(config("newest-a"), pod("newest-2", hooked("test-success"), once=True)), "newest")
    assert [text for text, _ in run(ground, "newest", timeout=30)] == ["RUNNING: newest-2", "PASSED: newest-2"]


def test_an_unknown_release_has_no_tests(ground: Ground) -> None:
    assert refusal(run, ground, "nobody") == 'release: "nobody" not found'
