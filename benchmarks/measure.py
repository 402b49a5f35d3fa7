"""Runs of two sides in turn, and what comes of them: medians and ratios."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run took: seconds on the clock and of processor (user and system), peak memory in MiB."""

    wall: float
    cpu: float
    peak: float = 0.0


class Failed(Exception):
    """A run that failed: it would time an error message."""


Run = Callable[[], Sample]


class Launcher:
    """Runs whole processes with a small environment of its own. A context manager."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(environment),
        )

    def run(self, words: Sequence[str]) -> Sample:
        """Run a program to its end. Raises Failed where its status is not 0."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\0".join(words) + "\n")
        self._process.stdin.flush()
        status, wall, cpu, peak = self._process.stdout.readline().split()
        if int(status):
            raise Failed(f"failed: {' '.join(words)}")
        return Sample(float(wall), float(cpu), int(peak) / 1024)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Pair:
    """The medians of both sides over one piece of work."""

    ours: Sample
    theirs: Sample


def in_turn(ours: Run, theirs: Run, runs: int) -> Pair:
    """Return the medians of ``runs`` runs of each, one of ours, one of theirs, after one to warm up.

    Raises Failed.
    """
    ours()
    theirs()
    taken = [(ours(), theirs()) for _ in range(runs)]
    return Pair(_median([pair[0] for pair in taken]), _median([pair[1] for pair in taken]))


def _median(samples: Sequence[Sample]) -> Sample:
    return Sample(
        statistics.median(sample.wall for sample in samples),
        statistics.median(sample.cpu for sample in samples),
        statistics.median(sample.peak for sample in samples),
    )


def geometric(numbers: Iterable[float]) -> float:
    """Return the geometric mean."""
    return math.exp(statistics.fmean(math.log(number) for number in numbers))
