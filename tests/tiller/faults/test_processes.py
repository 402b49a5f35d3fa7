"""Real tillers on a cluster over HTTP: killed, told to end, left by their clients, two at once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from helmpy import wire
from helmpy.chart.model import Chart, Config
from helmpy.client import Tiller
from helmpy.errors import HelmError
from helmpy.hapi.services.tiller_pb2_grpc import ReleaseServiceStub
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import (
    HistoryRequest,
    InstallRequest,
    ListRequest,
    RollbackRequest,
    UninstallRequest,
    UpdateRequest,
)
from tests.tiller.faults.scenes import JOB
from tests.tiller.world import KUBECONFIG, chart, config
from tiller.clock import SystemClock
from tiller.sandbox.api import memory_api
from tiller.sandbox.http import Door

pytestmark = [pytest.mark.alone]

NEVER_READY = 1000.0  # seconds until a pod of the sandbox is ready
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"
HOOK = JOB % ("slow", "pre-upgrade,pre-rollback,pre-delete", "")
SIMPLE = chart(config("a"))
WAITING = chart(config("a"), POD)
HOOKED = chart(config("a"), HOOK)


class Process:
    """One tiller."""

    def __init__(self, kubeconfig: Path, *flags: str) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("TILLER_", "KUBE"))}
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tiller", "--listen=127.0.0.1:0", "--probe=false", *flags],
            env={**kept, "HOME": "/nonexistent", "KUBECONFIG": str(kubeconfig)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        self.host = ""
        for line in self._process.stderr:
            if found := re.search(r"GRPC listening on (\S+)", line):
                self.host = found[1]
                break
        assert self.host
        # Nobody reads its words any more, and a full pipe would stop it.
        self._drain = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._drain.start()

    def client(self) -> Tiller:
        return Tiller(self.host)

    def kill(self) -> None:
        self._process.kill()
        self._end()

    def terminate(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self) -> int:
        code = self._process.wait(timeout=60)
        self._drain.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
        return code

    def close(self) -> None:
        if self._process.poll() is None:
            self.kill()


Start = Callable[..., Process]


@pytest.fixture(params=[NEVER_READY])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    clock = SystemClock()
    door = Door()
    door.open(memory_api(clock.now, seed=1, ready_after=request.param))
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(KUBECONFIG % door.authority)
    made: list[Process] = []

    def start(*flags: str) -> Process:
        made.append(Process(kubeconfig, *flags))
        return made[-1]

    yield start
    for process in made:
        process.close()
    door.close()


quick = pytest.mark.parametrize("start", [0.0], indirect=True)


def install(process: Process, made: Chart = SIMPLE, *, wait: bool = False) -> Release | None:
    request = InstallRequest(chart=made, name="web", namespace="shop", values=Config(raw="{}\n"), wait=wait)
    with process.client() as client:
        return client.install(request).release


def upgrade(process: Process, made: Chart = SIMPLE, *, wait: bool = False, timeout: int = 0) -> Release | None:
    request = UpdateRequest(chart=made, name="web", values=Config(raw="{}\n"), wait=wait, timeout=timeout)
    with process.client() as client:
        return client.update(request).release


def history(process: Process) -> list[Release]:
    with process.client() as client:
        return list(client.history(HistoryRequest("web", 100)).releases)


def until(process: Process, status: StatusCode, seconds: float) -> Release:
    """The newest revision as soon as it has this status."""
    end = time.monotonic() + seconds
    while True:
        try:
            newest = history(process)[0]
        except HelmError:
            newest = None
        if newest is not None and newest.status == status:
            return newest
        assert time.monotonic() < end, newest
        time.sleep(0.1)


def in_thread(action: Callable[[], object]) -> tuple[threading.Thread, list[str]]:
    """The action under way, and what it will say."""
    said: list[str] = []

    def run() -> None:
        try:
            action()
        except HelmError as error:
            said.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, said


def description(release: Release) -> str:
    assert release.info is not None
    return release.info.description


def rolled_back(process: Process) -> None:
    with process.client() as client:
        client.rollback(RollbackRequest(name="web", version=1))


def deleted(process: Process) -> None:
    with process.client() as client:
        client.uninstall(UninstallRequest(name="web"))


@pytest.mark.parametrize(
    ("act", "status", "words"),
    [
        (lambda process: upgrade(process, WAITING, wait=True), StatusCode.PENDING_UPGRADE, "during its upgrade"),
        (lambda process: upgrade(process, HOOKED), StatusCode.PENDING_UPGRADE, "during its upgrade"),
        (rolled_back, StatusCode.PENDING_ROLLBACK, "during its rollback"),
        (deleted, StatusCode.DELETING, "while deleting it"),
    ],
    ids=["upgrade that waits", "hook of an upgrade", "hook of a rollback", "hook of a deletion"],
)
def test_a_tiller_that_is_killed(
    start: Start, act: Callable[[Process], object], status: StatusCode, words: str
) -> None:
    first = start()
    install(first, HOOKED)
    thread, said = in_thread(lambda: act(first))
    until(first, status, 20)
    time.sleep(0.5)  # into the wait
    first.kill()
    thread.join(timeout=60)
    assert said
    second = start()
    failed = until(second, StatusCode.FAILED, 10 - (time.monotonic() - second.started))
    assert description(failed) == f"interrupted: the server stopped {words}"
    made = upgrade(second)
    assert made is not None
    assert (made.status, made.version) == (StatusCode.DEPLOYED, failed.version + 1)


def test_a_tiller_that_is_told_to_end_records_what_it_cannot_finish(start: Start) -> None:
    first = start("--grace-period=1")
    thread, said = in_thread(lambda: install(first, WAITING, wait=True))
    until(first, StatusCode.PENDING_INSTALL, 20)
    time.sleep(0.5)
    began = time.monotonic()
    assert first.terminate() == 0
    assert time.monotonic() - began < 8
    thread.join(timeout=60)
    assert said == ["release web failed: the server was stopped before the operation was done"]
    second = start()
    newest = history(second)[0]
    assert newest.status == StatusCode.FAILED
    assert description(newest) == 'Release "web" failed: the server was stopped before the operation was done'


@pytest.mark.parametrize("start", [2.0], indirect=True)
def test_a_tiller_that_is_told_to_end_finishes_what_it_can(start: Start) -> None:
    first = start()
    thread, said = in_thread(lambda: install(first, WAITING, wait=True))
    until(first, StatusCode.PENDING_INSTALL, 20)
    assert first.terminate() == 0
    thread.join(timeout=60)
    assert said == []
    assert history(start())[0].status == StatusCode.DEPLOYED


LEFT: dict[str, tuple[list[Chart], str, Any, StatusCode]] = {
    "install": (
        [],
        "InstallRelease",
        InstallRequest(chart=WAITING, name="web", namespace="shop", values=Config(raw="{}\n"), wait=True),
        StatusCode.PENDING_INSTALL,
    ),
    "upgrade": (
        [SIMPLE],
        "UpdateRelease",
        UpdateRequest(chart=WAITING, name="web", values=Config(raw="{}\n"), wait=True),
        StatusCode.PENDING_UPGRADE,
    ),
    "upgrade with a hook": (
        [SIMPLE],
        "UpdateRelease",
        UpdateRequest(chart=HOOKED, name="web", values=Config(raw="{}\n")),
        StatusCode.PENDING_UPGRADE,
    ),
    "rollback": ([HOOKED, SIMPLE], "RollbackRelease", RollbackRequest(name="web"), StatusCode.PENDING_ROLLBACK),
    "delete": ([HOOKED], "UninstallRelease", UninstallRequest(name="web"), StatusCode.DELETING),
}


@pytest.mark.parametrize("name", LEFT)
def test_a_client_that_goes_away_ends_the_wait(start: Start, name: str) -> None:
    process = start()
    before, method, request, status = LEFT[name]
    for made in before:
        (install if made is before[0] else upgrade)(process, made)
    with grpc.insecure_channel(process.host) as channel:
        stub = ReleaseServiceStub(channel)  # type: ignore[no-untyped-call]  # generated without types
        call = getattr(stub, method).future(wire.to_proto(request), metadata=(("x-helm-api-client", "v2.17.0"),))
        until(process, status, 20)
        time.sleep(0.5)
        call.cancel()
    if name == "delete":  # nothing of it is gone yet, so the release is as it was
        assert description(until(process, StatusCode.DEPLOYED, 5)) == "Install complete"
    else:
        assert description(until(process, StatusCode.FAILED, 5)).endswith("the client cancelled the operation")


@quick
def test_fifty_clients_of_one_release_on_two_tillers_all_succeed_in_turn(start: Start) -> None:
    tillers = [start(), start()]
    install(tillers[0])
    threads = [in_thread(lambda number=number: upgrade(tillers[number % 2])) for number in range(50)]  # type: ignore[misc]  # a default binds the number now
    for thread, _ in threads:
        thread.join(timeout=120)
    assert [said for _, said in threads] == [[]] * 50
    revisions = history(tillers[1])
    assert [each.version for each in revisions] == list(range(51, 0, -1))
    assert [each.status for each in revisions] == [StatusCode.DEPLOYED] + [StatusCode.SUPERSEDED] * 50


@quick
def test_two_hundred_clients_of_two_hundred_releases_on_two_tillers_all_succeed(start: Start) -> None:
    tillers = [start(), start()]
    names = [f"web-{number}" for number in range(200)]

    def one(number: int) -> None:
        made = chart(config(f"a-{number}"))
        request = InstallRequest(chart=made, name=names[number], namespace="shop", values=Config(raw="{}\n"))
        with tillers[number % 2].client() as client:
            client.install(request)

    threads = [in_thread(lambda number=number: one(number)) for number in range(200)]  # type: ignore[misc]  # a default binds the number now
    for thread, _ in threads:
        thread.join(timeout=120)
    assert [said for _, said in threads] == [[]] * 200
    with tillers[0].client() as client:
        found = client.list(ListRequest(limit=1000)).releases
    assert sorted((each.name, each.version) for each in found) == sorted((name, 1) for name in names)


def test_who_waits_too_long_on_another_tiller_is_told_who_holds_the_release(start: Start) -> None:
    one, two = start(), start()
    install(one)
    thread, _ = in_thread(lambda: upgrade(one, WAITING, wait=True, timeout=20))
    until(one, StatusCode.PENDING_UPGRADE, 20)
    with pytest.raises(HelmError) as caught:
        upgrade(two, timeout=2)
    assert re.fullmatch(
        r"another operation \(install/upgrade/rollback\) is in progress: "
        r'\S+ holds release "web" since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(upgrade\)',
        str(caught.value),
    )
    one.kill()
    thread.join(timeout=60)
    made = upgrade(two, timeout=30)  # whoever comes next marks what the dead one left
    assert made is not None
    assert [(each.version, each.status) for each in history(two)[:2]] == [
        (3, StatusCode.DEPLOYED),
        (2, StatusCode.FAILED),
    ]
