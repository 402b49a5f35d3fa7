"""Tiller pods run for real: a process each, restarted when it dies, ready when its probe says so.

Only pods labelled ``app=helm,name=tiller`` have one. What runs is this installation's own tiller,
whatever image the pod names; its flags come from the pod but the addresses, its environment is
``base`` plus the container's. Mounted files are written below the pod's directory, and values that
name their mount path are made to name that.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tiller.sandbox.controllers.context import Run

Object = dict[str, Any]

LABELS = {"app": "helm", "name": "tiller"}
TILLER_PORT, PROBE_PORT = 44134, 44135
LOOK_SECONDS = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before a restart; doubles each time
CALM_SECONDS = 300.0  # a process that lived that long starts again at the first pause
GRACE_SECONDS = 5.0  # from SIGTERM to SIGKILL
LOG_SHOWN = 1 << 20  # bytes of a log that are shown
PROBE_TIMEOUT = 2.0
_OWN_FLAGS = ("-listen", "--listen", "-probe-listen", "--probe-listen")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class _Pod:
    """One pod's process and what is known of it."""

    directory: Path
    arguments: list[str]
    environment: dict[str, str]
    port: int = 0
    probe: int = 0
    child: subprocess.Popen[bytes] | None = None
    ready: bool = False
    restarts: int = 0
    message: str = ""
    ended: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class Processes:
    """A ``PodRunner``. ``directory`` keeps logs and mounted files, ``base`` is what every process inherits."""

    def __init__(self, directory: Path, kubeconfig: Path, base: Mapping[str, str]) -> None:
        self._directory = directory
        self._kubeconfig = kubeconfig
        self._base = dict(base)
        self._pods: dict[str, _Pod] = {}
        shutil.rmtree(directory, ignore_errors=True)  # of pods of a process that was killed
        directory.mkdir(mode=0o700, parents=True)

    def wants(self, pod: Object) -> bool:
        labels = pod["metadata"].get("labels") or {}
        return all(labels.get(k) == v for k, v in LABELS.items())

    def start(self, pod: Object, volumes: dict[str, dict[str, bytes]]) -> None:
        uid = pod["metadata"]["uid"]
        if uid in self._pods:
            return
        home = self._directory / uid
        home.mkdir(mode=0o700)
        paths = {mount: _write_files(home / f"volume{n}", files) for n, (mount, files) in enumerate(volumes.items())}
        container = pod["spec"]["containers"][0]
        environment = {**self._base, **_environment(pod, container, paths), "KUBECONFIG": str(self._kubeconfig)}
        made = _Pod(home, _flags(container, paths), environment)
        self._pods[uid] = made
        made.thread = threading.Thread(target=self._keep, args=(made,), daemon=True)
        made.thread.start()

    def look(self, uid: str) -> Run | None:
        known = self._pods.get(uid)
        if known is None:
            return None
        return Run(
            ready=known.ready,
            restarts=known.restarts,
            failed=known.child is None and known.restarts > 0,
            message=known.message,
        )

    def log(self, uid: str) -> bytes:
        known = self._pods.get(uid)
        if known is None:
            return b""
        try:
            with (known.directory / "log").open("rb") as f:
                f.seek(max(f.seek(0, 2) - LOG_SHOWN, 0))
                return f.read()
        except FileNotFoundError:
            return b""

    def port(self, uid: str, port: int) -> tuple[str, int] | None:
        known = self._pods.get(uid)
        if known is None:
            return None
        here = {TILLER_PORT: known.port, PROBE_PORT: known.probe}.get(port)
        return ("127.0.0.1", here) if here else None

    def stop(self, uid: str) -> None:
        known = self._pods.pop(uid, None)
        if known is not None:
            known.ended.set()

    def close(self) -> None:
        """End every process; returns when all are gone."""
        pods = list(self._pods.values())
        for uid in list(self._pods):
            self.stop(uid)
        for pod in pods:
            if pod.thread is not None:
                pod.thread.join(timeout=GRACE_SECONDS + 2)

    def _keep(self, pod: _Pod) -> None:
        """Run until the pod is stopped; start again after each end, later every time."""
        pause = FIRST_PAUSE
        while not pod.ended.is_set():
            begun = time.monotonic()
            status = self._run(pod)
            if pod.ended.is_set():
                break
            if time.monotonic() - begun > CALM_SECONDS:
                pause = FIRST_PAUSE
            pod.restarts += 1
            pod.message = f"back-off {int(pause)}s restarting failed container: exit status {status}"
            pod.ended.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        shutil.rmtree(pod.directory, ignore_errors=True)

    def _run(self, pod: _Pod) -> int:
        """One life of the process; its exit status."""
        pod.port, pod.probe = _free_port(), _free_port()
        command = [sys.executable, "-m", "tiller", *pod.arguments]
        command += [f"--listen=127.0.0.1:{pod.port}", f"--probe-listen=127.0.0.1:{pod.probe}"]
        with (pod.directory / "log").open("ab") as log:
            child = self._spawn(command, pod, log)
            if child is None:
                return 127
            pod.child = child
            try:
                while child.poll() is None and not pod.ended.wait(LOOK_SECONDS if not pod.ready else 1.0):
                    pod.ready = _probe(pod.probe)
            finally:
                pod.ready = False
                pod.child = None
                _end(child)
        return child.returncode

    def _spawn(self, command: list[str], pod: _Pod, log: IO[bytes]) -> subprocess.Popen[bytes] | None:
        try:
            return subprocess.Popen(  # noqa: S603 - our own interpreter; a pod chooses flags and environment only
                command, cwd=pod.directory, env=pod.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        except (OSError, ValueError) as e:  # ValueError: a NUL in a flag or value
            log.write(f"cannot start: {e}\n".encode())
            return None


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _probe(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readiness", timeout=PROBE_TIMEOUT) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _write_files(directory: Path, files: Mapping[str, bytes]) -> Path:
    """Mounted files, 0600 in a directory 0700; names that leave it are left out."""
    directory.mkdir(mode=0o700)
    root = directory.resolve()
    for name, data in files.items():
        path = (directory / name).resolve()
        if not path.is_relative_to(root) or path == root:
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(data)
    return directory


def _here(text: str, paths: Mapping[str, Path]) -> str:
    """A value that names a mount path, naming where its files are."""
    for mount, path in paths.items():
        if text == mount or f"{mount.rstrip('/')}/" in text:
            text = text.replace(mount.rstrip("/"), str(path))
    return text


# Variables that would change which code runs, rather than what tiller does.
_NOT_FROM_PODS = ("PYTHON", "LD_", "PATH", "HOME", "KUBECONFIG")


def _environment(pod: Object, container: Object, paths: Mapping[str, Path]) -> dict[str, str]:
    meta = pod["metadata"]
    known = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": pod["spec"].get("nodeName", ""),
        "spec.serviceAccountName": pod["spec"].get("serviceAccountName", ""),
    }
    out = {}
    for entry in container.get("env") or ():
        name = entry["name"]
        if name.startswith(_NOT_FROM_PODS) or "=" in name:
            continue
        field_path = ((entry.get("valueFrom") or {}).get("fieldRef") or {}).get("fieldPath")
        value = known.get(field_path, "") if field_path else entry.get("value", "")
        out[name] = _here(value, paths)
    return out


def _flags(container: Object, paths: Mapping[str, Path]) -> list[str]:
    """The pod's flags for tiller, without addresses: those are ours."""
    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    if words and not words[0].startswith("-"):
        words = words[1:]  # the program
    out: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in _OWN_FLAGS:
            skip = True
        elif word.partition("=")[0] not in _OWN_FLAGS:
            out.append(_here(word, paths))
    return out
