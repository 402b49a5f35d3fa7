"""Port-forward over SPDY (``portforward.k8s.io``), as Helm 2 and kubectl before 1.31 speak it.

Every connection to a port has two streams of the client's, data and error, with one request's number.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from helmpy import spdy
from tiller.sandbox.portforward import CHUNK, CONNECT_SECONDS, SEND_SECONDS, Target

PROTOCOL = "portforward.k8s.io"
MAX_STREAMS = 1000  # of one connection, at the same time


@dataclass(slots=True)
class _Carried:
    """One connection to a port: its streams and its socket; what each side has still to say."""

    port: int
    data: int = 0
    error: int = 0
    opened: socket.socket | None = None
    client_ended: bool = False
    pod_ended: bool = False


class _Session:
    """One SPDY connection and the TCP connections behind it; one thread, because TLS wants one."""

    def __init__(self, wire: socket.socket, find: Callable[[int], Target]) -> None:
        self.wire = wire
        self.find = find
        self.spdy = spdy.Session(server=True)
        self.carried: dict[str, _Carried] = {}  # by the request's number
        self.over = False

    def send(self, stream: int, data: bytes, *, fin: bool = False) -> None:
        self.wire.sendall(self.spdy.data(stream, data, fin=fin))

    def receive(self, came: bytes) -> None:
        """What came from the client; nothing means that it ended."""
        self.over = self.over or not came
        for event in self.spdy.receive(came):
            if isinstance(event, spdy.Opened):
                self._opened(event)
            elif isinstance(event, spdy.Ping):
                self.wire.sendall(event.answer)
            elif isinstance(event, (spdy.Data, spdy.Reset)):
                self._said(event)

    def _opened(self, event: spdy.Opened) -> None:
        about = event.headers
        port, kind = about.get("port", ""), about.get("streamtype")
        if not (port.isascii() and port.isdigit() and len(port) < 6) or kind not in ("data", "error"):
            raise spdy.SpdyError("a stream of a port-forward tells no port or no type")
        if len(self.carried) >= MAX_STREAMS:
            raise spdy.SpdyError("too many connections to ports")
        one = self.carried.setdefault(about.get("requestid", ""), _Carried(int(port)))
        self.wire.sendall(self.spdy.reply(event.stream))
        if kind == "error":
            one.error = event.stream
        else:
            one.data = event.stream
        if one.data and one.error and one.opened is None:
            self._connect(one)

    def _connect(self, one: _Carried) -> None:
        address = self.find(one.port).address
        try:
            if address is None:
                raise ConnectionRefusedError("nothing listens there")
            one.opened = socket.create_connection(address, timeout=CONNECT_SECONDS)
        except OSError as error:
            words = f"error forwarding port {one.port}: unable to do port forwarding: {error}"
            self.send(one.error, words.encode(), fin=True)
            self.send(one.data, b"", fin=True)
            self._forget(one)
            return
        one.opened.settimeout(SEND_SECONDS)

    def _said(self, event: spdy.Data | spdy.Reset) -> None:
        one = next((one for one in self.carried.values() if one.data == event.stream), None)
        if one is None or one.opened is None:
            return
        if isinstance(event, spdy.Reset):
            self._forget(one)
            return
        try:
            one.opened.sendall(event.data)
            if event.fin:
                one.client_ended = True
                one.opened.shutdown(socket.SHUT_WR)
        except OSError:
            self._end(one)
        if one.client_ended and one.pod_ended:
            self._forget(one)

    def _from_pod(self, one: _Carried) -> None:
        assert one.opened is not None, "it was readable"
        try:
            data = one.opened.recv(CHUNK)
        except OSError:
            data = b""
        if data:
            self.send(one.data, data)
        else:
            self._end(one)

    def _end(self, one: _Carried) -> None:
        """The pod says no more."""
        if not one.pod_ended:
            one.pod_ended = True
            self.send(one.error, b"", fin=True)
            self.send(one.data, b"", fin=True)
        if one.client_ended:
            self._forget(one)

    def _forget(self, one: _Carried) -> None:
        self.carried = {name: other for name, other in self.carried.items() if other is not one}
        if one.opened is not None:
            one.opened.close()

    def run(self) -> None:
        while not self.over:
            pods = {one.opened: one for one in self.carried.values() if one.opened is not None and not one.pod_ended}
            readable, _, _ = select.select([self.wire, *pods], [], [])
            first = readable[0]  # one at a time: what it does may end the others
            if first is self.wire:
                self._from_client()
            else:
                self._from_pod(pods[first])

    def _from_client(self) -> None:
        self.receive(self.wire.recv(CHUNK))
        while not self.over and isinstance(self.wire, ssl.SSLSocket) and self.wire.pending():
            self.receive(self.wire.recv(CHUNK))  # decrypted already: select would not tell of it

    def close(self) -> None:
        for one in self.carried.values():
            if one.opened is not None:
                one.opened.close()


def serve(wire: socket.socket, find: Callable[[int], Target]) -> None:
    """Speak on ``wire`` until one side ends; ``find`` tells where a port listens on this machine."""
    session = _Session(wire, find)
    wire.settimeout(SEND_SECONDS)
    try:
        session.run()
    except (OSError, spdy.SpdyError):
        pass  # the other side broke off, or speaks something else: nothing is left to tell it
    finally:
        session.close()
