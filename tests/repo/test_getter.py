from __future__ import annotations

import base64
import functools
import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from helmpy.repo import getter
from helmpy.repo.getter import Access, FetchError, Getters
from tests.repo.web import Reply, Web, web

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
        if self.path.startswith("/raw/"):
            self.wfile.write(self.path.removeprefix("/raw/").encode())
            self.close_connection = True
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


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/raw/", "EOF"),
        (
            "/raw/hello",
            'net/http: HTTP/1.x transport connection broken: malformed HTTP response "hello"',
        ),
        ("/short", "unexpected EOF"),
    ],
)
def test_answers_that_are_none(two: tuple[_Server, _Server], path: str, words: str) -> None:
    with pytest.raises(FetchError) as caught:
        Getters().get(f"{two[0].url}{path}", Access())
    assert str(caught.value) == f'Get "{two[0].url}{path}": {words}'


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:99999/x", "dial tcp: address 99999: invalid port"),
        ("http:///x", "http: no Host in request URL"),
    ],
)
def test_nobody_to_ask(url: str, words: str) -> None:
    with pytest.raises(FetchError) as caught:
        Getters().get(url, Access())
    assert str(caught.value) == f'Get "{url}": {words}'


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
    with pytest.raises(FetchError, match=r"can.t read CA file: /no\.pem"):
        Getters().get(two[0].url, Access(two[0].url, ca_file="/no.pem"))


class _Own:
    def get(self, url: str, access: Access, progress: object = None) -> bytes:
        del access, progress
        return url.encode()


def test_more_schemes_can_be_served() -> None:
    assert Getters({"s3": _Own()}.get).get("s3://bucket/x", Access()) == b"s3://bucket/x"


@pytest.fixture(name="site")
def _site() -> Iterator[Web]:
    with web() as server:
        yield server


def test_a_name_and_password_may_stand_in_the_url(site: Web) -> None:
    site.on("GET /x", Reply(200, b"x"))
    assert Getters().get(f"http://ann:s%3Acret@{site.host}/x", Access()) == b"x"
    assert site.asked[0].authorization == "Basic " + base64.b64encode(b"ann:s:cret").decode()
    with pytest.raises(FetchError) as caught:
        Getters().get("http://ann:secret@127.0.0.1:1/x", Access())
    assert caught.value.message == (
        'Get "http://ann:***@127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused'
    )


def test_a_redirect_leads_on_but_not_everywhere(site: Web) -> None:
    for number in range(9):
        site.on(f"GET /{number}", Reply(302, b"", {"Location": f"{number + 1}"}))
    site.on("GET /9", Reply(200, b"end"))
    site.on("GET /round", Reply(301, b"", {"Location": "/round"}))
    site.on("GET /file", Reply(302, b"", {"Location": "file:///etc/passwd"}))
    site.on("GET /bad", Reply(302, b"", {"Location": "http://["}))
    assert Getters().get(f"{site.url}/0", Access()) == b"end"
    for path, words in (
        ("round", "stopped after 10 redirects"),
        ("file", 'scheme "file"'),
        ("bad", "Invalid IPv6 URL"),
    ):
        with pytest.raises(FetchError, match=words):
            Getters().get(f"{site.url}/{path}", Access())


@pytest.mark.parametrize(
    ("url", "there", "covered"),
    [
        ("http://h/a", "http://h/b", True),
        ("http://h/a", "https://h/b", True),
        ("http://h:80/a", "https://h:443/b", True),
        ("http://h:8080/a", "https://h/b", False),
        ("https://h/a", "http://h/b", False),
        ("https://h/a", "https://h:8443/b", False),
        ("https://h/a", "https://h.example/b", False),
    ],
)
def test_where_credentials_may_go(url: str, there: str, *, covered: bool) -> None:
    assert Access(url).covers(there) is covered


def test_indexes_come_compressed(site: Web) -> None:
    packed = gzip.compress(b"index " * 1000)
    site.on("GET /index.yaml", Reply(200, packed, {"Content-Encoding": "gzip"}))
    assert Getters().get(f"{site.url}/index.yaml", Access()) == b"index " * 1000
    site.on("GET /index.yaml", Reply(200, packed[:-10], {"Content-Encoding": "gzip"}))
    with pytest.raises(FetchError, match="unexpected EOF"):
        Getters().get(f"{site.url}/index.yaml", Access())
    site.on("GET /index.yaml", Reply(200, b"index", {"Content-Encoding": "gzip"}))
    with pytest.raises(FetchError, match="gzip: "):
        Getters().get(f"{site.url}/index.yaml", Access())
    site.on("GET /index.yaml", Reply(200, b"index", {"Content-Encoding": "br"}))
    with pytest.raises(FetchError, match="is sent as 'br', which nobody asked for"):
        Getters().get(f"{site.url}/index.yaml", Access())


def test_what_blows_up_is_stopped(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getter, "MAX_BYTES", 10_000)
    site.on("GET /index.yaml", Reply(200, gzip.compress(b"0" * 10_001), {"Content-Encoding": "gzip"}))
    with pytest.raises(FetchError, match="larger than the limit of 10000 bytes"):
        Getters().get(f"{site.url}/index.yaml", Access())


def test_an_archive_stays_one_whatever_its_server_says(site: Web) -> None:
    archive = gzip.compress(b"a tar")
    for sent in (archive, gzip.compress(archive)):
        site.on("GET /a.tgz", Reply(200, sent, {"Content-Encoding": "gzip"}))
        assert Getters().get(f"{site.url}/a.tgz", Access()) == archive
    site.on("GET /a.tgz", Reply(200, b"no gzip", {"Content-Encoding": "gzip"}))
    assert Getters().get(f"{site.url}/a.tgz", Access()) == b"no gzip"


def test_what_has_not_changed_is_not_sent(site: Web) -> None:
    site.on("GET /index.yaml", Reply(200, b"index", {"ETag": '"1"'}))
    assert Getters().get_if_changed(f"{site.url}/index.yaml", Access(), "") == (b"index", '"1"')
    site.on("GET /index.yaml", Reply(304))
    assert Getters().get_if_changed(f"{site.url}/index.yaml", Access(), '"1"') == (None, '"1"')
    with pytest.raises(FetchError, match="304 Not Modified"):
        Getters().get(f"{site.url}/index.yaml", Access())


def test_no_proxy_is_asked_for_this_machine(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    site.on("GET /x", Reply(200, b"x"))
    assert Getters().get(f"{site.url}/x", Access()) == b"x"
    with pytest.raises(FetchError, match=r"connection refused"):
        Getters().get("http://charts.invalid/x", Access())


def test_a_proxy_of_the_environment_is_asked(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", site.url)
    monkeypatch.setenv("no_proxy", "direct.invalid")
    site.on("GET http://charts.invalid/index.yaml", Reply(200, b"index"))
    assert (
        Getters().get("http://charts.invalid/index.yaml", Access("http://charts.invalid", "ann", "secret")) == b"index"
    )
    assert site.asked[0].authorization == LOGIN
    with pytest.raises(FetchError, match=r"lookup direct\.invalid on .*:53: no such host"):
        Getters().get("http://direct.invalid/x", Access())


def test_a_refusal_is_told_in_the_servers_word(tmp_path: Path) -> None:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/x"
        with pytest.raises(FetchError, match=r"/x : 404 File not found$"):
            Getters().get(url, Access())


def test_a_refusal_of_any_size_is_told(site: Web) -> None:
    site.on("GET /x", Reply(503, b"<html>" * 1_000_000))
    with pytest.raises(FetchError, match=r"/x : 503 Service Unavailable$"):
        Getters().get(f"{site.url}/x", Access())


@pytest.mark.parametrize("url", ["http://", "http://[/x", "http://a..b/x", "http://h:x/", "http://h:99999/"])
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(FetchError):
        Getters().get(url, Access())


@pytest.mark.parametrize(
    ("url", "proxy", "words"),
    [
        ("http://localhost:1/x", "", r"dial tcp (127\.0\.0\.1|\[::1\]):1: connect: connection refused"),
        ("http://[::1]:1/x", "", r"dial tcp \[::1\]:1: connect: "),
        (
            "http://h.invalid/x",
            "http://127.0.0.1:1",
            r"proxyconnect tcp: dial tcp 127\.0\.0\.1:1: connect: connection ref",
        ),
        ("https://h.invalid/x", "127.0.0.1:1", r"proxyconnect tcp: dial tcp 127\.0\.0\.1:1: connect: connection ref"),
        (
            "http://h.invalid/x",
            "http://p.invalid",
            r"proxyconnect tcp: dial tcp: lookup p\.invalid on .*: no such host",
        ),
    ],
)
def test_who_refuses_is_told(monkeypatch: pytest.MonkeyPatch, url: str, proxy: str, words: str) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    if proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(FetchError, match=words):
        Getters().get(url, Access())
