"""Connections against a server that answers in all the ways that HTTP/1.1 knows, and some that it does not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import urllib3

from tiller.kube.connections import Connections
from tiller.kube.transport import Request, Response, Unreachable

LONG = b"x" * 300_000


@dataclass
class Server:
    """Answers each connection's requests with its script: bytes to say, None to close."""

    scripts: list[list[bytes | None]]
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0

    def open(self) -> int:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        port: int = self.socket.getsockname()[1]
        return port

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        threads = []
        for script in self.scripts:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                break
            self.connections += 1
            threads.append(threading.Thread(target=self._answer, args=(connection, script)))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _answer(self, connection: socket.socket, script: list[bytes | None]) -> None:
        with connection:
            for answer in script:
                if answer is None:
                    return
                request = b""
                while not self._ended(request):
                    data = connection.recv(65536)
                    if not data:
                        return
                    request += data
                self.heard.append(request)
                connection.sendall(answer)
            connection.recv(1)  # until the other side ends it

    @staticmethod
    def _ended(request: bytes) -> bool:
        head, end, body = request.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return bool(end) and len(body) >= int(length or 0)


Opened = tuple[Server, Connections]
Open = Callable[..., Opened]


@pytest.fixture
def serve() -> Iterator[Open]:
    made: list[Server] = []
    connections: list[Connections] = []

    def open_(*scripts: list[bytes | None], path: str = "") -> Opened:
        server = Server(list(scripts))
        made.append(server)
        port = server.open()
        pool = urllib3.HTTPConnectionPool("127.0.0.1", port)
        connections.append(Connections(pool, f"http://127.0.0.1:{port}{path}", 4))
        return server, connections[-1]

    yield open_
    for each in connections:
        each.close()
    for server in made:
        server.close()


def sized(body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n%s" % (len(body), more, body)


def get(connections: Connections, path: str = "/version", timeout: float = 5.0) -> Response:
    return connections.send(Request("GET", path), {"accept": "application/json"}, timeout)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (sized(b"hello"), b"hello"),
        (sized(b""), b""),
        (sized(LONG), LONG),
        (CHUNKED, b"abcde"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + sized(b"after"), b"after"),
    ],
)
def test_a_connection_is_used_again(serve: Open, answer: bytes, body: bytes) -> None:
    server, connections = serve([answer, answer, answer])
    for _ in range(3):
        assert get(connections).body == body
    assert server.connections == 1


def test_what_is_sent(serve: Open) -> None:
    server, connections = serve([sized(b""), sized(b"")], path="/k8s/clusters/c1/")
    query = (("labelSelector", "a=b"), ("limit", "5"))
    connections.send(Request("GET", "/api/v1", query), {"accept": "a", "authorization": "Bearer t"}, 5)
    connections.send(Request("POST", "/api/v1", body=b'{"a": "\xc3\xa9"}'), {"content-type": "application/json"}, 5)
    authority = f"127.0.0.1:{server.socket.getsockname()[1]}"
    assert [each.decode().split("\r\n") for each in server.heard] == [
        [
            "GET /k8s/clusters/c1/api/v1?labelSelector=a%3Db&limit=5 HTTP/1.1",
            f"host: {authority}",
            "accept: a",
            "authorization: Bearer t",
            "",
            "",
        ],
        [
            "POST /k8s/clusters/c1/api/v1 HTTP/1.1",
            f"host: {authority}",
            "content-type: application/json",
            "content-length: 11",
            "",
            '{"a": "é"}',
        ],
    ]


def test_status_and_headers(serve: Open) -> None:
    _, connections = serve([b"HTTP/1.1 429 Too Many\r\nRetry-After: 2\r\nContent-Length: 2\r\n\r\n{}"])
    answer = get(connections)
    assert (answer.status, answer.headers["retry-after"], answer.body) == (429, "2", b"{}")


@pytest.mark.parametrize(
    "first",
    [
        [sized(b"one", b"Connection: close\r\n")],
        [sized(b"one"), None],
        [b"HTTP/1.1 200 OK\r\n\r\none", None],
        [b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\none"],
    ],
)
def test_a_connection_that_the_server_ends_is_not_used_again(serve: Open, first: list[bytes | None]) -> None:
    server, connections = serve(first, [sized(b"two")])
    assert get(connections).body == b"one"
    time.sleep(0.05)  # until its end has come to us
    assert get(connections).body == b"two"
    assert server.connections == 2


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour", None],
            "closed the connection before its answer was whole",
        ),
        ([CHUNKED[:-8], None], "closed the connection before its answer was whole"),
        ([b"HTTP/1.1 200", None], "closed the connection before its answer was whole"),
        ([b"", None], "closed the connection before its answer was whole"),
        ([b"SSH-2.0-OpenSSH_9\r\n"], "HTTP"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"], "(?i)chunk"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour"], "timed out"),
    ],
)
def test_an_answer_that_is_none(serve: Open, script: list[bytes | None], words: str) -> None:
    server, connections = serve(script, [sized(b"two")])
    with pytest.raises(Unreachable, match=words):
        get(connections, timeout=0.3)
    assert get(connections).body == b"two"
    assert server.connections == 2


def test_a_header_cannot_bring_another_one(serve: Open) -> None:
    _, connections = serve([sized(b"")])
    with pytest.raises(Unreachable, match="line break"):
        connections.send(Request("GET", "/"), {"authorization": "Bearer t\r\nx: y"}, 5)
    assert get(connections).status == 200


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pool = urllib3.HTTPConnectionPool("127.0.0.1", port)
    with pytest.raises(Unreachable, match=f"http://127.0.0.1:{port}: "):
        get(Connections(pool, f"http://127.0.0.1:{port}", 4))


def test_many_threads_share_the_connections(serve: Open) -> None:
    answers: list[bytes | None] = [sized(LONG)] * 40
    server, connections = serve(*([answers] * 8))
    with ThreadPoolExecutor(4) as pool:
        bodies = list(pool.map(lambda _: get(connections).body, range(40)))
    assert bodies == [LONG] * 40
    assert server.connections <= 4
