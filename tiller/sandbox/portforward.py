"""Port-forward over WebSocket (``v4.channel.k8s.io``), as the official Python client and kubectl 1.31 speak it.

Every port has two channels, data and error; a frame's first byte is the channel. Each channel begins
with the port's number, two bytes, low one first.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    TextMessage,
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


@dataclass(frozen=True, slots=True)
class Target:
    """One forwarded port and where it listens on this machine, None where nothing does."""

    port: int
    address: tuple[str, int] | None


def targets(api: Api, request: Request) -> list[Target]:
    """What a port-forward request asks for; raises a Refusal."""
    user = reviews.who(request, api.tokens)
    with api.store.changed:
        found = call.locate(request, api.objects.registry, user)
        if found.subresource != "portforward":
            raise bad_request("only port-forward can upgrade a connection")
        reviews.enforce(api.objects, found, "create")
        pod = reading.find(api.objects, found)
    texts = [text for key, value in request.query if key == "ports" for text in value.split(",")]
    if not texts:
        raise bad_request('query parameter "port" is required')
    if len(texts) > MAX_PORTS or not all(t.isascii() and t.isdigit() and 0 < int(t[:6]) < 65536 for t in texts):
        raise bad_request('query parameter "ports" holds numbers from 1 to 65535')
    return [Target(int(t), api.controllers.port_of(pod, int(t))) for t in texts]


class _Session:
    """One WebSocket connection and the TCP connections behind it."""

    def __init__(self, wire: socket.socket, ports: list[Target]) -> None:
        self.web = WSConnection(ConnectionType.SERVER)
        self.wire = wire
        self.ports = ports
        self.sockets: dict[int, socket.socket] = {}
        self.lock = threading.Lock()
        self.accepted = False
        self.over = False
        self.rest = b""  # of a message that came in parts

    def send(self, event: Event) -> None:
        with self.lock:
            if not self.over:
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
        self.accepted = True
        for n, target in enumerate(self.ports):
            number = struct.pack("<H", target.port)
            self.frame(2 * n, number)
            self.frame(2 * n + 1, number)
            self._connect(n, target)

    def _connect(self, n: int, target: Target) -> None:
        try:
            if target.address is None:
                raise ConnectionRefusedError("nothing listens")
            self.sockets[n] = socket.create_connection(target.address, timeout=5)
            self.sockets[n].settimeout(None)
        except OSError as e:
            words = f"error forwarding port {target.port}: unable to do port forwarding: {e}"
            self.frame(2 * n + 1, words.encode())
            return
        threading.Thread(target=self._pump, args=(n,), daemon=True).start()

    def _pump(self, n: int) -> None:
        """From the pod to the client, until either side ends."""
        try:
            while data := self.sockets[n].recv(CHUNK):
                self.frame(2 * n, data)
        except OSError:
            pass
        self.finish()

    def finish(self) -> None:
        """Say goodbye once; the reading side then ends by itself."""
        try:
            self.send(CloseConnection(code=1000))
        except OSError:
            pass
        except ProtocolError:
            pass  # said already
        self.over = True
        try:
            self.wire.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def message(self, data: bytes) -> None:
        channel, rest = data[0], data[1:]
        target = self.sockets.get(channel // 2)
        if channel % 2 == 0 and target is not None and rest:
            target.sendall(rest)

    def receive(self, data: bytes) -> None:
        self.web.receive_data(data or None)
        for event in self.web.events():
            if isinstance(event, Opening):
                self.begin(event)
            elif isinstance(event, (BytesMessage, TextMessage)):
                part = event.data if isinstance(event, BytesMessage) else event.data.encode()
                self.rest += bytes(part)
                if event.message_finished and self.rest:
                    whole, self.rest = self.rest, b""
                    self.message(whole)
            elif isinstance(event, Ping):
                self.send(event.response())
            elif isinstance(event, CloseConnection):
                self.over = True

    def close(self) -> None:
        self.over = True
        for opened in self.sockets.values():
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            opened.close()


def serve(opening: bytes, ports: list[Target], read: Callable[[int], bytes], wire: socket.socket) -> None:
    """Speak until one side ends. ``opening`` is the client's HTTP request, ``read`` gives what follows."""
    session = _Session(wire, ports)
    wire.settimeout(None)
    try:
        session.receive(opening)
        while session.accepted and not session.over:
            data = read(CHUNK)
            if not data:
                break
            session.receive(data)
    except (OSError, ProtocolError):
        pass  # the other side broke off: nothing is left to tell it
    finally:
        session.close()
