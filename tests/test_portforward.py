"""One port of a pod: over WebSocket, and over SPDY where an API server takes nothing else."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from kubernetes import client

from helmpy.kubeapi import KubeApi
from helmpy.portforward import ForwardError, open_port
from helmpy.tunnel import Tunnel
from tiller.sandbox import spdyforward
from tiller.sandbox.portforward import Target

PORT = 44134


@dataclass
class Server:
    """An API server of before WebSockets: it refuses them, and forwards one port by SPDY."""

    echo: tuple[str, int] | None
    websocket: int = 400
    spdy: int = 101
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def api(self) -> KubeApi:
        configuration = client.Configuration()
        configuration.host = self.url
        configuration.api_key = {"authorization": "Bearer secret"}
        return KubeApi(client.ApiClient(configuration))


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._noted()
            self._refuse(server.websocket)

        def do_POST(self) -> None:
            self._noted()
            if server.spdy != 101:
                self._refuse(server.spdy)
                return
            self.close_connection = True
            self.send_response(101)
            self.send_header("Connection", "Upgrade")
            self.send_header("Upgrade", "SPDY/3.1")
            self.end_headers()
            spdyforward.serve(self.connection, lambda port: Target(port, server.echo))

        def _noted(self) -> None:
            server.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))

        def _refuse(self, status: int) -> None:
            body = json.dumps({"kind": "Status", "message": f"{self.command} is not for you"}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            pass

    return Handler


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_echo, args=(listener,), daemon=True).start()
        found = Server(listener.getsockname())
        door = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
        door.daemon_threads = True
        found.url = f"http://127.0.0.1:{door.server_address[1]}"
        threading.Thread(target=door.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield found
        finally:
            door.shutdown()
            door.server_close()


def _echo(listener: socket.socket) -> None:
    """Send back what comes, in capitals, until the other side ends."""
    while True:
        try:
            here, _ = listener.accept()
        except OSError:
            return
        with here:
            while data := here.recv(65536):
                here.sendall(data.upper())


def _all(port: socket.socket) -> bytes:
    found = b""
    while data := port.recv(65536):
        found += data
    return found


@pytest.mark.parametrize("status", [400, 403, 405, 426, 500, 501])
def test_spdy_where_there_are_no_websockets(server: Server, status: int) -> None:
    server.websocket = status
    port = open_port(server.api(), "kube-system", "tiller-1", PORT)
    port.sendall(b"hello")
    assert port.recv(5) == b"HELLO"
    port.shutdown(socket.SHUT_WR)
    assert port.recv(5) == b""
    port.close()
    (first, _, _), (second, path, headers) = server.asked
    assert (first, second, path) == ("GET", "POST", "/api/v1/namespaces/kube-system/pods/tiller-1/portforward")
    assert headers["upgrade"] == "SPDY/3.1"
    assert headers["x-stream-protocol-version"] == "portforward.k8s.io"
    assert headers["authorization"] == "Bearer secret"


def test_much_goes_both_ways(server: Server) -> None:
    port = open_port(server.api(), "kube-system", "tiller-1", PORT)
    sent = b"0123456789abcdef" * 2**17

    def write() -> None:
        port.sendall(sent)
        port.shutdown(socket.SHUT_WR)

    writer = threading.Thread(target=write)
    writer.start()
    found = b""
    while data := port.recv(65536):
        found += data
    writer.join()
    port.close()
    assert found == sent.upper()


@pytest.mark.parametrize(("status", "methods"), [(401, ["GET"]), (404, ["GET"])])
def test_who_is_not_let_in_does_not_ask_twice(server: Server, status: int, methods: list[str]) -> None:
    server.websocket = status
    with pytest.raises(ForwardError, match=str(status)):
        open_port(server.api(), "kube-system", "tiller-1", PORT)
    assert [method for method, _, _ in server.asked] == methods


def test_a_refusal_is_told_in_the_servers_words(server: Server) -> None:
    server.websocket = server.spdy = 403
    with pytest.raises(ForwardError, match=r"^POST is not for you$"):
        open_port(server.api(), "kube-system", "tiller-1", PORT)


def test_a_port_where_nobody_listens(server: Server) -> None:
    server.echo = None
    with Tunnel(server.api(), "kube-system", "tiller-1") as tunnel:
        host, _, port = tunnel.address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as here:
            assert _all(here) == b""
        assert str(tunnel.failure) == (
            "cannot forward a port to pod kube-system/tiller-1: error forwarding port 44134: "
            "unable to do port forwarding: nothing listens there"
        )


def test_a_server_that_is_not_there(server: Server) -> None:
    api = server.api()
    with socket.create_server(("127.0.0.1", 0)) as free:
        api.client.configuration.host = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ForwardError, match="refused"):
        open_port(api, "kube-system", "tiller-1", PORT)


def test_a_tunnel_goes_by_spdy(server: Server) -> None:
    with Tunnel(server.api(), "kube-system", "tiller-1") as tunnel:
        host, _, port = tunnel.address.rpartition(":")
        for word in (b"one", b"two"):
            with socket.create_connection((host, int(port)), timeout=10) as here:
                here.sendall(word)
                here.shutdown(socket.SHUT_WR)
                assert _all(here) == word.upper()
