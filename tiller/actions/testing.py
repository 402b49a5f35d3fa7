"""Release tests: pods that the chart brings, run and judged, line by line to the caller."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from helmpy.errors import HelmError
from helmpy.release import hooks as order
from helmpy.release import names
from helmpy.release.hooks import Hook, HookEvent
from helmpy.release.model import Info, Release, Status
from helmpy.release.requests import TestRequest, TestResponse
from helmpy.release.test_runs import TestRun, TestStatus, TestSuite
from tiller.actions.environment import Environment
from tiller.clock import Deadline
from tiller.kube.objects import KubeObject

log = logging.getLogger(__name__)

PARALLEL = 20  # tests at once where a parallel request names no number
POLL = 0.5  # seconds between looks at a pod
LONGEST_POLL = 2.0

_EVENTS = (HookEvent.RELEASE_TEST_SUCCESS, HookEvent.RELEASE_TEST_FAILURE)
_ENDED = {"Succeeded": HookEvent.RELEASE_TEST_SUCCESS, "Failed": HookEvent.RELEASE_TEST_FAILURE}

Say = Callable[[str, TestStatus], None]


@dataclass(frozen=True, slots=True)
class _Test:
    """One pod to run; ``event`` says how it should end."""

    hook: Hook
    event: HookEvent


def run_tests(
    env: Environment, request: TestRequest, *, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[TestResponse]:
    """Run the newest revision's tests and yield what happens, as it happens.

    The outcome is stored with the release before the last line. Raises ReleaseNotFound, and
    NotAPod before anything runs; a test that fails is a line, not an error.
    """
    names.check_name(request.name)
    release = env.storage.last(request.name)
    tests = [_Test(hook, _expected(hook)) for event in _EVENTS for hook in order.for_event(release.hooks, event)]
    tests.sort(key=lambda test: (test.hook.weight, test.hook.name))
    for test in tests:
        if test.hook.kind != "Pod":
            raise NotAPod(test.hook.name)
    if not tests:
        yield TestResponse("No Tests Found", TestStatus.UNKNOWN)
    lines: queue.SimpleQueue[TestResponse | None] = queue.SimpleQueue()
    started = env.now()

    def say(text: str, status: TestStatus) -> None:
        lines.put(TestResponse(text, status))

    def work(test: _Test) -> TestRun:
        return _run(env, release, test, env.deadline(request.timeout, cancelled), say)

    workers = (request.max_parallel or PARALLEL) if request.parallel else 1
    with (
        ThreadPoolExecutor(workers, thread_name_prefix="test") as pool,
        ThreadPoolExecutor(1, thread_name_prefix="tests") as lead,
    ):
        # The tests' futures end before the lead's, which ends the lines.
        def all_of_them() -> list[TestRun]:
            try:
                return list(pool.map(work, tests))
            finally:
                lines.put(None)

        outcome = lead.submit(all_of_them)
        while (line := lines.get()) is not None:
            yield line
        results = outcome.result()
    _store(env, release, TestSuite(started, env.now(), tuple(results)), request.timeout, cancelled)
    if request.logs:
        yield from _logs(env, release, tests)
    if request.cleanup:
        yield from _clean(env, release, tests)


def _expected(hook: Hook) -> HookEvent:
    """How a pod should end: as the first of its events says, should it name both."""
    return next(HookEvent(event) for event in hook.events if event in _EVENTS)


def _run(env: Environment, release: Release, test: _Test, deadline: Deadline, say: Say) -> TestRun:
    name = test.hook.name
    started = env.now()
    try:
        target = _pod(env, release, test.hook)
        say(f"RUNNING: {name}", TestStatus.RUNNING)
        env.cluster.create(target)
    except HelmError as error:
        say(f"ERROR: {error}", TestStatus.FAILURE)
        return TestRun(name, TestStatus.FAILURE, str(error), started, env.now())
    try:
        phase = _ended(env, target, deadline)
    except HelmError as error:  # to the caller a failure, in the record nobody knows, as in Helm 2
        say(f"ERROR: {error}", TestStatus.FAILURE)
        return TestRun(name, TestStatus.UNKNOWN, str(error), started, env.now())
    if _ENDED[phase] == test.event:
        status = TestStatus.SUCCESS
        say(f"PASSED: {name}", status)
    else:
        status = TestStatus.FAILURE
        say(f"FAILED: {name}, run `kubectl logs {name} --namespace {release.namespace}` for more info", status)
    return TestRun(name, status, "", started, env.now())


class NotAPod(HelmError):
    """A test must be a pod: nothing else tells how it ended."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not a pod")


class PodGone(HelmError):
    """Somebody deleted the pod while it ran, so nobody can tell how it would have ended."""

    def __init__(self) -> None:
        super().__init__("pod not found")


def _pod(env: Environment, release: Release, hook: Hook) -> KubeObject:
    targets = env.cluster.build(hook.manifest, release.namespace)
    if len(targets) != 1:
        raise NotAPod(hook.name)
    return targets[0]


def _ended(env: Environment, target: KubeObject, deadline: Deadline) -> str:
    """The phase in which the pod ended; raises PodGone for one that was taken away."""
    poll = POLL
    while True:
        live = env.cluster.get(target)
        if live is None:
            raise PodGone
        phase = str((live.get("status") or {}).get("phase") or "")
        if phase in _ENDED:
            return phase
        deadline.sleep(poll)
        deadline.check()
        poll = min(poll * 2, LONGEST_POLL)


def _store(env: Environment, release: Release, suite: TestSuite, seconds: int, cancelled: Callable[[], bool]) -> None:
    """Note the suite in the record as it is now: an upgrade may have come in between."""
    with env.turn(release.name, "test", seconds, cancelled) as (own, _):
        current = own.storage.get(release.name, release.version)
        info = current.info or Info()
        status = replace(info.status or Status(), last_test_suite_run=suite)
        own.storage.update(replace(current, info=replace(info, status=status)))


def _logs(env: Environment, release: Release, tests: list[_Test]) -> Iterator[TestResponse]:
    for test in tests:
        try:
            text = env.cluster.logs(_pod(env, release, test.hook).namespace, test.hook.name)
        except HelmError as error:
            yield TestResponse(f"ERROR: error in opening log stream, got: {error}", TestStatus.FAILURE)
        else:
            shown = text.decode(errors="replace")
            yield TestResponse(f"\nPOD LOGS: {test.hook.name}\n{shown}", TestStatus.RUNNING)


def _clean(env: Environment, release: Release, tests: list[_Test]) -> Iterator[TestResponse]:
    for test in tests:
        try:
            env.cluster.delete(_pod(env, release, test.hook))
        except HelmError as error:
            yield TestResponse(f"ERROR: {error}", TestStatus.FAILURE)
