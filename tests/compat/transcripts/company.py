"""Several stages that play scenes side by side, and what Helm 2.17 played on an earlier day.

Most of a scene is waiting: for Helm's polls, for pods, for `sleep`. So two or three stages, each with a cluster
of its own, share the work. What Helm did is kept in ``~/.cache/helmpy/transcripts`` under a name made of all that
it depends on (the scene, the charts, the stage, Helm's programs); where it is missing, Helm plays again.
"""

from __future__ import annotations

import functools
import hashlib
import os
import queue
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.compat.clusters import BINARIES
from tests.compat.transcripts.stage import HERE, Stage, Transcript, staged

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helmpy" / "transcripts"
STAGES = int(os.environ.get("HELMPY_STAGES", "2"))


@dataclass
class Company:
    """Plays scenes with whoever is asked for, as soon as a stage is free."""

    stages: queue.Queue[Stage]
    pool: ThreadPoolExecutor
    parts: dict[tuple[Path, str], Future[Transcript]] = field(default_factory=dict)

    def rehearse(self, scenes: Iterable[Path]) -> None:
        """Let scenes be played while nobody waits for them yet."""
        for scene in scenes:
            for who in ("theirs", "ours"):
                self.parts[scene, who] = self._begin(scene, who)

    def play(self, scene: Path, who: str, *, again: bool = False) -> Transcript:
        """What one side did with a scene; ``again`` has it played once more, before those that wait."""
        if again or who == "mixed":
            return self._play(scene, who)
        if (scene, who) not in self.parts:
            self.parts[scene, who] = self._begin(scene, who)
        return self.parts[scene, who].result()

    def _begin(self, scene: Path, who: str) -> Future[Transcript]:
        known = _recalled(scene) if who == "theirs" else None
        if known is None:
            return self.pool.submit(self._play, scene, who)
        done: Future[Transcript] = Future()
        done.set_result(known)
        return done

    def _play(self, scene: Path, who: str) -> Transcript:
        stage = self.stages.get()
        try:
            played = stage.play(scene, who)
        finally:
            self.stages.put(stage)
        if who == "theirs":
            _keep(scene, played)
        return played


@contextmanager
def assembled() -> Iterator[Company]:
    """A company with its stages, which stand as long as the block runs.

    Their directories have paths of one length, as tables that show them are as wide as they are long.
    """
    with ExitStack() as stack:
        pool = ThreadPoolExecutor(STAGES)
        rooms = [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="helmpy-"))) for _ in range(STAGES)]
        stages: queue.Queue[Stage] = queue.Queue()
        for stage in pool.map(lambda room: stack.enter_context(staged(room)), rooms):
            stages.put(stage)
        stack.callback(pool.shutdown, cancel_futures=True)
        yield Company(stages, pool)


def kept(scene: Path) -> Path:
    """Where what Helm did with a scene is kept."""
    name = hashlib.sha256(scene.read_bytes() + _surroundings()).hexdigest()
    return CACHE / f"{scene.stem}-{name[:16]}.json"


@functools.cache
def _surroundings() -> bytes:
    """What a transcript depends on beside its scene."""
    digest = hashlib.sha256()
    ours = sorted(path for path in (HERE / "charts").rglob("*") if path.is_file())
    programs = [BINARIES / name for name in ("helm2.17", "tiller2.17", "kubectl-1.20")]
    for path in (*ours, HERE / "stage.py", *(each for each in programs if each.exists())):
        digest.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.digest()


def _recalled(scene: Path) -> Transcript | None:
    try:
        return Transcript.read(kept(scene).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _keep(scene: Path, played: Transcript) -> None:
    place = kept(scene)
    draft = place.with_suffix(f".{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(played.written(), encoding="utf-8")
        draft.replace(place)
    except OSError:
        return  # a cache that can't be written is none
