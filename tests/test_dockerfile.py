"""Dockerfile.tiller, as far as that goes without a container engine: its steps run in a scratch root.

What is left out: the base image (this Python stands in for it), and a root file system that the kernel holds
read-only; here it is looked whether anything was written.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NOBODY = 65534


def steps() -> list[tuple[str, str]]:
    """The instructions and what they say, lines that go on joined."""
    text = (ROOT / "Dockerfile.tiller").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]


def told(instruction: str) -> str:
    """What the last of these instructions says."""
    return [said for name, said in steps() if name == instruction][-1]


@pytest.fixture(name="scratch", scope="module")
def _scratch() -> Iterator[Path]:
    """The root that the build stage fills; not below pytest's directories, where nobody may look."""
    root = Path(f"/tmp/helmpy-dockerfile-{os.getpid()}")
    source = root / "src"
    source.mkdir(parents=True)
    try:
        for name, said in steps():
            if name == "COPY" and not said.startswith("--from"):
                _copy(said.split(), source)
            elif name == "RUN":
                _run(said, root, source)
        yield root
    finally:
        shutil.rmtree(root)


def _copy(words: list[str], source: Path) -> None:
    *files, target = words
    for name in files:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / target)


def _run(said: str, root: Path, source: Path) -> None:
    command = said.replace("/opt/tiller", f"{root}/opt/tiller").replace("python ", f"{sys.executable} ", 1)
    command = command.replace("--no-cache-dir", "--no-compile")  # in an image files last, here it takes a minute
    done = subprocess.run(["/bin/sh", "-ec", command], cwd=source, capture_output=True, text=True, check=False)
    if done.returncode and "No matching distribution" in done.stderr:
        pytest.skip("pip finds no registry of packages here")
    assert done.returncode == 0, done.stderr


def _files(root: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in sorted(root.rglob("*"))}


def _port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _somebody() -> dict[str, Any]:
    """Nobody, where only root may become that, and where nobody may run this Python; else who we are."""
    base = Path(sys.base_prefix)
    open_to_all = all(path.stat().st_mode & 0o001 for path in (base, *base.parents))
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 and open_to_all else {}


def test_tiller_runs_as_nobody_and_writes_nothing(scratch: Path) -> None:
    assert told("USER") == f"{NOBODY}:{NOBODY}"
    before = _files(scratch)
    probe = _port()
    words = [word.strip('",[]') for word in shlex.split(told("ENTRYPOINT"))]
    environment = dict(word.split("=", 1) for word in told("ENV").split() if not word.startswith("PATH="))
    kubeconfig = Path(f"{scratch}.kubeconfig")
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\nclusters: [{name: a, cluster: {server: 'http://127.0.0.1:1'}}]\n"
        "contexts: [{name: a, context: {cluster: a}}]\ncurrent-context: a\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [*words, "--storage=memory", f"--listen=127.0.0.1:{_port()}", f"--probe-listen=127.0.0.1:{probe}"],
        cwd="/",
        env={**environment, "PATH": f"{scratch}/opt/tiller/bin", "KUBECONFIG": str(kubeconfig)},
        **_somebody(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert _alive(process, f"http://127.0.0.1:{probe}/liveness")
    finally:
        process.terminate()
        process.communicate(timeout=30)
        kubeconfig.unlink()
    assert _files(scratch) == before


def _alive(process: subprocess.Popen[str], url: str) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.2)
    return False


def test_the_image_holds_no_tools_of_building() -> None:
    stages = [index for index, (name, _) in enumerate(steps()) if name == "FROM"]
    last = [name for name, _ in steps()[stages[-1] :]]
    assert "RUN" not in last, "the image that is shipped is copied together"
