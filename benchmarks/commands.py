"""Whole processes of other commands than ``template``, ours and Helm 2's in turn.

``list`` and ``status`` ask the same Tiller, ours on the embedded Kubernetes API with its records in memory:
what is compared are the clients.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.jobs import ROOT, Job, Result, Sides
from benchmarks.measure import in_turn
from helmpy.chart.loader import load
from helmpy.chart.model import Config
from helmpy.client import Tiller
from helmpy.release.requests import InstallRequest
from tiller.actions.environment import Environment
from tiller.clock import SystemClock
from tiller.kube.cluster import Cluster
from tiller.sandbox.api import memory_api
from tiller.server import serve
from tiller.storage.memory import MemoryDriver
from tiller.storage.storage import Storage

CHART = ROOT / "charts" / "web"
RELEASES = 20
CHARTS_OF_INDEX = 1_000  # in the repository that is searched


def _compared(sides: Sides, words: Sequence[str], runs: int, chart: Path) -> Result:
    ours, theirs = ([helm, *words, str(chart)] for helm in (sides.ours, sides.real(2)))
    return Result([in_turn(partial(sides.launcher.run, ours), partial(sides.launcher.run, theirs), runs)])


def _local(words: Sequence[str], sides: Sides, runs: int) -> Result:
    """A command about a chart that needs nobody."""
    return _compared(sides, words, runs, CHART)


def _version(sides: Sides, runs: int) -> Result:
    commands = ([helm, "version", "--client"] for helm in (sides.ours, sides.real(2)))
    ours, theirs = (partial(sides.launcher.run, words) for words in commands)
    return Result([in_turn(ours, theirs, runs)])


def _search(sides: Sides, runs: int) -> Result:
    with tempfile.TemporaryDirectory() as home:
        _write_repository(Path(home) / "repository")
        commands = ([helm, "search", "chart-77", "--home", home] for helm in (sides.ours, sides.real(2)))
        ours, theirs = (partial(sides.launcher.run, words) for words in commands)
        return Result([in_turn(ours, theirs, runs)])


def _write_repository(directory: Path) -> None:
    (directory / "cache").mkdir(parents=True)
    (directory / "repositories.yaml").write_text(
        "apiVersion: v1\ngenerated: 2020-01-01T00:00:00Z\nrepositories:\n"
        "- {name: bench, cache: bench-index.yaml, url: 'http://127.0.0.1:1'}\n",
        encoding="utf-8",
    )
    lines = ["apiVersion: v1", "entries:"]
    for number in range(CHARTS_OF_INDEX):
        name = f"chart-{number}"
        lines.append(f"  {name}:")
        lines.append(
            f"  - {{apiVersion: v1, name: {name}, version: 1.{number}.0, appVersion: '{number}', digest: aa,\n"
            f"     description: One of many charts, urls: ['http://127.0.0.1:1/{name}.tgz']}}"
        )
    (directory / "cache" / "bench-index.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@contextmanager
def _tiller() -> Iterator[str]:
    """The address of a Tiller with some releases."""
    transport, clock = memory_api(), SystemClock()
    handle = serve(Environment(Cluster(transport, clock), Storage(MemoryDriver())))
    address = f"127.0.0.1:{handle.port}"
    try:
        tiller = Tiller(address)
        for number in range(RELEASES):
            request = InstallRequest(
                chart=load(CHART), name=f"web-{number}", namespace="default", values=Config(raw="{}\n")
            )
            tiller.install(request)
        tiller.close()
        yield address
    finally:
        handle.stop(0)


def _asked(words: Sequence[str], sides: Sides, runs: int) -> Result:
    """A command that asks Tiller."""
    with _tiller() as address:
        commands = ([helm, "--host", address, *words] for helm in (sides.ours, sides.real(2)))
        ours, theirs = (partial(sides.launcher.run, command) for command in commands)
        return Result([in_turn(ours, theirs, runs)])


def _row(name: str, about: str, bar: float, measure: Callable[[Sides, int], Result]) -> Job:
    return Job(name, about, "Helm 2", bar, 21, measure)


JOBS: Sequence[Job] = (
    _row("version", "`helm version --client`", 1.2, _version),
    _row("inspect", "`helm inspect` of charts/web", 1.2, partial(_local, ["inspect"])),
    _row("lint", "`helm lint` of charts/web", 1.2, partial(_local, ["lint"])),
    _row("search", f"`helm search` of a repository of {CHARTS_OF_INDEX:,} charts", 1.2, _search),
    _row("template", "`helm template` of charts/web", 1.2, partial(_local, ["template"])),
    _row("list", f"`helm list` of {RELEASES} releases through gRPC", 1.5, partial(_asked, ["list"])),
    _row("status", "`helm status` through gRPC", 1.5, partial(_asked, ["status", "web-1"])),
)
