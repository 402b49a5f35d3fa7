from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from helmpy.repo.getter import Access, FetchError, Getters

LOGIN = "Basic " + base64.b64encode(b"ann:secret").decode()


class _Handler(BaseHTTPRequestHandler):
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        self.server.seen.append((self.path, self.headers.get("Authorization", "")))
        self.server.agents.add(self.headers["User-Agent"])
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        status, body, length = {
            "/index.yaml": (200, b"index", 5),
            "/short": (200, b"index", 50),
            "/private": (200 if self.headers.get("Authorization") == LOGIN else 401, b"secret", 6),
        }.get(self.path, (404, b"", 0))
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, str]] = []
        self.agents: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture(name="two")
def _two(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[_Server, _Server]]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    servers = _Server(), _Server()
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


def test_bytes_come_with_progress(two: tuple[_Server, _Server]) -> None:
    heard: list[tuple[int, int]] = []
    data = Getters().get(f"{two[0].url}/index.yaml", Access(), lambda done, total: heard.append((done, total)))
    assert (data, heard) == (b"index", [(5, 5)])
    assert two[0].agents == {"Helm/2.17.0"}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/none", "Failed to fetch {url}/none : 404 Not Found"),
        ("/private", "Failed to fetch {url}/private : 401 Unauthorized"),
    ],
)
def test_what_the_server_refuses(two: tuple[_Server, _Server], path: str, words: str) -> None:
    with pytest.raises(FetchError) as caught:
        Getters().get(two[0].url + path, Access())
    assert caught.value.message == words.format(url=two[0].url)


def test_an_answer_cut_short_is_an_error(two: tuple[_Server, _Server]) -> None:
    with pytest.raises(FetchError, match="/short"):
        Getters().get(f"{two[0].url}/short", Access())


def test_credentials_stay_with_their_host(two: tuple[_Server, _Server]) -> None:
    own, other = two
    access = Access(own.url, "ann", "secret")
    getters = Getters()
    assert getters.get(f"{own.url}/private", access) == b"secret"
    assert getters.get(f"{own.url}/to//private", access) == b"secret"
    with pytest.raises(FetchError, match="401"):
        getters.get(f"{other.url}/private", access)
    with pytest.raises(FetchError, match="401"):
        getters.get(f"{own.url}/to/{other.url}/private", access)
    assert {login for _, login in other.seen} == {""}


def test_netrc_is_left_alone(two: tuple[_Server, _Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ann password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with pytest.raises(FetchError, match="401"):
        Getters().get(f"{two[0].url}/private", Access())


def test_files(tmp_path: Path) -> None:
    (tmp_path / "a b").write_text("x")
    assert Getters().get(f"file://{tmp_path}/a%20b", Access()) == b"x"
    with pytest.raises(FetchError, match="no such file or directory"):
        Getters().get(f"file://{tmp_path}/none", Access())


@pytest.mark.parametrize(
    ("url", "words"),
    [("ftp://h/x", 'scheme "ftp" not supported'), ("http://127.0.0.1:1/x", "connection refused")],
)
def test_what_cannot_be_reached(url: str, words: str) -> None:
    with pytest.raises(FetchError, match=words):
        Getters().get(url, Access())


def test_missing_certificates_are_named(two: tuple[_Server, _Server]) -> None:
    with pytest.raises(FetchError, match=r"open /no\.pem: no such file"):
        Getters().get(two[0].url, Access(two[0].url, ca_file="/no.pem"))


class _Own:
    def get(self, url: str, access: Access, progress: object = None) -> bytes:
        del access, progress
        return url.encode()


def test_more_schemes_can_be_served() -> None:
    assert Getters({"s3": _Own()}.get).get("s3://bucket/x", Access()) == b"s3://bucket/x"
