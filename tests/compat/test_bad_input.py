"""Bad input in every command that needs no Tiller: Helm 2.17 and ours say and leave the same.

The lines are those of bad_input.txt; each side works through all of them in a directory of its own.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.compat.clusters import BINARIES

REAL = BINARIES / "helm2.17"
ROOT = Path(__file__).parents[2]
LINES = [line for line in (Path(__file__).parent / "bad_input.txt").read_text().splitlines() if line]
OURS = [sys.executable, "-c", "from helmpy.cli.start import entry; entry()"]
FILES = {
    "empty": b"",
    "bin": bytes(range(256)),
    "bad.yaml": b"a: [\n",
    "list.yaml": b"- a\n",
    "notgz.tgz": b"hello",
    "trunc.tgz": b"\x1f\x8b\x08\0\0\0\0\0",
    "web/Chart.yaml": b"apiVersion: v1\nname: web\nversion: 0.1.0\n",
    "web/values.yaml": b"a: 1\n",
    "web/templates/a.yaml": b"kind: {{ .Values.a }}\n",
    "noname/Chart.yaml": b"version: 1.0.0\n",
    "nover/Chart.yaml": b"apiVersion: v1\nname: nover\n",
    "brokenchart/Chart.yaml": b"name: [",
    "dirchart/Chart.yaml/x": b"",
    "dirvalues/Chart.yaml": b"apiVersion: v1\nname: dirvalues\nversion: 0.1.0\n",
    "dirvalues/values.yaml/x": b"",
    "emptydir/.keep": b"",
}
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not REAL.exists(), reason="no real Helm 2.17 client here (set HELM_ORACLES)"),
]


class Said(NamedTuple):
    line: str
    status: int
    out: str
    err: str
    left: str  # what is in the directory afterwards


def _played(directory: Path, helm: list[str]) -> list[Said]:
    for name, data in FILES.items():
        place = directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (directory / "emptydir/.keep").unlink()
    environ = {"HOME": str(directory), "PATH": "/usr/bin:/bin", "TZ": "UTC", "PYTHONPATH": str(ROOT)}

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*helm, *words],
            cwd=directory,
            env=environ,
            input="",
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )

    call("init", "--client-only", "--skip-refresh", "--stable-repo-url", "http://127.0.0.1:1")
    found = []
    for line in LINES:
        done = call(*shlex.split(line.replace("DIR", str(directory))))
        assert "Traceback" not in done.stderr
        out, err = (_masked(text, directory) for text in (done.stdout, done.stderr))
        found.append(Said(line, done.returncode, out, err, _left(directory)))
    return found


def _masked(text: str, directory: Path) -> str:
    return re.sub(r"(?m)^20\d\d/\d\d/\d\d \d\d:\d\d:\d\d", "TIME", text.replace(str(directory), "DIR"))


def _left(directory: Path) -> str:
    names = (path.relative_to(directory) for path in directory.rglob("*"))
    ours = ("repositories.lock", "local.lock", "local-index.catalogue", "stable-index.catalogue")
    return "\n".join(sorted(str(name) for name in names if name.name not in ours and ".cache" not in name.parts))


def test_bad_input(tmp_path: Path) -> None:
    places = [tmp_path / "theirs", tmp_path / "ours--"]
    with ThreadPoolExecutor(2) as pool:
        theirs, ours = pool.map(_played, places, [[str(REAL)], OURS])
    shutil.rmtree(tmp_path, ignore_errors=True)
    wrong = [(one, other) for one, other in zip(theirs, ours, strict=True) if one != other]
    assert not wrong, "\n\n".join(f"{one}\n{other}" for one, other in wrong)
    assert all(said.status in (0, 1) for said in ours)
