"""What is measured: each job against a real Helm, and the bar that its ratio is to stay under."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.charts import found, is_v2, write_many_tpl
from benchmarks.measure import Failed, Launcher, Pair, Run, Sample, geometric, in_turn

ROOT = Path(__file__).parents[1]
WORKER = Path(__file__).with_name("worker.py")
LARGE = "prometheus-operator"
WARM = ("docker-registry", "nginx-ingress", "wordpress", "prometheus", LARGE)
_BATCH = 0.05  # seconds: fewer renderings at once would measure the pipe to the worker


class Missing(Exception):
    """A job cannot run: the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who runs: our ``helm``, the real ones, the Python that has Helm's engine, and the charts.

    What ``anew`` starts keeps nothing parsed from run to run.
    """

    ours: str
    helm2: str | None
    helm3: str | None
    engine: str | None
    charts: list[Path]
    launcher: Launcher
    anew: Launcher

    def real(self, generation: int) -> str:
        helm = self.helm2 if generation == 2 else self.helm3
        if helm is None:
            raise Missing(f"no real Helm {generation} on PATH; --helm{generation} names one")
        return helm

    def chart(self, name: str) -> Path:
        """The chart of that name, the one in a repository ``stable`` where there are more."""
        named = [path for path in found(self.charts) if path.name == name]
        if not named:
            raise Missing(f"no chart {name} among the charts; --charts names a directory that has it")
        return max(named, key=lambda path: path.parent.name == "stable")


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table. ``runs`` of each side, ``bar`` (None: no demand) is for the ratio of ``figure`` (wall or peak)."""

    name: str
    about: str
    theirs: str
    bar: float | None
    runs: int
    measure: Callable[[Sides, int], Result]
    figure: str = "wall"


@dataclass(frozen=True, slots=True)
class Result:
    """The pairs of medians of a job, a pair a chart, and how many charts one side or both could not render."""

    pairs: list[Pair]
    left_out: int = 0

    def mean(self, side: str, figure: str) -> float:
        return geometric(getattr(getattr(pair, side), figure) for pair in self.pairs)

    def ratio(self, figure: str) -> float:
        return self.mean("ours", figure) / self.mean("theirs", figure)


# --- whole processes -----------------------------------------------------------------------------


def _template(helm: str, generation: int, chart: Path) -> list[str]:
    named = ["bench"] if generation == 3 else ["--name", "bench"]
    return [helm, "template", *named, str(chart)]


def _processes(sides: Sides, chart: Path, generation: int, runs: int, launcher: Launcher | None = None) -> Pair:
    ours = partial((launcher or sides.launcher).run, _template(sides.ours, 2, chart))
    theirs = partial(sides.launcher.run, _template(sides.real(generation), generation, chart))
    return in_turn(ours, theirs, runs)


def _all(sides: Sides, charts: Iterable[Path], generation: int, runs: int) -> Result:
    pairs, left_out = [], 0
    for chart in charts:
        try:
            pairs.append(_processes(sides, chart, generation, runs))
        except Failed:
            left_out += 1
    if not pairs:
        raise Missing("no chart that both sides render; --charts names directories of them")
    return Result(pairs, left_out)


def _generation(generation: int, sides: Sides, runs: int) -> Result:
    sides.real(generation)
    charts = [chart for chart in found(sides.charts) if is_v2(chart) == (generation == 3)]
    return _all(sides, charts, generation, runs)


def _large(generation: int, sides: Sides, runs: int) -> Result:
    return Result([_processes(sides, sides.chart(LARGE), generation, runs)])


def _large_anew(generation: int, sides: Sides, runs: int) -> Result:
    return Result([_processes(sides, sides.chart(LARGE), generation, runs, sides.anew)])


def _many_tpl(sides: Sides, runs: int) -> Result:
    with tempfile.TemporaryDirectory() as directory:
        return Result([_processes(sides, write_many_tpl(Path(directory)), 3, runs)])


# --- processes that live on ----------------------------------------------------------------------


@contextmanager
def _worker(python: str, side: str, chart: Path) -> Iterator[Callable[[int], Sample]]:
    """A process that holds the chart; calling it takes the mean of some renderings."""
    process = subprocess.Popen(
        [python, str(WORKER), side, str(chart)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def run(times: int) -> Sample:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{times}\n")
        process.stdin.flush()
        answer = process.stdout.readline().split()
        if not answer:
            raise Missing(f"{python} could not render {chart} ({side})")
        return Sample(*(float(seconds) / max(times, 1) for seconds in answer))

    try:
        run(0)
        yield run
    finally:
        process.communicate()


def _batched(run: Callable[[int], Sample]) -> Run:
    run(20)  # a process that lives on has rendered the chart before
    once = run(1).wall
    return partial(run, max(1, round(_BATCH / once)))


def _warm(sides: Sides, runs: int) -> Result:
    if sides.engine is None:
        raise Missing("no Helm engine to load: --engine names a Python that has helm-python-sdk")
    pairs = []
    for chart in map(sides.chart, WARM):
        with _worker(sys.executable, "ours", chart) as ours, _worker(sides.engine, "theirs", chart) as theirs:
            pairs.append(in_turn(_batched(ours), _batched(theirs), runs))
    return Result(pairs)


JOBS: Sequence[Job] = (
    Job("v1", "`helm template` of v1 charts", "Helm 2", 1.0, 5, partial(_generation, 2)),
    Job("v2", "`helm template` of v2 charts", "Helm 3", 0.9, 5, partial(_generation, 3)),
    Job("large-2", f"`helm template` of {LARGE}", "Helm 2", 0.8, 15, partial(_large, 2)),
    Job("large-2-anew", "the same, with `HELMPY_CACHE=off`", "Helm 2", None, 15, partial(_large_anew, 2)),
    Job("large-3", f"`helm template` of {LARGE}", "Helm 3", 0.3, 15, partial(_large, 3)),
    Job("large-3-anew", "the same, with `HELMPY_CACHE=off`", "Helm 3", None, 15, partial(_large_anew, 3)),
    Job("tpl", "`helm template` with 3,000 calls of `tpl`", "Helm 3", 0.05, 3, _many_tpl),
    Job("warm", f"rendering in a process that lives on: {', '.join(WARM)}", "Helm's engine", 0.25, 15, _warm),
    Job("memory", "peak memory of `helm template` of v1 charts", "Helm 2", 1.0, 1, partial(_generation, 2), "peak"),
)
