"""The sandbox's door for other processes: HTTP/1.1 on loopback, keep-alive, chunked streams, port-forward."""

from __future__ import annotations

import select
import socket
import ssl
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from helmpy import spdy
from helmpy.errors import HelmError
from tiller.kube.transport import Request, Response
from tiller.sandbox import call, portforward, spdyforward
from tiller.sandbox.api import Api, Stream
from tiller.sandbox.status import Refusal, bad_request, too_large

IDLE_SECONDS = 300.0  # a connection on which nothing comes is closed
HANDSHAKE_SECONDS = 10.0
TICK_SECONDS = 0.25
TLS_HANDSHAKE = b"\x16"  # the first byte of a TLS connection; no HTTP method begins with it


class NotLoopback(HelmError):
    """The sandbox speaks plain HTTP, so it listens on this machine only."""

    def __init__(self, host: str) -> None:
        super().__init__(f"the sandbox listens on loopback addresses only, not on {host!r}")


class Door:
    """Serves ``api`` on a loopback address. Port 0 takes any free one; with ``tls``, TLS and plain HTTP both."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        if host != "localhost" and not _is_loopback(host):
            raise NotLoopback(host)
        self._server = _Server((host, port), _Handler)
        self._server.tls = tls
        self.host, self.port = host, int(self._server.server_address[1])
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def authority(self) -> str:
        """``HOST:PORT`` as it stands in a URL."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def open(self, api: Api) -> None:
        """Answer from now on, in threads of its own."""
        self._server.api = api
        for target in (self._server.serve_forever, lambda: self._tick(api)):
            thread = threading.Thread(target=target, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _tick(self, api: Api) -> None:
        while not self._stop.wait(TICK_SECONDS):
            api.tick()

    def close(self) -> None:
        """Stop answering; open streams end with their next line."""
        self._stop.set()
        self._server.closing.set()
        if self._threads:
            self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(timeout=5)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    block_on_close = False  # streams may be open; the process ends anyway
    api: Api
    tls: ssl.SSLContext | None = None

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.closing = threading.Event()
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or never spoke TLS properly, is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        """In the connection's own thread, so that a slow handshake holds nobody up."""
        self.request.settimeout(HANDSHAKE_SECONDS)
        if self.server.tls is not None and self.request.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        if isinstance(self.request, ssl.SSLSocket):
            self.request.close()  # the server knows only the socket below

    def _answer(self) -> None:
        try:
            request = self._request()
        except Refusal as refusal:
            self.close_connection = True
            self._send(refusal.response())
            return
        if self.headers.get("upgrade"):
            self._upgrade(request)
            return
        try:
            answer = self.server.api.answer(request)
        except Exception as e:  # the door stays open whatever breaks behind it; the log tells
            traceback.print_exc()
            answer = Refusal(500, "InternalError", f"Internal error occurred: {type(e).__name__}", {}).response()
        if isinstance(answer, Response):
            self._send(answer)
        else:
            self._stream(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - http.server's names

    def _request(self) -> Request:
        target = urlsplit(self.path)
        pairs = tuple(parse_qsl(target.query, keep_blank_values=True))
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            known = headers.get(name.lower())
            headers[name.lower()] = value if known is None else f"{known}, {value}"
        return Request(self.command, target.path or "/", pairs, headers, self._body())

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding"):
            raise Refusal(411, "LengthRequired", "a body needs a Content-Length", {})
        text = self.headers.get("content-length", "0").strip()
        if not text.isascii() or not text.isdigit() or len(text) > 15:
            raise bad_request("Content-Length is no number")
        if int(text) > call.MAX_BODY:
            raise too_large(call.MAX_BODY)
        return self.rfile.read(int(text))

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(response.body)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _stream(self, answer: Stream) -> None:
        self.send_response(200)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        lines: Iterator[bytes] = answer.lines
        try:
            for line in lines:
                if self.server.closing.is_set() or (not line and self._client_is_gone()):
                    break
                if line:
                    self.wfile.write(b"%x\r\n%b\n\r\n" % (len(line) + 1, line))
            self.wfile.write(b"0\r\n\r\n")
        except (ConnectionError, TimeoutError, ssl.SSLError):
            self.close_connection = True
        finally:
            close: Callable[[], None] | None = getattr(lines, "close", None)
            if close is not None:
                close()

    def _client_is_gone(self) -> bool:
        """While a stream runs a client says nothing, unless it ends."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable)

    def _upgrade(self, request: Request) -> None:
        self.close_connection = True
        try:
            if self.headers["upgrade"].lower() == spdy.VERSION.lower():
                self._forward_by_spdy(request)
                return
            targets = portforward.targets(self.server.api, request)
        except Refusal as refusal:
            self._send(refusal.response())
            return
        lines = [f"{self.command} {self.path} HTTP/1.1", *(f"{k}: {v}" for k, v in self.headers.items()), "", ""]
        portforward.serve("\r\n".join(lines).encode("latin-1"), targets, self.connection)

    def _forward_by_spdy(self, request: Request) -> None:
        """Answer a client of Helm 2's time; raises a Refusal."""
        api = self.server.api
        pod = portforward.pod_of(api, request)
        if spdyforward.PROTOCOL not in request.headers.get("x-stream-protocol-version", ""):
            raise Refusal(403, "Forbidden", f"unable to upgrade: {spdyforward.PROTOCOL} is spoken here", {})
        self.send_response(101)
        for name, value in (("connection", "Upgrade"), ("upgrade", spdy.VERSION)):
            self.send_header(name, value)
        self.send_header("x-stream-protocol-version", spdyforward.PROTOCOL)
        self.end_headers()
        spdyforward.serve(self.connection, lambda port: portforward.Target(port, api.controllers.port_of(pod, port)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing per request: tokens and names need not be in a log."""
