"""Port-forward over WebSocket (``v4.channel.k8s.io``), as the official Python client and kubectl 1.31 speak it.

Every port has two channels, data and error; a frame's first byte is the channel. Each channel begins
with the port's number, two bytes, low one first.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
from dataclasses import dataclass
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
)
from wsproto.events import (
    Request as Opening,
)
from wsproto.utilities import ProtocolError

from tiller.kube.transport import Request
from tiller.sandbox import call, reading, reviews
from tiller.sandbox.api import Api
from tiller.sandbox.status import bad_request

SUBPROTOCOLS = ("v4.channel.k8s.io", "portforward.k8s.io")
MAX_PORTS = 16
CHUNK = 65_536
CONNECT_SECONDS = 5.0
SEND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """One forwarded port and where it listens on this machine, None where nothing does."""

    port: int
    address: tuple[str, int] | None


def pod_of(api: Api, request: Request) -> Any:
    """The pod whose ports a request asks for; raises a Refusal."""
    user = reviews.who(request, api.tokens)
    with api.store.changed:
        found = call.locate(request, api.objects.registry, user)
        if found.subresource != "portforward":
            raise bad_request("only port-forward can upgrade a connection")
        reviews.enforce(api.objects, found, "create")
        return reading.find(api.objects, found)


def targets(api: Api, request: Request) -> list[Target]:
    """What the query of a port-forward request asks for; raises a Refusal."""
    pod = pod_of(api, request)
    texts = [text for key, value in request.query if key == "ports" for text in value.split(",")]
    if not texts:
        raise bad_request('query parameter "port" is required')
    if len(texts) > MAX_PORTS or not all(t.isascii() and t.isdigit() and 0 < int(t[:6]) < 65536 for t in texts):
        raise bad_request('query parameter "ports" holds numbers from 1 to 65535')
    return [Target(int(t), api.controllers.port_of(pod, int(t))) for t in texts]


class _Session:
    """One WebSocket connection and the TCP connections behind it; one thread, because TLS wants one."""

    def __init__(self, wire: socket.socket, ports: list[Target]) -> None:
        self.web = WSConnection(ConnectionType.SERVER)
        self.wire = wire
        self.ports = ports
        self.sockets: dict[socket.socket, int] = {}
        self.over = False
        self.rest = b""  # of a message that came in parts

    def send(self, event: Event) -> None:
        self.wire.sendall(self.web.send(event))

    def frame(self, channel: int, data: bytes) -> None:
        self.send(BytesMessage(data=bytes([channel]) + data))

    def begin(self, opening: Opening) -> None:
        chosen = next((p for p in SUBPROTOCOLS if p in opening.subprotocols), None)
        if chosen is None:
            self.send(RejectConnection(status_code=400))
            self.over = True
            return
        self.send(AcceptConnection(subprotocol=chosen))
        for n, target in enumerate(self.ports):
            number = struct.pack("<H", target.port)
            self.frame(2 * n, number)
            self.frame(2 * n + 1, number)
            self._connect(n, target)

    def _connect(self, n: int, target: Target) -> None:
        try:
            if target.address is None:
                raise ConnectionRefusedError("nothing listens there")
            opened = socket.create_connection(target.address, timeout=CONNECT_SECONDS)
        except OSError as e:
            words = f"error forwarding port {target.port}: unable to do port forwarding: {e}"
            self.frame(2 * n + 1, words.encode())
            return
        opened.settimeout(SEND_SECONDS)
        self.sockets[opened] = n

    def message(self, data: bytes) -> None:
        channel, rest = data[0], data[1:]
        target = next((s for s, n in self.sockets.items() if 2 * n == channel), None)
        if target is not None and rest:
            target.sendall(rest)

    def receive(self, data: bytes) -> None:
        """What came from the client; nothing means that it ended."""
        self.web.receive_data(data or None)
        for event in self.web.events():
            if isinstance(event, Opening):
                self.begin(event)
            elif isinstance(event, BytesMessage):
                self.rest += bytes(event.data)
                if event.message_finished and self.rest:
                    whole, self.rest = self.rest, b""
                    self.message(whole)
            elif isinstance(event, Ping):
                self.send(event.response())
            elif isinstance(event, CloseConnection):
                self.over = True

    def _from_pod(self, source: socket.socket) -> None:
        data = source.recv(CHUNK)
        if data:
            self.frame(2 * self.sockets[source], data)
            return
        del self.sockets[source]
        source.close()
        if not self.sockets:
            self.send(CloseConnection(code=1000))
            self.over = True

    def _from_client(self) -> None:
        self.receive(self.wire.recv(CHUNK))
        while not self.over and isinstance(self.wire, ssl.SSLSocket) and self.wire.pending():
            self.receive(self.wire.recv(CHUNK))  # decrypted already: select would not tell of it

    def run(self) -> None:
        while not self.over:
            readable, _, _ = select.select([self.wire, *self.sockets], [], [])
            first = readable[0]  # one at a time: what it does may end the others
            if first is self.wire:
                self._from_client()
            else:
                self._from_pod(first)

    def close(self) -> None:
        for opened in self.sockets:
            opened.close()


def serve(opening: bytes, ports: list[Target], wire: socket.socket) -> None:
    """Speak on ``wire`` until one side ends. ``opening`` is the client's HTTP request."""
    session = _Session(wire, ports)
    wire.settimeout(SEND_SECONDS)
    try:
        session.receive(opening)
        session.run()
    except (OSError, ProtocolError):
        pass  # the other side broke off: nothing is left to tell it
    finally:
        session.close()
