"""The sandbox as a process of its own: started in the background, found again, ended.

What lies in its directory, and when it is up, is told by ``tiller.sandbox``.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time

from helmpy.errors import HelmError
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_POLL = 0.05  # seconds


class SandboxError(HelmError):
    """The sandbox does not start, or does not end."""


@record(frozen=True, slots=True)
class Running:
    """What a running sandbox says of itself."""

    pid: int
    server: str
    version: str
    started: str


@record(frozen=True, slots=True)
class Sandbox:
    """The sandbox whose state is in ``directory``."""

    directory: Path

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "kubeconfig"

    @property
    def log(self) -> Path:
        return self.directory / "sandbox.log"

    def running(self) -> Running | None:
        """The process that holds the directory; None where there is none."""
        return self._facts() if self._held() else None

    def start(self) -> Running:
        """The running sandbox, started where needed. Raises SandboxError."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        running = self.running()
        if running is not None:
            return running
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, a path as an argument
                [sys.executable, "-m", "tiller.sandbox", "--state", str(self.directory)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise SandboxError(f"the sandbox did not start: {self._last_words()} (see {self.log})")
            facts = self._facts()
            if facts is not None and facts.pid == child.pid and _is_ready(facts.server):
                return facts
            time.sleep(_POLL)
        child.terminate()
        raise SandboxError(f"the sandbox did not become ready within {_START_SECONDS:g} s (see {self.log})")

    def stop(self) -> bool:
        """End the process; False where none ran. Raises SandboxError."""
        running = self.running()
        if running is None:
            return False
        os.kill(running.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while self._held():
            if time.monotonic() >= deadline:
                raise SandboxError(f"the sandbox (process {running.pid}) does not end")
            time.sleep(_POLL)
        return True

    def reset(self) -> None:
        """End the process and forget everything in it."""
        self.stop()
        if self.directory.exists():
            shutil.rmtree(self.directory)

    def _held(self) -> bool:
        try:
            with (self.directory / "sandbox.lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _facts(self) -> Running | None:
        try:
            facts: Any = json.loads((self.directory / "sandbox.json").read_bytes())
            return Running(int(facts["pid"]), facts["server"], facts["version"], facts["started"])
        except (OSError, ValueError, KeyError, TypeError):
            return None  # not there yet, or left half-written by a crash

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _is_ready(server: str) -> bool:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
