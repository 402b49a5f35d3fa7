"""One port of a pod, through the API server: over WebSocket, over SPDY where the server wants that.

Servers of before Kubernetes 1.7 know SPDY only, some proxies let nothing else through, and a role that allows
no more than to `create` a port-forward (all that Helm 2 needs) does not allow a WebSocket, which is a `get`.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
import time
from typing import Any, Protocol
from urllib.parse import urlsplit

from helmpy import spdy
from helmpy.errors import HelmError
from helmpy.gocompat.x509 import as_go
from helmpy.kubeapi import KubeApi

PROTOCOL = "portforward.k8s.io"  # of Kubernetes, inside SPDY
_SECONDS = 30.0  # to connect, and to answer the request
_CHUNK = 64 * 1024
_TICK = 1.0  # seconds between two looks whether anybody still listens
_MAX_ANSWER = 64 * 1024  # bytes of an answer to a request
_SWITCHED = 101  # HTTP's status for another protocol from here on
_FINAL = (401, 404)  # answers that are the same whichever protocol is asked for


class ForwardError(HelmError):
    """The API server does not carry the port."""


class Forward(Protocol):
    """A connection to the port, used as a socket. When all is over ``failure`` says why, if that was no good end."""

    @property
    def failure(self) -> str: ...
    def recv(self, size: int, /) -> bytes: ...
    def sendall(self, data: bytes, /) -> None: ...
    def shutdown(self, how: int, /) -> None: ...
    def close(self) -> None: ...


def open_port(api: KubeApi, namespace: str, pod: str, port: int) -> Forward:
    """One connection to a port of a pod. Raises ForwardError."""
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/portforward"
    try:
        return _by_websocket(api, path, port)
    except _Refused as refused:
        if refused.status in _FINAL:
            raise
    return by_spdy(api, path, port)


class _Refused(ForwardError):
    """The server answered, and not as a WebSocket's does."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _by_websocket(api: KubeApi, path: str, port: int) -> Forward:
    # Not through CoreV1Api, which is the library's own way: it loads every type of pods, 0.2 s.
    from kubernetes.stream.ws_client import portforward_call

    try:
        forward = portforward_call(  # type: ignore[no-untyped-call]  # the library ships no types
            api.client.configuration,
            "GET",
            f"{api.host.rstrip('/')}{path}",
            query_params=[("ports", str(port))],
            headers={name.lower(): value for name, value in api.credentials().items()},
        )
    except Exception as error:  # the library lets through whatever its WebSocket raises
        text = getattr(error, "reason", None) or str(error)
        status = getattr(error.__context__, "status_code", None)
        raise (_Refused(text, status) if status else ForwardError(text)) from error
    return _WebSocketForward(forward, port)


class _WebSocketForward:
    def __init__(self, forward: Any, port: int) -> None:
        self._forward = forward
        self._port = port
        self._socket: socket.socket = forward.socket(port)

    @property
    def failure(self) -> str:
        return str(self._forward.error(self._port) or "")

    def recv(self, size: int, /) -> bytes:
        return self._socket.recv(size)

    def sendall(self, data: bytes, /) -> None:
        self._socket.sendall(data)

    def shutdown(self, how: int, /) -> None:
        self._socket.shutdown(how)

    def close(self) -> None:
        self._socket.close()


def by_spdy(api: KubeApi, path: str, port: int) -> Forward:
    """The port by the protocol that Helm 2 speaks. Raises ForwardError."""
    wire = None
    try:
        wire = _connected(api)
        rest = _upgraded(wire, api, path)
    except (OSError, ValueError) as error:
        if wire is not None:
            wire.close()
        raise ForwardError(getattr(error, "strerror", None) or str(error)) from error
    except ForwardError:
        assert wire is not None, "somebody answered"
        wire.close()
        raise
    return SpdyForward(wire, port, rest)


def _connected(api: KubeApi) -> socket.socket:
    """A connection to the API server, through the proxy and with the certificates of the kubeconfig."""
    from http.client import HTTPConnection, HTTPSConnection

    settings = api.client.configuration
    target = urlsplit(api.host)
    proxy = urlsplit(settings.proxy) if settings.proxy else None
    place = proxy or target
    door: HTTPConnection
    if target.scheme == "https":
        door = HTTPSConnection(place.hostname or "", place.port or 443, timeout=_SECONDS, context=_trust(settings))
    else:
        door = HTTPConnection(place.hostname or "", place.port or 80, timeout=_SECONDS)
    if proxy is not None:
        default = 443 if target.scheme == "https" else 80
        door.set_tunnel(target.hostname or "", target.port or default, headers=dict(settings.proxy_headers or {}))
    door.connect()
    found: socket.socket = door.sock
    return found


def _trust(settings: Any) -> ssl.SSLContext:
    """What the server's certificate is checked with, and the user's own."""
    context = as_go(ssl.create_default_context(cafile=settings.ssl_ca_cert or None))
    if not settings.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif settings.assert_hostname is False:
        context.check_hostname = False
    if settings.cert_file:
        context.load_cert_chain(settings.cert_file, settings.key_file or None)
    return context


def _upgraded(wire: socket.socket, api: KubeApi, path: str) -> bytes:
    """Ask for SPDY; return what came after the answer. Raises ForwardError where it is refused."""
    base = urlsplit(api.host)
    headers = {
        "Host": base.netloc,
        "User-Agent": "Helm",
        "Content-Length": "0",
        "Connection": "Upgrade",
        "Upgrade": spdy.VERSION,
        "X-Stream-Protocol-Version": PROTOCOL,
        **api.credentials(),
    }
    lines = [f"POST {base.path.rstrip('/')}{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    wire.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _MAX_ANSWER:
        data = wire.recv(_CHUNK)
        if not data:
            break
        answer += data
    head, _, rest = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if status != [str(_SWITCHED).encode()]:
        raise ForwardError(_refusal(head, _body(wire, head, rest)))
    return rest


def _body(wire: socket.socket, head: bytes, rest: bytes) -> bytes:
    """What a refusal says, as far as its length is told."""
    lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    wanted = int(lengths[0]) if lengths and lengths[0].strip().isdigit() else 0
    while len(rest) < min(wanted, _MAX_ANSWER):
        data = wire.recv(_CHUNK)
        if not data:
            break
        rest += data
    return rest


def _refusal(head: bytes, body: bytes) -> str:
    try:
        message = json.loads(body)["message"]
    except (ValueError, KeyError, TypeError):
        message = ""
    line = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")[2]
    return str(message) or f"the API server answers {line or 'nothing'}"


class SpdyForward:
    """A connection to a port over SPDY, used as a socket.

    A connection has two streams, of data and of errors. What comes on the latter ends it, and is ``failure``.
    A thread of its own speaks to the server, as TLS wants to be spoken by one.
    """

    def __init__(self, wire: socket.socket, port: int, came: bytes = b"") -> None:
        self.failure = ""
        self._wire = wire
        self._closed = False
        self._ended: set[int] = set()  # streams on which the server says no more
        self._session = spdy.Session()
        self._near, self._far = socket.socketpair()
        about = {"port": str(port), "requestid": "0"}
        self._errors, first = self._session.open({"streamtype": "error", **about}, fin=True)
        self._stream, second = self._session.open({"streamtype": "data", **about})
        threading.Thread(target=self._run, args=(first + second, came), name="port-forward", daemon=True).start()

    def recv(self, size: int, /) -> bytes:
        return self._near.recv(size)

    def sendall(self, data: bytes, /) -> None:
        self._near.sendall(data)

    def shutdown(self, how: int, /) -> None:
        self._near.shutdown(how)

    def close(self) -> None:
        self._closed = True
        self._near.close()

    def _run(self, first: bytes, came: bytes) -> None:
        try:
            self._wire.settimeout(_SECONDS)
            self._wire.sendall(first)
            self._take(came)
            self._carry()
        except (OSError, spdy.SpdyError) as error:
            self.failure = self.failure or str(error)
        finally:
            self._wire.close()
            self._far.close()

    def _carry(self) -> None:
        """Until the pod has said all, and the server what went wrong, if it says that in time."""
        said_all, end = False, 0.0
        while not (said_all and self._closed):
            if {self._stream, self._errors} <= self._ended:
                return
            if self._stream in self._ended:
                end = end or time.monotonic() + _TICK
                if time.monotonic() >= end:
                    return
            waited_for = [self._wire] if said_all or end else [self._wire, self._far]
            readable, _, _ = select.select(waited_for, [], [], _TICK if said_all or end else None)
            if self._far in readable:
                data = self._far.recv(_CHUNK)
                said_all = not data
                self._wire.sendall(self._session.data(self._stream, data, fin=said_all))
            if self._wire in readable and self._has_ended():
                return

    def _has_ended(self) -> bool:
        """Take what the server sent; whether it has gone."""
        while True:
            came = self._wire.recv(_CHUNK)
            if not came:
                return True
            self._take(came)
            if not (isinstance(self._wire, ssl.SSLSocket) and self._wire.pending()):
                return False  # else something is decrypted already, and select would not tell of it

    def _take(self, came: bytes) -> None:
        for event in self._session.receive(came):
            if isinstance(event, spdy.Ping):
                self._wire.sendall(event.answer)
            elif isinstance(event, spdy.Data) and event.stream == self._errors:
                self.failure += event.data.decode(errors="replace")
            elif isinstance(event, spdy.Data) and event.stream == self._stream:
                self._far.sendall(event.data)
            if event.fin:
                self._ended.add(event.stream)
            if self.failure and self._errors in self._ended:
                self._ended.add(self._stream)
