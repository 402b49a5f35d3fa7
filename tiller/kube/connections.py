"""Connections to an API server, kept and used again, and what goes over them: HTTP/1.1.

How a connection is made, with its certificates and names, is urllib3's; requests and answers are
put on it here, as an upgrade is fifty small ones: they take a sixth of the processor's time.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from tiller.kube.transport import Request, Response, Unreachable

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool
    from urllib3.connection import HTTPConnection

PIECE = 64 * 1024  # bytes that are read at once
CONNECT_TIMEOUT = 30.0  # seconds


class Connections:
    """The connections to one server; safe to use from many threads.

    ``base`` is its URL, maybe with a path; ``most`` how many are kept that nobody uses.
    """

    def __init__(self, pool: HTTPConnectionPool, base: str, most: int) -> None:
        parts = urlsplit(base)
        self._base = base
        self._authority = parts.netloc.rpartition("@")[2]
        self._prefix = parts.path.rstrip("/")
        self._pool = pool
        self._most = most
        self._lock = threading.Lock()
        self._idle: list[HTTPConnection] = []  # the last one that was used is used next
        self.close = weakref.finalize(self, _close, self._idle)

    def send(self, request: Request, headers: Mapping[str, str], timeout: float) -> Response:
        """Send a request with these headers; ``timeout`` in seconds for each piece. Raises Unreachable."""
        from httptools import HttpParserError
        from urllib3.exceptions import HTTPError

        message = self._written(request, headers)
        try:
            connection = self._connection()
        except (HTTPError, OSError) as error:
            raise Unreachable(f"{self._base}: {error}") from None
        try:
            connection.sock.settimeout(timeout)
            connection.sock.sendall(message)
            answer = _read(connection.sock)
        except (HttpParserError, OSError) as error:
            connection.close()
            raise Unreachable(f"{self._base}: {str(error) or type(error).__name__}") from None
        except BaseException:
            connection.close()
            raise
        self._keep(connection, reusable=answer.reusable)
        return Response(answer.status, answer.headers, b"".join(answer.body))

    def _written(self, request: Request, headers: Mapping[str, str]) -> bytes:
        target = self._prefix + request.path
        if request.query:
            target += "?" + urlencode(request.query)
        lines = [f"{request.method} {target} HTTP/1.1", f"host: {self._authority}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if request.body or request.method not in ("GET", "DELETE"):
            lines.append(f"content-length: {len(request.body)}")
        if any("\r" in line or "\n" in line for line in lines):
            raise Unreachable(f"{self._base}: a header with a line break cannot be sent")
        return "\r\n".join((*lines, "\r\n")).encode() + request.body

    def _connection(self) -> HTTPConnection:
        """One that is open: the server may have closed those that nobody used for a while."""
        from urllib3.util.connection import is_connection_dropped

        while True:
            with self._lock:
                found = self._idle.pop() if self._idle else None
            if found is None:
                break
            if not is_connection_dropped(found):
                return found
            found.close()
        made: Any = self._pool._new_conn()  # noqa: SLF001 - all certificates and names are in its hands
        made.timeout = CONNECT_TIMEOUT
        try:
            made.connect()
        except BaseException:
            made.close()
            raise
        return made  # type: ignore[no-any-return]  # urllib3's type for it is a Protocol

    def _keep(self, connection: HTTPConnection, *, reusable: bool) -> None:
        if reusable:
            with self._lock:
                if len(self._idle) < self._most:
                    self._idle.append(connection)
                    return
        connection.close()


def _close(connections: list[HTTPConnection]) -> None:
    while connections:
        connections.pop().close()


class _Answer:
    """What a parser of httptools found so far."""

    def __init__(self) -> None:
        from httptools import HttpResponseParser

        self._parser = HttpResponseParser(self)
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []
        self.whole = False
        self.reusable = False

    def feed(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        if self.status >= 200:  # below, the answer itself is still to come
            self.whole = True
            self.reusable = self._parser.should_keep_alive()

    def end(self) -> None:
        """The server has closed: the answer is whole if nothing said how long it is."""
        lengths = {"content-length", "transfer-encoding"} & self.headers.keys()
        if not self.status or lengths:
            raise ConnectionResetError("the server closed the connection before its answer was whole")
        self.whole = True


def _read(sock: Any) -> _Answer:
    answer = _Answer()
    while not answer.whole:
        data = sock.recv(PIECE)
        if data:
            answer.feed(data)
        else:
            answer.end()
    return answer
