"""Dockerfile.tiller, as far as that goes without a container engine: its steps run in a scratch root.

What is left out: the base image (this Python stands in for it), and a root file system that the kernel holds
read-only; here it is looked whether anything was written.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NOBODY = 65534
SAMPLE = ("grpcio", "prometheus-client", "pyyaml", "typing-extensions")  # pure Python, and not


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
    try:
        _build(root)
        yield root
    finally:
        shutil.rmtree(root)


def _build(root: Path, *only: str) -> None:
    """Go the steps; of what is pinned ``only`` some is installed where it is named."""
    source = root / "src"
    source.mkdir(parents=True)
    for name, said in steps():
        if name == "COPY" and not said.startswith("--from"):
            _copy(said.split(), root, source)
            listed = source / "requirements.txt"
            lines = listed.read_text(encoding="utf-8").splitlines(keepends=True)
            listed.write_text("".join(line for line in lines if not only or line.partition("==")[0] in only))
        elif name == "RUN":
            _run(said, root, source)


def _copy(words: list[str], root: Path, source: Path) -> None:
    *files, target = words
    place = Path(f"{root}{target}") if target.startswith("/") else source / target
    for name in files:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place)


def _run(said: str, root: Path, source: Path) -> None:
    command = said.replace("/opt/tiller", f"{root}/opt/tiller").replace("python ", f"{sys.executable} ", 1)
    command = command.replace("--no-cache-dir", "")  # another root of the same test need not fetch all of it again
    done = subprocess.run(["/bin/sh", "-ec", command], cwd=source, capture_output=True, text=True, check=False)
    if done.returncode and "No matching distribution" in done.stderr:
        pytest.skip("pip finds no registry of packages here, or not all that is pinned for this Python")
    assert done.returncode == 0, done.stderr


def _files(root: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in sorted(root.rglob("*"))}


def _port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@pytest.fixture(name="bare", scope="module")
def _bare() -> Iterator[Path]:
    """A Python without any packages, where nobody may look too."""
    place = Path(f"/tmp/helmpy-bare-{os.getpid()}")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix, "bin", version)
    try:
        subprocess.run([str(base), "-m", "venv", "--without-pip", str(place)], check=True)
        yield place
    finally:
        shutil.rmtree(place)


def _somebody() -> dict[str, Any]:
    """Nobody, where only root may become that, and where nobody may run this Python; else who we are."""
    base = Path(sys.base_prefix)
    open_to_all = all(path.stat().st_mode & 0o001 for path in (base, *base.parents))
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 and open_to_all else {}


def test_tiller_runs_as_nobody_and_writes_nothing(scratch: Path, bare: Path) -> None:
    assert told("USER") == f"{NOBODY}:{NOBODY}"
    before = _files(scratch)
    probe = _port()
    words = [word.strip('",[]') for word in shlex.split(told("ENTRYPOINT"))]
    words[0] = f"{bare}/bin/python"  # as in the base image nothing is found but what was built
    environment = dict(word.split("=", 1) for word in told("ENV").split())
    kubeconfig = Path(f"{scratch}.kubeconfig")
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\nclusters: [{name: a, cluster: {server: 'http://127.0.0.1:1'}}]\n"
        "contexts: [{name: a, context: {cluster: a}}]\ncurrent-context: a\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [*words, "--storage=memory", f"--listen=127.0.0.1:{_port()}", f"--probe-listen=127.0.0.1:{probe}"],
        cwd="/",
        env={**environment, "PYTHONPATH": f"{scratch}/opt/tiller", "KUBECONFIG": str(kubeconfig)},
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


def test_what_is_built_again_is_the_same(scratch: Path) -> None:
    first = _contents(scratch / "opt")
    kept = scratch.with_name(f"{scratch.name}-first")
    scratch.rename(kept)  # paths stand in compiled files, so the second is built at the same place
    try:
        _build(scratch, *SAMPLE)  # a package takes the way of every other
        again = _contents(scratch / "opt")
        ours = {path for path in first if path.startswith(("tiller/helmpy/", "tiller/tiller/"))}
        assert len(again) > len(ours) > 300
        assert ours <= again.keys()
        assert again == {path: first[path] for path in again}
    finally:
        shutil.rmtree(kept)
    assert {path.lstat().st_mtime for path in (scratch / "opt/tiller").rglob("*")} == {0}
    assert any(name.endswith("/tiller/__pycache__/server.cpython-" + _tag() + ".pyc") for name in first)


def _tag() -> str:
    return f"{sys.version_info.major}{sys.version_info.minor}"


def _contents(root: Path) -> dict[str, tuple[int, str]]:
    """Modes and digests of all files, by their paths."""
    return {
        str(path.relative_to(root)): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in root.rglob("*")
        if path.is_file()
    }


def test_all_that_tiller_needs_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["sql"]]
    lines = (ROOT / "deploy" / "requirements.txt").read_text().splitlines()
    pinned = {line.partition("==")[0].lower() for line in lines if "==" in line}
    assert {re.split(r"[\[><=]", one)[0].lower() for one in wanted} <= pinned
    assert all("==" in line for line in lines if line and not line.startswith("#"))


def test_the_base_can_be_named_by_its_digest() -> None:
    assert [said.partition(" ")[0] for name, said in steps() if name == "FROM"] == ["$PYTHON", "$PYTHON"]
