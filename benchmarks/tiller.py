"""Measure our tiller against Helm 2's on one real cluster, both with Helm 2's client, in turn.

    .venv/bin/python -m benchmarks.tiller --kubeconfig FILE --helm2 ~/bin/helm2 --tiller2 ~/bin/tiller [--charts DIR]

The cluster should be nobody's: namespaces called bench-* are made in it and stay. Every figure is
a ratio of medians of whole commands; memory is the peak of tiller and its processes. Nothing is
asserted; --write keeps the table in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.charts import found
from benchmarks.report import kept, machine
from helmpy.chart.model import Chart, Config, File, Metadata
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.release.timestamp import Timestamp
from tiller.clock import SystemClock
from tiller.kube.client_transport import ClientTransport, from_kubeconfig
from tiller.kube.transport import Request
from tiller.storage.driver import ReleaseExists
from tiller.storage.kubernetes import ConfigMapDriver

README = Path(__file__).with_name("README.md")
ROOT = Path(__file__).parents[1]
MARKS = "<!-- tillers: written by --write -->", "<!-- /tillers -->"
OURS, THEIRS = "ours", "theirs"
OBJECTS = 50
CLIENTS, INSTALLS = 16, 100
RUSH = 40  # clients that upgrade one release at once

MANY = """
{{- range $i, $_ := until %d }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ $.Release.Name }}-{{ $i }}", labels: {release: {{ $.Release.Name | quote }}}}
data: {key: {{ $.Values.key | quote }}, text: {{ repeat 200 "x" | quote }}}
{{- end }}
"""


@dataclass(frozen=True, slots=True)
class Tools:
    """The cluster and the programs."""

    kubeconfig: Path
    helm: str
    tiller: str
    charts: list[Path]
    directory: Path
    transport: ClientTransport

    def chart(self, name: str, objects: int) -> Path:
        """Write a chart of so many ConfigMaps."""
        path = self.directory / name
        (path / "templates").mkdir(parents=True, exist_ok=True)
        (path / "Chart.yaml").write_text(f"apiVersion: v1\nname: {name}\nversion: 1.0.0\n")
        (path / "values.yaml").write_text("key: one\n")
        (path / "templates" / "maps.yaml").write_text(MANY % objects)
        return path


@dataclass(frozen=True, slots=True)
class Server:
    """A running tiller and its client."""

    port: int
    process: subprocess.Popen[bytes]
    tools: Tools

    def helm(self, *words: str) -> float:
        """Run a command to its end; seconds. Raises CalledProcessError."""
        start = time.perf_counter()
        subprocess.run(
            [self.tools.helm, "--host", f"127.0.0.1:{self.port}", *words],
            env={"HELM_HOME": str(self.tools.directory), "HOME": str(self.tools.directory), "PATH": os.defpath},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - start

    def peak(self) -> float:
        """Most memory so far in MiB, its children's included."""
        return sum(_peak(number) for number in _family(self.process.pid)) / 1024


def _peak(number: int) -> int:
    status = Path(f"/proc/{number}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _family(number: int) -> list[int]:
    found = [number]
    for task in Path(f"/proc/{number}/task").iterdir():
        for child in (task / "children").read_text(encoding="utf-8").split():
            found += _family(int(child))
    return found


@contextmanager
def serving(tools: Tools, side: str, namespace: str) -> Iterator[Server]:
    """A fresh tiller whose records are in a namespace."""
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        port: int = first.getsockname()[1]
    if side == OURS:
        words = [sys.executable, "-m", "tiller", "--probe=false"]
    else:
        words = [tools.tiller, "--probe-listen", "127.0.0.1:0"]
    process = subprocess.Popen(
        [*words, "--listen", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env={**os.environ, "KUBECONFIG": str(tools.kubeconfig), "TILLER_NAMESPACE": namespace},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        server = Server(port, process, tools)
        _await(server)
        yield server
    finally:
        process.terminate()
        process.wait()


def _await(server: Server) -> None:
    for _ in range(600):  # a full machine takes its time
        try:
            socket.create_connection(("127.0.0.1", server.port), 0.5).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(2)  # neither is measured while it starts
            return
    raise SystemExit("a tiller did not start")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both sides. ``limit`` is for ours alone, in MiB."""

    about: str
    ours: Sequence[float]
    theirs: Sequence[float]
    bar: float | None
    limit: float | None = None

    def text(self) -> str:
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        ratio, start = ours / theirs, f"| {self.about} |"
        if self.limit is not None:
            verdict = "under" if ours <= self.limit else "over"
            return f"{start} {ours:.0f} MiB | {theirs:.0f} MiB | {ratio:.3f} | {self.limit:.0f} MiB | {verdict} |"
        verdict = "" if self.bar is None else "under" if ratio <= self.bar else "over"
        return f"{start} {ours * 1000:.0f} ms | {theirs * 1000:.0f} ms | {ratio:.3f} | {self.bar:g} | {verdict} |"


# --- lists -----------------------------------------------------------------------------------------


def _text(words: random.Random, size: int) -> str:
    """Text of some size that is packed to a quarter, as manifests and READMEs are."""
    known = ["".join(words.choices("abcdefghijklmnopqrstuvwxyz", k=words.randint(3, 10))) for _ in range(2000)]
    lines: list[str] = []
    length = 0
    while length < size:
        new = "  " * words.randint(0, 4) + " ".join(words.choices(known, k=words.randint(1, 8))) + "\n"
        lines.append(words.choice(lines) if lines and words.random() < 0.7 else new)
        length += len(lines[-1])
    return "".join(lines)[:size]


def _release(words: random.Random, size: int) -> Release:
    """A release whose message has about ``size`` bytes: templates, manifest, README, values."""
    files = tuple(File(f"templates/{number}.yaml", _text(words, size // 20).encode()) for number in range(8))
    return Release(
        namespace="default",
        info=Info(status=Status(code=StatusCode.DEPLOYED, notes="Have fun."), description="Install complete"),
        chart=Chart(
            metadata=Metadata(name="store", version="1.2.3", app_version="4.0"),
            templates=files,
            values=Config(raw=_text(words, size // 20)),
            files=(File("README.md", _text(words, size // 4).encode()),),
        ),
        manifest=_text(words, size // 3),
        version=1,
    )


def fill(tools: Tools, namespace: str, count: int, size: int) -> None:
    """Make the namespace and records in it; those that are there stay."""
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    headers = {"accept": "application/json", "content-type": "application/json"}
    tools.transport.send(Request("POST", "/api/v1/namespaces", (), headers, json.dumps(body).encode()))
    driver = ConfigMapDriver(tools.transport, namespace, SystemClock())
    if sum(driver.counts().values()) >= count:
        return
    kinds = [_release(random.Random(number), size) for number in range(10)]

    def put(number: int) -> None:
        at = Timestamp(1_600_000_000 + number)
        release = kinds[number % len(kinds)]
        assert release.info is not None
        info = replace(release.info, first_deployed=at, last_deployed=at)
        try:
            driver.create(replace(release, name=f"release-{number:05}", info=info))
        except ReleaseExists:
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, range(count)))


def lists(tools: Tools, runs: int, count: int, size: int, bars: tuple[float, float, float]) -> list[Row]:
    """The first and the second list of a fresh tiller, and its memory afterwards."""
    namespace = f"bench-{count}"
    fill(tools, namespace, count, size * 1000)
    first: dict[str, list[float]] = {OURS: [], THEIRS: []}
    second: dict[str, list[float]] = {OURS: [], THEIRS: []}
    memory: dict[str, list[float]] = {OURS: [], THEIRS: []}
    for run in range(runs + 1):
        for side in (OURS, THEIRS):
            with serving(tools, side, namespace) as server:
                taken = server.helm("list"), server.helm("list")
                if run:  # the first one warms the cluster up
                    first[side].append(taken[0])
                    second[side].append(taken[1])
                    memory[side].append(server.peak())
    about = f"list, {count:,} releases of {size} KB"
    return [
        Row(f"{about}, first call", first[OURS], first[THEIRS], bars[0]),
        Row(f"{about}, second call", second[OURS], second[THEIRS], bars[1]),
        Row(f"{about}, tiller's memory", memory[OURS], memory[THEIRS], None, bars[2]),
    ]


# --- a release's life ------------------------------------------------------------------------------


def life(tools: Tools, runs: int) -> list[Row]:
    """Install, upgrade and delete of many objects, and the questions between."""
    chart = str(tools.chart("fifty", OBJECTS))
    steps: dict[str, tuple[float, Callable[[str], list[str]]]] = {
        f"install of {OBJECTS} objects": (0.8, lambda name: ["install", chart, "--name", name]),
        f"upgrade of {OBJECTS} objects": (0.3, lambda name: ["upgrade", name, chart, "--set", "key=two"]),
        "status": (1.2, lambda name: ["status", name]),
        "history": (1.2, lambda name: ["history", name]),
        "get": (1.2, lambda name: ["get", name]),
        f"delete of {OBJECTS} objects": (0.8, lambda name: ["delete", name]),
    }
    taken: dict[tuple[str, str], list[float]] = {(step, side): [] for step in steps for side in (OURS, THEIRS)}
    with serving(tools, OURS, "kube-system") as ours, serving(tools, THEIRS, "kube-system") as theirs:
        for run in range(runs + 1):
            for side, server in ((OURS, ours), (THEIRS, theirs)):
                name = f"life-{side}-{run}"
                for step, (_, words) in steps.items():
                    seconds = server.helm(*words(name))
                    if run:
                        taken[step, side].append(seconds)
                server.helm("delete", "--purge", name)
    return [Row(step, taken[step, OURS], taken[step, THEIRS], bar) for step, (bar, _) in steps.items()]


def waiting(tools: Tools, runs: int) -> list[Row]:
    """An install that waits until its objects are ready."""
    charts = [path for path in found(tools.charts) if path.name == "redis" and path.parent.name == "stable"]
    if not charts:
        return []
    taken: dict[str, list[float]] = {OURS: [], THEIRS: []}
    with serving(tools, OURS, "kube-system") as ours, serving(tools, THEIRS, "kube-system") as theirs:
        for run in range(runs + 1):
            for side, server in ((OURS, ours), (THEIRS, theirs)):
                name = f"wait-{side}-{run}"
                off = "master.persistence.enabled=false,slave.persistence.enabled=false,persistence.enabled=false"
                seconds = server.helm("install", str(charts[0]), "--name", name, "--wait", "--set", off)
                if run:
                    taken[side].append(seconds)
                server.helm("delete", "--purge", name)
    return [Row("install of redis with `--wait`", taken[OURS], taken[THEIRS], 0.9)]


def crowd(tools: Tools, runs: int) -> list[Row]:
    """Many small installs from many clients at once."""
    chart = str(tools.chart("one", 1))
    taken: dict[str, list[float]] = {OURS: [], THEIRS: []}
    with serving(tools, OURS, "kube-system") as ours, serving(tools, THEIRS, "kube-system") as theirs:
        for run in range(runs + 1):
            for side, server in ((OURS, ours), (THEIRS, theirs)):
                names = [f"crowd-{side}-{run}-{number}" for number in range(INSTALLS if run else CLIENTS)]
                start = time.perf_counter()
                with ThreadPoolExecutor(CLIENTS) as pool:
                    list(pool.map(lambda name, server=server: server.helm("install", chart, "--name", name), names))
                if run:
                    taken[side].append(time.perf_counter() - start)
                server.helm("delete", "--purge", *names)
    return [Row(f"{INSTALLS} installs from {CLIENTS} clients", taken[OURS], taken[THEIRS], 0.5)]


def rush(tools: Tools, runs: int) -> list[Row]:
    """Many clients that upgrade one release at the same moment; Helm 2's Tiller refuses most of them."""
    chart = str(tools.chart("one", 1))
    taken: dict[str, list[float]] = {OURS: [], THEIRS: []}
    done: dict[str, list[int]] = {OURS: [], THEIRS: []}
    with serving(tools, OURS, "kube-system") as ours, serving(tools, THEIRS, "kube-system") as theirs:
        for run in range(runs):
            for side, server in ((OURS, ours), (THEIRS, theirs)):
                name = f"rush-{side}-{run}"
                server.helm("install", chart, "--name", name)
                start = time.perf_counter()
                with ThreadPoolExecutor(RUSH) as pool:
                    ended = list(pool.map(lambda _, to=server, name=name: _succeeds(to, name, chart), range(RUSH)))
                taken[side].append(time.perf_counter() - start)
                done[side].append(sum(ended))
                server.helm("delete", "--purge", name)
    succeed = f"{min(done[OURS])} succeed, of theirs {max(done[THEIRS])}"
    return [Row(f"{RUSH} clients upgrade one release, {succeed}", taken[OURS], taken[THEIRS], 0.5)]


def _succeeds(server: Server, name: str, chart: str) -> bool:
    try:
        server.helm("upgrade", name, chart)
    except subprocess.CalledProcessError:
        return False
    return True


JOBS: dict[str, Callable[[Tools, int], list[Row]]] = {
    "life": lambda tools, runs: life(tools, runs or 9),
    "wait": lambda tools, runs: waiting(tools, runs or 5),
    "crowd": lambda tools, runs: crowd(tools, runs or 1),
    "rush": lambda tools, runs: rush(tools, runs or 2),
    "list-1000": lambda tools, runs: lists(tools, runs or 5, 1000, 250, (0.3, 0.1, 200)),
    "list-10000": lambda tools, runs: lists(tools, runs or 3, 10_000, 30, (0.3, 0.3, 300)),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tiller", description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--helm2", default=shutil.which("helm2.17"), help="a real Helm 2.17")
    parser.add_argument("--tiller2", default=shutil.which("tiller2.17"), help="a real Tiller 2.17")
    parser.add_argument("--charts", action="append", type=Path, default=[], help="directory of charts; may be repeated")
    parser.add_argument("--job", action="append", choices=list(JOBS), help="only this; may be repeated")
    parser.add_argument("--runs", type=int, default=0, help="runs of each side (default: by job)")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/README.md")
    args = parser.parse_args()
    if not (args.helm2 and args.tiller2):
        parser.error("no real Helm 2: --helm2 and --tiller2 name its client and its server")
    if args.write and args.job:
        parser.error("--write keeps the whole table, not that of a --job")
    lines = [f"{machine()}.", "", "| what | ours | theirs | ratio | bar | |", "| --- | --- | --- | --- | --- | --- |"]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as home:
        tools = Tools(
            args.kubeconfig, args.helm2, args.tiller2, args.charts, Path(home), from_kubeconfig(str(args.kubeconfig))
        )
        subprocess.run(
            [args.helm2, "init", "--client-only", "--skip-refresh", "--stable-repo-url", "http://127.0.0.1:1"],
            env={"HELM_HOME": home, "HOME": home, "PATH": os.defpath},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,  # the repository is not there, and not needed
        )
        for name, measure in JOBS.items():
            if not args.job or name in args.job:
                rows = [row.text() for row in measure(tools, args.runs)]
                print("\n".join(rows), flush=True)
                lines += rows
    if args.write:
        kept(README, lines, datetime.now(UTC).date().isoformat(), MARKS)


if __name__ == "__main__":
    main()
