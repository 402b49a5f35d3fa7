from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.charts import TPL_CALLS, found, is_v2, write_many_tpl
from benchmarks.jobs import JOBS, Job, Missing, Result, Sides
from benchmarks.measure import Failed, Launcher, Pair, Sample, geometric, in_turn
from benchmarks.report import BEGIN, END, heading, kept, row
from helmpy.chart import loader
from helmpy.chart.capabilities import Capabilities
from helmpy.engine import ReleaseOptions, render


def test_runs_go_in_turn_and_the_median_stays() -> None:
    told: list[str] = []

    def side(name: str, walls: list[float]) -> Sample:
        told.append(name)
        wall = walls[told.count(name) - 1]
        return Sample(wall, wall * 2, wall * 3)

    pair = in_turn(lambda: side("ours", [99, 1, 8, 3]), lambda: side("theirs", [99, 4, 4, 4]), 3)
    assert told == ["ours", "theirs"] * 4
    assert pair == Pair(Sample(3, 6, 9), Sample(4, 8, 12))


def test_the_launcher_tells_time_and_memory() -> None:
    with Launcher({}) as launcher:
        small = launcher.run([sys.executable, "-S", "-c", "pass"])
        large = launcher.run([sys.executable, "-S", "-c", "sum(range(3_000_000)); b'x' * 50_000_000"])
        assert 0 < small.wall < large.wall
        assert large.cpu > small.cpu
        assert large.peak - small.peak > 40
        with pytest.raises(Failed, match="raise SystemExit"):
            launcher.run([sys.executable, "-S", "-c", "raise SystemExit(3)"])
        assert launcher.run([sys.executable, "-S", "-c", "pass"]).wall > 0


def test_charts_inside_charts_are_left_out(tmp_path: Path) -> None:
    for name, version in (("repo/b", "v1"), ("repo/a", '"v2" # new'), ("repo/a/charts/c", "v1")):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "Chart.yaml").write_text(f"apiVersion: {version}\nname: x\n")
    charts = found([tmp_path])
    assert [(chart.name, is_v2(chart)) for chart in charts] == [("a", True), ("b", False)]


def test_the_written_chart_calls_tpl_as_often_as_it_says(tmp_path: Path) -> None:
    chart = loader.load(str(write_many_tpl(tmp_path)))
    rendered = render(chart, {}, ReleaseOptions("rel", "ns"), Capabilities())
    assert sum(text.count("server = rel-many-part") for text in rendered.values()) == TPL_CALLS
    assert "listen = 8001\n    host = PART00-1.ONE.EXAMPLE\n" in rendered["many/templates/part00.yaml"]
    assert "kind: Deployment" in rendered["many/templates/part39.yaml"]


def _job(figure: str = "wall", bar: float | None = 0.6) -> Job:
    return Job("one", "a thing", "Helm 2", bar, 1, lambda _sides, _runs: Result([]), figure)


@pytest.mark.parametrize(
    ("job", "result", "line"),
    [
        (
            _job(),
            Result([Pair(Sample(0.01, 0.01), Sample(0.02, 0.04)), Pair(Sample(0.04, 0.04), Sample(0.08, 0.01))], 3),
            "| one | a thing | Helm 2 | 2, 3 left out | 20.0 ms | 40.0 ms | 0.500 | 1.000 | 0.6 | under |",
        ),
        (
            _job("peak"),
            Result([Pair(Sample(1, 1, 30), Sample(1, 1, 40))]),
            "| one | a thing | Helm 2 | 1 | 30.0 MiB | 40.0 MiB | 0.750 |  | 0.6 | over |",
        ),
        (
            _job(bar=None),
            Result([Pair(Sample(0.01, 0.01), Sample(0.02, 0.04))]),
            "| one | a thing | Helm 2 | 1 | 10.0 ms | 20.0 ms | 0.500 | 0.250 |  |  |",
        ),
        (_job(), "no Helm", "| one | a thing | Helm 2 | | | | | | 0.6 | no Helm |"),
    ],
)
def test_rows(job: Job, result: Result | str, line: str) -> None:
    assert row(job, result) == line


def test_the_table_is_kept_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    for _ in range(2):
        kept(page, [*heading({"Helm 2": "v2.17.0"}), "| row |"], "2030-01-02")
    lines = page.read_text().splitlines()
    assert lines[:3] == ["before", "", BEGIN]
    assert lines[4].startswith("Measured 2030-01-02: ")
    assert lines[4].endswith(", Helm 2 v2.17.0.")
    assert lines[-5:] == ["| row |", "", END, "", "after"]


def test_jobs_say_what_they_lack(tmp_path: Path) -> None:
    with Launcher({}) as launcher:
        sides = Sides("helm", None, None, None, [tmp_path], launcher, launcher)
        for job in JOBS:
            with pytest.raises(Missing, match=r"no (real Helm|chart|Helm engine)"):
                job.measure(sides, 1)


def test_the_mean_is_geometric() -> None:
    assert geometric([1, 4]) == pytest.approx(2)
