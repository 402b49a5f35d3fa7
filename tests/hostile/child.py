"""Runs attacks, each in a process of its own, and tells what came of them.

``python -m tests.hostile.child DOOR [--seconds N] [NAME…]`` prints a line of JSON for each. Door ``process``:
rendered where the program runs, in a process that is forked when all is loaded. Door ``worker``:
rendered by Tiller's pool of processes.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helmpy.chart.capabilities import Capabilities
from helmpy.engine import InternalFault, Limits, ReleaseOptions, render
from helmpy.errors import HelmError
from tests.hostile.attacks import Attack, attacks
from tiller.actions.renderer import Job, no_lookup
from tiller.actions.workers import Workers

PATIENCE = 60  # seconds after which a process is beyond hope
OUTER = 3 * 1024**3  # bytes of address space that keep the machine alive whatever happens
MIB = 1024 * 1024

HARMLESS = """\
{{ define "name" }}{{ .Release.Name }}{{ end }}{{ include "name" . | quote }} {{ toYaml .Values }} {{ tpl "{{ 1 }}" . }}
{{ regexReplaceAll "a" "b" "c" }} {{ date "2006" now }} {{ genPrivateKey "ecdsa" | len }} {{ semver "1.2.3" }}
{{ fromJson "{}" }} {{ fromYaml "a: 1" }} {{ fromToml "a = 1" }} {{ htpasswd "a" "b" | len }} {{ urlParse "http://x/" }}
{{ toToml (dict "a" 1) }} {{ camelcase "a b" }} {{ (genCA "x" 1).Cert | len }} {{ shuffle "ab" | len }} {{ encryptAES "a" "b" | len }}
"""
WARM = (
    Attack("", lambda: {"a.yaml": HARMLESS}),
    Attack("", lambda: {"a.yaml": "{{ Values }}"}, engine="jinja2"),
)
OPTIONS = ReleaseOptions("web", "shop")


def main(door: str, limits: Limits, names: list[str]) -> None:
    os.environ["TZ"] = "UTC"
    wanted = [attack for attack in attacks() if not names or attack.name in names]
    run = _Forks(limits) if door == "process" else _Pool(limits)
    for attack in wanted:
        sys.stdout.write(json.dumps({"name": attack.name, "ends": attack.ends, **run(attack)}) + "\n")
        sys.stdout.flush()


def _outcome(work: Callable[[], dict[str, str]]) -> dict[str, Any]:
    """Run it: text, error, or the crash that is a finding."""
    start = time.monotonic()
    try:
        outcome, message = "text", str(sum(map(len, work().values())))
    except InternalFault as error:
        outcome, message = "crash", str(error)
    except HelmError as error:
        outcome, message = "error", f"{type(error).__name__}: {error}"
        message.encode("utf-8", "surrogateescape")
        if len(message) > 100_000:
            outcome = "crash"  # nobody reads that
    except BaseException as error:  # the finding of findings
        outcome, message = "crash", f"{type(error).__name__}: {error}"
    return {"outcome": outcome, "message": message[:300], "seconds": round(time.monotonic() - start, 2)}


class _Forks:
    """Door ``process``."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        for attack in WARM:
            self._render(attack)

    def _render(self, attack: Attack) -> dict[str, str]:
        return render(attack.chart(), {}, OPTIONS, Capabilities(), limits=self._limits)

    def __call__(self, attack: Attack) -> dict[str, Any]:
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            signal.alarm(PATIENCE)
            resource.setrlimit(resource.RLIMIT_AS, (OUTER, OUTER))
            os.write(theirs, json.dumps(self._measured(attack)).encode())
            os._exit(0)
        os.close(theirs)
        told = b""
        while piece := os.read(ours, 65536):
            told += piece
        os.close(ours)
        _, status = os.waitpid(pid, 0)
        if not told:
            return {"outcome": "crash", "message": f"ended with status {status}", "seconds": 0, "cpu": 0, "mib": 0}
        answer: dict[str, Any] = json.loads(told)
        return answer

    def _measured(self, attack: Attack) -> dict[str, Any]:
        chart = attack.chart()
        before, cpu = _peak(), time.process_time()
        found = _outcome(lambda: render(chart, {}, OPTIONS, Capabilities(), limits=self._limits))
        return found | {"cpu": round(time.process_time() - cpu, 2), "mib": (_peak() - before) // MIB}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class _Pool:
    """Door ``worker``: one pool for all, as in Tiller; what one attack leaves behind meets the next."""

    def __init__(self, limits: Limits) -> None:
        self._workers = Workers(1, limits=limits)

    def _render(self, attack: Attack) -> dict[str, str]:
        return self._workers.render(Job(attack.chart(), {}, OPTIONS, Capabilities()), no_lookup)

    def __call__(self, attack: Attack) -> dict[str, Any]:
        while True:
            for each in WARM:
                self._render(each)
            if self._workers._idle:  # none where that was the worker's last job
                break
        (worker,) = self._workers._idle
        process = Path("/proc", str(worker._process.pid))
        (process / "clear_refs").write_text("5")  # forget the peak so far
        before, cpu = _field(process, "VmRSS"), _cpu(process)
        most: list[tuple[int, float]] = [(before, cpu)]
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.02):
                try:
                    most.append((_field(process, "VmHWM"), _cpu(process)))
                except (OSError, ValueError):  # it was killed
                    return

        thread = threading.Thread(target=look)
        thread.start()
        found = _outcome(lambda: self._render(attack))
        over.set()
        thread.join()
        if worker.alive:
            most.append((_field(process, "VmHWM"), _cpu(process)))
        return found | {"cpu": round(most[-1][1] - cpu, 2), "mib": (max(size for size, _ in most) - before) // MIB}


def _field(process: Path, name: str) -> int:
    """A line of /proc/PID/status, in bytes."""
    for line in (process / "status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise ValueError(name)


def _cpu(process: Path) -> float:
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    words = sys.argv[2:]
    bounds = Limits()
    if words[:1] == ["--seconds"]:
        bounds = Limits(seconds=float(words[1]))
        words = words[2:]
    main(sys.argv[1], bounds, words)
