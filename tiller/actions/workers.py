"""A pool of rendering processes: a chart is a stranger's program, and threads cannot be stopped.

A worker has a limit of memory, a job one of time. A worker that crosses either is killed and the
job fails with a text; the next job gets a fresh one.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helmpy.chart.model import Chart
from helmpy.errors import HelmError
from helmpy.gotemplate.limits import Limits
from tiller.actions.renderer import Job, RenderError

if TYPE_CHECKING:
    from helmpy.engine.functions import Lookup

log = logging.getLogger(__name__)

MEMORY = 2 * 1024**3  # bytes of address space for one worker
SECONDS = 120.0  # for one chart; the largest public ones take less than one
_PROGRAM = "from tiller.actions.worker import main; main({number}, {memory})"
JOBS = 500  # after so many a worker is replaced, with whatever its caches hold


class Workers:
    """Renders in processes, as many at once as ``count``; safe to use from many threads."""

    def __init__(
        self,
        count: int = os.cpu_count() or 1,
        *,
        memory: int = MEMORY,
        seconds: float = SECONDS,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> None:
        self._places = threading.Semaphore(count)
        self._waiting = 0
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._memory = memory
        self._seconds = seconds
        self._limits = limits

    def warm_up(self) -> None:
        """Start one worker, so that the first install need not wait for it."""
        self._give_back(_Worker(self._memory))

    @property
    def waiting(self) -> int:
        """How many renders wait for a worker."""
        return self._waiting

    def render(self, job: Job, lookup: Lookup) -> dict[str, str]:
        """Return text by path; raises RenderError with the engine's message."""
        if _templates(job.chart) > self._limits.templates:  # the way to the worker is long for so many
            raise RenderError(f"the charts have more templates than the limit of {self._limits.templates}")
        with self._place():
            worker = self._take()
            try:
                rendered = worker.render(job, lookup, self._limits, self._seconds)
            except BaseException:
                if worker.spoilt:
                    worker.kill()
                else:
                    self._give_back(worker)
                raise
            self._give_back(worker)
            return rendered

    def close(self) -> None:
        """End the idle workers; busy ones end after their job."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()

    @contextmanager
    def _place(self) -> Iterator[None]:
        with self._lock:
            self._waiting += 1
        try:
            self._places.acquire()
        finally:
            with self._lock:
                self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()

    def _take(self) -> _Worker:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.kill()
        return _Worker(self._memory)

    def _give_back(self, worker: _Worker) -> None:
        if worker.jobs >= JOBS:
            worker.kill()
            return
        with self._lock:
            self._idle.append(worker)


class _Worker:
    """One process. ``spoilt`` says that it must not be used again."""

    def __init__(self, memory: int) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [
                    sys.executable,
                    *(["-B"] if sys.dont_write_bytecode else []),  # a server that writes no files has workers like it
                    "-c",
                    _PROGRAM.format(number=theirs.fileno(), memory=memory),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd="/",
                # Nothing of the server's surroundings, but where its code is.
                env={"PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in sys.path)},
            )
        self._connection: Connection[Any, Any] = Connection(ours.detach())
        self.jobs = 0
        self.spoilt = False

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def render(self, job: Job, lookup: Lookup, limits: Limits, seconds: float) -> dict[str, str]:
        self.jobs += 1
        self.spoilt = True  # until a whole answer is here
        end = time.monotonic() + seconds
        try:
            self._connection.send_bytes(pickle.dumps((job, limits)))
            answer = self._receive(end)
            while "lookup" in answer:
                self._connection.send_bytes(json.dumps(_looked_up(lookup, answer["lookup"])).encode())
                answer = self._receive(end)
        except (EOFError, OSError, ValueError):
            raise RenderError(
                "rendering template failed: the renderer stopped, it may have run out of memory"
            ) from None
        self.spoilt = bool(answer.get("spoilt"))
        if "error" in answer:
            raise RenderError(str(answer["error"]))
        rendered: Mapping[str, Any] = answer["rendered"]
        return {str(path): str(text) for path, text in rendered.items()}

    def _receive(self, end: float) -> dict[str, Any]:
        if not self._connection.poll(max(end - time.monotonic(), 0)):
            raise RenderError("rendering template failed: it took too long")
        answer = json.loads(self._connection.recv_bytes().decode("utf-8", "surrogatepass"))
        if not isinstance(answer, dict):
            raise ValueError("an answer is a map")  # noqa: TRY004 - its caller asks for this one
        return answer

    def kill(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.wait()


def _looked_up(lookup: Lookup, arguments: list[Any]) -> dict[str, Any]:
    try:
        return {"object": lookup(*(str(each) for each in arguments))}
    except HelmError as error:
        return {"error": str(error)}


def _templates(chart: Chart) -> int:
    return len(chart.templates) + sum(map(_templates, chart.dependencies))
