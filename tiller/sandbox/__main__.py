"""``python -m tiller.sandbox --state DIR``: an embedded Kubernetes API on loopback, as one process.

Options: ``--state DIR`` (required, made 0700 where missing), ``--listen HOST:PORT`` (loopback only;
default ``127.0.0.1:0`` = the port of the last run where it is still free, else any free one),
``--no-spawn`` (tiller pods become ready without a process behind them), ``--ready-after SECONDS``
(pods turn ready that much later; default 0).

The process runs in the foreground of whoever started it; a caller that wants it in the background
starts it with ``start_new_session=True`` and its output sent to ``DIR/sandbox.log``. It is up once
``DIR/sandbox.json`` exists, names the child's pid, and GET ``server``/readyz says ``ok``. SIGTERM or SIGINT ends it within a few
seconds, its child processes too, and removes ``sandbox.json``. Exit status: 0 after a signal, 1 with
one line on stderr where it could not start (also where another process holds DIR).

Files, all 0600, written atomically (other file, then rename):

``DIR/sandbox.json``   only while the process runs (a killed one leaves it: look at the lock, or the pid)::

    {"pid": 4711, "server": "http://127.0.0.1:40123", "host": "127.0.0.1", "port": 40123,
     "tls": "https://127.0.0.1:40123",
     "token": "…", "version": "v1.29.0+sandbox", "started": "2026-01-02T03:04:05Z",
     "kubeconfig": "/abs/DIR/kubeconfig"}

``DIR/kubeconfig``     one cluster, user, context, each named ``sandbox`` (https with the sandbox's own CA,
                       bearer token; the port answers plain http too, but Go's clients send no token there);
                       kept after the end, port and token stay the same over restarts where the port is free
``DIR/settings.json``  {"port": 40123, "token": "…"}: what the next start takes up again
``DIR/ca.crt``         the CA; ``DIR/tls.pem`` key and certificate
``DIR/sandbox.db``     SQLite: objects and the resourceVersion counter
``DIR/sandbox.lock``   held (flock) by the running process; free = no sandbox runs here
``DIR/pods/``          0700: per pod a directory of its mounted secrets and its ``log``

A reset is: stop the process, then remove DIR.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import errno
import fcntl
import json
import os
import secrets
import signal
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from tiller.sandbox.api import Api
from tiller.sandbox.call import User
from tiller.sandbox.discovery import GIT_VERSION
from tiller.sandbox.http import Door
from tiller.sandbox.objects import timestamp
from tiller.sandbox.processes import Processes
from tiller.sandbox.store import Disk, Store

# What tiller's processes inherit of the environment.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")


class Busy(HelmError):
    """Another process holds the state directory."""


class State:
    """The files of one sandbox."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.kubeconfig = self.directory / "kubeconfig"
        self.running = self.directory / "sandbox.json"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep the directory for this process; raises Busy."""
        with (self.directory / "sandbox.lock").open("w") as lock:
            _lock(lock, self.directory)
            yield

    def settings(self) -> dict[str, Any]:
        """Port and token of the last run; a broken file counts for nothing."""
        try:
            found = json.loads((self.directory / "settings.json").read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, name: str, text: str) -> None:
        """Write a file 0600, whole or not at all."""
        path = self.directory / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as f:
            f.write(text)
        path.replace(self.directory / name)


def _lock(lock: IO[str], directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(f"a sandbox runs on {directory} already") from None


def _tls(state: State) -> ssl.SSLContext:
    """The certificate of the last run, or a new one."""
    from tiller.sandbox import certificates

    pem = state.directory / "tls.pem"
    if not pem.exists() or not (state.directory / "ca.crt").exists():
        made = certificates.make(time.time())
        state.write("tls.pem", made.server.decode())
        state.write("ca.crt", made.ca.decode())
    return certificates.context(pem)


def _door(listen: str, last: Any, tls: ssl.SSLContext) -> Door:
    host, colon, text = listen.rpartition(":")
    if not colon or not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise HelmError(f"--listen wants HOST:PORT, not {listen!r}")
    host, port = host.strip("[]"), int(text)
    if port == 0 and isinstance(last, int) and 0 < last < 65536:
        with contextlib.suppress(OSError):
            return Door(host, last, tls)
    try:
        return Door(host, port, tls)
    except OSError as e:
        raise HelmError(f"cannot listen on {listen}: {os.strerror(e.errno or errno.EIO)}") from None


def _kubeconfig(server: str, token: str, ca: bytes) -> str:
    name = "sandbox"
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(ca).decode()}
    return yaml.dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )


def run(options: argparse.Namespace, environment: Mapping[str, str], wait: Callable[[], object]) -> None:
    """Serve until ``wait`` returns. Raises HelmError where the sandbox cannot start."""
    state = State(Path(options.state))
    with state.held():
        settings = state.settings()
        token = settings.get("token")
        if not isinstance(token, str) or len(token) < 20:
            token = secrets.token_urlsafe(32)
        door = _door(options.listen, settings.get("port"), _tls(state))
        state.write("settings.json", json.dumps({"port": door.port, "token": token}) + "\n")
        state.write(
            "kubeconfig", _kubeconfig(f"https://{door.authority}", token, (state.directory / "ca.crt").read_bytes())
        )
        base = {k: environment[k] for k in _INHERITED if k in environment}
        runner = Processes(state.directory / "pods", state.kubeconfig, base) if options.spawn else None
        (state.directory / "sandbox.db").touch(mode=0o600)
        disk = Disk(state.directory / "sandbox.db")
        try:
            tokens = {token: User()}
            api = Api(Store(disk), tokens=tokens, runner=runner, ready_after=options.ready_after)
            door.open(api)
            state.write("sandbox.json", json.dumps(_description(door, token, state)) + "\n")
            wait()
        finally:
            state.running.unlink(missing_ok=True)
            door.close()
            if runner is not None:
                runner.close()
            disk.close()


def _description(door: Door, token: str, state: State) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "server": f"http://{door.authority}",
        "tls": f"https://{door.authority}",
        "host": door.host,
        "port": door.port,
        "token": token,
        "version": GIT_VERSION,
        "started": timestamp(time.time()),
        "kubeconfig": str(state.kubeconfig),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tiller.sandbox", description="An embedded Kubernetes API on loopback."
    )
    parser.add_argument("--state", required=True, metavar="DIR", help="where its files live")
    parser.add_argument(
        "--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="loopback address; port 0: as last time, or any"
    )
    parser.add_argument("--no-spawn", dest="spawn", action="store_false", help="start no process for tiller pods")
    parser.add_argument(
        "--ready-after", type=float, default=0.0, metavar="SECONDS", help="pods turn ready that much later"
    )
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        run(options, os.environ, ended.wait)
    except HelmError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"Error: {error.filename or options.state}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
