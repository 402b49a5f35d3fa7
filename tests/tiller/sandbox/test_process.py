"""The sandbox as a process of its own: its files, its door, restarts, tiller pods and port-forward."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, RejectConnection
from wsproto.events import Request as Opening

from helmpy.gocompat import yaml
from tiller.sandbox.api import memory_api
from tiller.sandbox.http import Door, NotLoopback

START_SECONDS = 20.0


class Process:
    """One sandbox process and how to talk to it."""

    def __init__(self, state: Path, *options: str) -> None:
        self.state = state
        command = [sys.executable, "-m", "tiller.sandbox", "--state", str(state), *options]
        self.child = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=Path(__file__).parents[3])
        until(lambda: (state / "sandbox.json").exists() or self.child.poll() is not None)
        assert self.child.poll() is None, self.child.stderr.read() if self.child.stderr else ""
        self.facts = json.loads((state / "sandbox.json").read_text())
        self.context = ssl.create_default_context(cafile=str(state / "ca.crt"))

    def ask(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        headers = {
            "authorization": f"Bearer {self.facts['token'] if token is None else token}",
            "content-type": "application/json",
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.facts["tls"] + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, context=self.context, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text.startswith(b"{") else text

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.child.send_signal(number)
        code = self.child.wait(15)
        if self.child.stderr:
            assert b"Traceback" not in self.child.stderr.read()
            self.child.stderr.close()
        return code


def until(done: Callable[[], Any]) -> None:
    end = time.monotonic() + START_SECONDS
    while not done():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def make(*options: str) -> Process:
        started.append(Process(tmp_path / "state", *options))
        return started[-1]

    yield make
    for process in started:
        if process.child.poll() is None:
            process.stop()


def test_files_restart_and_second_start(start: Callable[..., Process]) -> None:
    process = start("--no-spawn")
    for name in ("sandbox.json", "kubeconfig", "settings.json", "sandbox.db", "tls.pem", "ca.crt"):
        assert stat.S_IMODE((process.state / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(process.state.stat().st_mode) == 0o700
    assert process.facts["pid"] == process.child.pid
    config = yaml.load((process.state / "kubeconfig").read_text())
    cluster = config["clusters"][0]["cluster"]
    assert cluster["server"] == process.facts["tls"]
    assert base64.b64decode(cluster["certificate-authority-data"]) == (process.state / "ca.crt").read_bytes()
    assert config["users"][0]["user"]["token"] == process.facts["token"]

    second = subprocess.run(
        [sys.executable, "-m", "tiller.sandbox", "--state", str(process.state)],
        capture_output=True, text=True, timeout=20, cwd=Path(__file__).parents[3], check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr == f"Error: a sandbox runs on {process.state} already\n"

    process.ask("POST", "/api/v1/namespaces/default/configmaps", {"metadata": {"name": "kept"}, "data": {"a": "b"}})
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        process.ask("GET", "/api/v1/pods", token="wrong")
    refused.value.close()
    assert process.stop() == 0
    assert not (process.state / "sandbox.json").exists()

    again = start("--no-spawn")
    assert (again.facts["port"], again.facts["token"]) == (process.facts["port"], process.facts["token"])
    assert again.ask("GET", "/api/v1/namespaces/default/configmaps/kept")["data"] == {"a": "b"}
    assert again.stop(signal.SIGINT) == 0


BAD_STARTS = [
    (["--listen", "0.0.0.0:0"], "loopback addresses only"),
    (["--listen", "here"], "--listen wants HOST:PORT"),
    (["--listen", "127.0.0.1:99999"], "--listen wants HOST:PORT"),
]


@pytest.mark.parametrize(("options", "words"), BAD_STARTS)
def test_starts_that_fail_in_one_line(tmp_path: Path, options: list[str], words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tiller.sandbox", "--state", str(tmp_path / "s"), *options],
        capture_output=True, text=True, timeout=20, cwd=Path(__file__).parents[3], check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def tiller_deployment() -> dict[str, Any]:
    labels = {"app": "helm", "name": "tiller"}
    container = {
        "name": "tiller",
        "image": "any",
        "env": [{"name": "TILLER_NAMESPACE", "value": "kube-system"}],
        "ports": [{"containerPort": 44134}],
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {
        "metadata": {"name": "tiller-deploy", "labels": labels},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }


class Forward:
    """A port-forward over WebSocket, as clients open it."""

    def __init__(self, process: Process, pod: str, port: int) -> None:
        plain = socket.create_connection(("127.0.0.1", process.facts["port"]), timeout=10)
        self.wire = process.context.wrap_socket(plain, server_hostname="127.0.0.1")
        self.web = WSConnection(ConnectionType.CLIENT)
        path = f"/api/v1/namespaces/kube-system/pods/{pod}/portforward?ports={port}"
        headers = [(b"authorization", f"Bearer {process.facts['token']}".encode())]
        self.wire.sendall(
            self.web.send(
                Opening(host="127.0.0.1", target=path, subprotocols=["v4.channel.k8s.io"], extra_headers=headers)
            )
        )
        self.accepted = False
        self.frames: list[bytes] = []
        self.over = False

    def read(self) -> None:
        data = self.wire.recv(65536)
        self.web.receive_data(data or None)
        for event in self.web.events():
            if isinstance(event, AcceptConnection):
                assert event.subprotocol == "v4.channel.k8s.io"
                self.accepted = True
            elif isinstance(event, BytesMessage):
                self.frames.append(bytes(event.data))
            elif isinstance(event, (CloseConnection, RejectConnection)):
                self.over = True

    def send(self, data: bytes) -> None:
        self.wire.sendall(self.web.send(BytesMessage(data=b"\x00" + data)))


def test_tiller_pods_run_and_are_reached(start: Callable[..., Process]) -> None:
    process = start()
    where = "/apis/apps/v1/namespaces/kube-system/deployments"
    process.ask("POST", where, tiller_deployment())
    until(lambda: process.ask("GET", f"{where}/tiller-deploy")["status"].get("readyReplicas") == 1)
    pods = "/api/v1/namespaces/kube-system/pods"
    (pod,) = process.ask("GET", pods)["items"]
    name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
    until(lambda: b"Starting Tiller" in process.ask("GET", f"{pods}/{name}/log"))

    forward = Forward(process, name, 44135)
    while len(forward.frames) < 2:
        forward.read()
    assert forward.accepted
    number = (44135).to_bytes(2, "little")
    assert forward.frames == [b"\x00" + number, b"\x01" + number]
    forward.send(b"GET /readiness HTTP/1.0\r\n\r\n")
    while not forward.over:
        forward.read()
    assert b"".join(f[1:] for f in forward.frames[2:]).startswith(b"HTTP/1.0 200")
    forward.wire.close()

    closed = Forward(process, name, 9)
    while len(closed.frames) < 3:
        closed.read()
    assert closed.frames[2] == b"\x01error forwarding port 9: unable to do port forwarding: nothing listens there"
    closed.wire.close()

    children = child_processes(process.child.pid)
    assert len(children) == 1
    os.kill(children[0], signal.SIGKILL)
    until(lambda: process.ask("GET", f"{pods}/{name}")["status"]["containerStatuses"][0]["restartCount"] == 1)
    until(lambda: process.ask("GET", f"{where}/tiller-deploy")["status"].get("readyReplicas") == 1)
    assert (process.state / "pods" / uid).is_dir()

    process.ask("DELETE", f"{where}/tiller-deploy")
    until(lambda: not child_processes(process.child.pid))
    until(lambda: not (process.state / "pods" / uid).exists())
    assert process.stop() == 0


def child_processes(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task")
    if not path.exists():
        pytest.skip("child processes are found through /proc")
    found = [int(c) for task in path.iterdir() for c in text_of(task / "children").split()]
    return [c for c in found if "zombie" not in text_of(Path(f"/proc/{c}/status"))]


def text_of(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):  # a thread or process that just ended
        return ""


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    made.open(memory_api())
    yield made
    made.close()


def test_keep_alive_and_bad_requests(door: Door) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=5)
    for _ in range(3):
        connection.request("GET", "/version")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["major"]) == (200, "1")
    wire = connection.sock
    connection.request("POST", "/api/v1/namespaces/default/configmaps", b"{}", {"Content-Length": "99999999999"})
    assert connection.getresponse().status == 413
    assert wire is not None
    connection.close()
    for raw, code in (
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"400"),
    ):
        with socket.create_connection(("127.0.0.1", door.port), timeout=5) as plain:
            plain.sendall(raw)
            assert plain.recv(4096).split()[1] == code


def test_watches_come_in_chunks(door: Door) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=5)
    connection.request("GET", "/api/v1/namespaces?watch=1&timeoutSeconds=1")
    answer = connection.getresponse()
    assert answer.getheader("transfer-encoding") == "chunked"
    names = [json.loads(line)["object"]["metadata"]["name"] for line in answer.read().splitlines()]
    assert "kube-system" in names
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok"
    connection.close()


def test_upgrades_are_for_port_forward_only(door: Door) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=5)
    connection.request(
        "GET",
        "/api/v1/namespaces/default/pods/x/portforward?ports=1",
        headers={"Upgrade": "websocket", "Connection": "Upgrade"},
    )
    assert connection.getresponse().status == 404
    connection.close()


def test_only_on_loopback() -> None:
    with pytest.raises(NotLoopback):
        Door("192.0.2.1")
