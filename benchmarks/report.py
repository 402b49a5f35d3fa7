"""The table: printed, and kept in a file between two marks."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from benchmarks.jobs import Job, Result

BEGIN = "<!-- table: written by --write -->"
END = "<!-- /table -->"
_UNITS = {"wall": (1000, "ms"), "peak": (1, "MiB")}


def machine() -> str:
    """Name the machine: processor, cores, system, Python."""
    try:
        known = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        known = []
    models = [line.partition(":")[2].strip() for line in known if line.startswith("model name")]
    return (
        f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, {platform.python_implementation()} {platform.python_version()}"
    )


def heading(versions: Mapping[str, str]) -> list[str]:
    """The lines above the rows."""
    told = "".join(f", {name} {version}" for name, version in versions.items())
    return [
        f"{machine()}{told}.",
        "",
        "| job | what | against | charts | ours | theirs | ratio | ratio of processor time | bar | |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]


def row(job: Job, result: Result | str) -> str:
    """A job's line; ``result`` is a text where it could not be measured."""
    start = f"| {job.name} | {job.about} | {job.theirs} |"
    bar = "" if job.bar is None else f"{job.bar:g}"
    if isinstance(result, str):
        return f"{start} | | | | | {bar} | {result} |"
    times, unit = _UNITS[job.figure]
    ours, theirs = (result.mean(side, job.figure) * times for side in ("ours", "theirs"))
    ratio = result.ratio(job.figure)
    cpu = f"{result.ratio('cpu'):.3f}" if job.figure == "wall" else ""
    charts = f"{len(result.pairs)}" + (f", {result.left_out} left out" if result.left_out else "")
    verdict = "" if job.bar is None else "under" if ratio <= job.bar else "over"
    return f"{start} {charts} | {ours:.1f} {unit} | {theirs:.1f} {unit} | {ratio:.3f} | {cpu} | {bar} | {verdict} |"


def kept(path: Path, lines: list[str], date: str, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Put the lines between the marks of a file."""
    begin, end = marks
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    table = "\n".join([begin, "", f"Measured {date}: {lines[0]}", *lines[1:], "", end])
    path.write_text(before + table + after, encoding="utf-8")
