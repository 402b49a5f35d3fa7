"""A web server that answers as a test says, for what no honest server would."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request: ``what`` is its method and path, with the query."""

    what: str
    authorization: str
    body: bytes


class Web(http.server.ThreadingHTTPServer):
    """``replies`` by method and path without query; several for one are given in turn, the last one for good."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[Asked] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def on(self, what: str, *replies: Reply) -> None:
        self.replies[what] = list(replies)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves before it has read all is what some tests want."""

    def reply(self, what: str) -> Reply:
        known = self.replies.get(what.partition("?")[0], [Reply(404)])
        return known.pop(0) if len(known) > 1 else known[0]


class _Handler(http.server.BaseHTTPRequestHandler):
    def _answer(self) -> None:
        assert isinstance(self.server, Web)
        what = f"{self.command} {self.path}"
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.asked.append(Asked(what, self.headers.get("Authorization", ""), body))
        reply = self.server.reply(what)
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815 - the base class names them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@contextmanager
def web() -> Iterator[Web]:
    server = Web()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
