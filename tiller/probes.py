"""What a kubelet and a Prometheus ask over HTTP: /liveness, /readiness, /metrics.

Served by threads of its own, so a server busy with long calls still looks alive.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from helmpy.errors import HelmError
from tiller.metrics import Metrics

REQUEST_TIMEOUT = 10.0  # seconds for a whole request: a silent caller must not hold a thread


class ProbeError(HelmError):
    """The probes' address cannot be served."""


@dataclass(frozen=True, slots=True)
class Probes:
    """A running probe server."""

    port: int
    _server: ThreadingHTTPServer

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()


class _DualStack(ThreadingHTTPServer):
    """Listens on IPv6 and IPv4 alike where the address is empty, as Go does."""

    address_family = socket.AF_INET6
    daemon_threads = True

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


class _SingleStack(ThreadingHTTPServer):
    daemon_threads = True


def serve_probes(listen: str, metrics: Metrics) -> Probes:
    """Serve at ``HOST:PORT`` (``:PORT`` for all addresses) and return at once; raises ProbeError."""
    host, _, port = listen.rpartition(":")

    class Handler(_Handler):
        pages = metrics

    host = host.strip("[]")
    kind = _SingleStack if host and ":" not in host else _DualStack
    try:
        server = kind((host, int(port)), Handler)
    except (OSError, ValueError, OverflowError) as error:
        raise ProbeError(f"Probes server died: listen tcp {listen}: {error}") from error
    threading.Thread(target=server.serve_forever, name="probes", daemon=True).start()
    return Probes(server.server_address[1], server)


class _Handler(BaseHTTPRequestHandler):
    pages: Metrics
    timeout = REQUEST_TIMEOUT

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in ("/liveness", "/readiness"):
            self._answer(HTTPStatus.OK, "")
        elif path == "/metrics":
            self._answer(HTTPStatus.OK, self.pages.text())
        else:
            self._answer(HTTPStatus.NOT_FOUND, "404 page not found\n")

    def _answer(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """A probe every ten seconds is no news."""
