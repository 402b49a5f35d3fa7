"""A Tiller on a sandbox in memory, and ``helm`` called as a user calls it."""

from __future__ import annotations

import random
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from helmpy.cli.main import run
from tiller.actions.environment import Environment
from tiller.clock import FakeClock
from tiller.kube.cluster import Cluster
from tiller.sandbox.api import memory_api
from tiller.server import serve
from tiller.storage.memory import MemoryDriver
from tiller.storage.storage import Storage


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


Helm = Callable[[str], Result]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_700_000_000.0)


@contextmanager
def serve_frozen(clock: FakeClock | None = None) -> Iterator[str]:
    """The address of a Tiller with an empty cluster, a clock that stands, and names that repeat."""
    clock = clock or FakeClock(1_700_000_000.0)  # 2023-11-14 22:13:20 UTC
    api = memory_api(clock.now, seed=1)
    environment = Environment(Cluster(api, clock), Storage(MemoryDriver()), clock=clock, random=random.Random(1))
    handle = serve(environment)
    try:
        yield f"127.0.0.1:{handle.port}"
    finally:
        handle.stop(0)


def user_home(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make ``path`` the home and the directory of a user without any configuration."""
    for name in ("KUBECONFIG", "HELM_HOST", "HELM_DEBUG", "TILLER_NAMESPACE", "HELMPY_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.setenv("HELM_HOME", str(path / "helm"))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.chdir(path)
    return path


@pytest.fixture
def tiller(clock: FakeClock) -> Iterator[str]:
    with serve_frozen(clock) as address:
        yield address


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return user_home(tmp_path, monkeypatch)


@pytest.fixture
def helm(home: Path, tiller: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Helm:
    """Run a command line against the Tiller; the chart ``web`` lies at hand."""
    monkeypatch.setenv("HELM_HOST", tiller)
    write_chart(home / "web")

    def call(line: str) -> Result:
        capsys.readouterr()
        status = run(shlex.split(line))
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return call


FILES = {
    "Chart.yaml": 'apiVersion: v1\nname: web\nversion: 0.3.1\nappVersion: "7.2"\ndescription: one page\n',
    "values.yaml": "# how it greets\ngreeting: hello\ncolour: {page: white}\n",
    "templates/page.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-page
data:
  greeting: {{ required "a greeting is needed" .Values.greeting | quote }}
  colour: {{ .Values.colour.page }}
""",
    "templates/hooks.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-before
  annotations:
    "helm.sh/hook": pre-install
""",
    "templates/tests/greets.yaml": """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-greets
  annotations:
    "helm.sh/hook": test-success
spec:
  restartPolicy: Never
  containers:
  - name: greets
    image: busybox
""",
    "templates/NOTES.txt": "Say {{ .Values.greeting }} to {{ .Release.Name }}.\n",
}


def write_chart(path: Path, **files: str) -> None:
    """Write the chart ``web``; keyword ``values_yaml`` replaces ``values.yaml`` and so on."""
    changed = {name.replace("__", "/").replace("_yaml", ".yaml"): text for name, text in files.items()}
    for name, text in (FILES | changed).items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def made(root: Path, files: dict[str, str]) -> Path:
    """Write the files of a chart by path; returns its directory."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root
