"""Certificates of servers and of the user, with servers that look at them."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helmpy.repo.getter import Access, FetchError, Getters
from tests.registry import Authority


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        assert isinstance(self.connection, ssl.SSLSocket)
        self.server.shown.append(bool(self.connection.getpeercert()))
        moved = self.path.removeprefix("/to/") if self.path.startswith("/to/") else ""
        self.send_response(302 if moved else 200)
        if moved:
            self.send_header("Location", moved)
        self.send_header("Content-Length", "0" if moved else "5")
        self.end_headers()
        self.wfile.write(b"" if moved else b"index")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


class _Server(http.server.ThreadingHTTPServer):
    """Takes certificates of its own authority, or demands one; ``shown`` tells which requests came with one."""

    def __init__(self, authority: Authority, *, demands: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.cert_file, authority.key_file)
        context.load_verify_locations(authority.cert_file)
        context.verify_mode = ssl.CERT_REQUIRED if demands else ssl.CERT_OPTIONAL
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.shown: list[bool] = []

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A handshake that fails is the client's to tell."""


@pytest.fixture(name="authority", scope="module")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(name="two")
def _two(authority: Authority) -> Iterator[tuple[_Server, _Server]]:
    servers = _Server(authority, demands=True), _Server(authority, demands=False)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


def _access(url: str, authority: Authority) -> Access:
    cert, key = str(authority.cert_file), str(authority.key_file)
    return Access(url, cert_file=cert, key_file=key, ca_file=cert)


def test_a_certificate_is_shown_to_its_own_server_only(two: tuple[_Server, _Server], authority: Authority) -> None:
    own, other = two
    access = _access(own.url, authority)
    assert Getters().get(f"{own.url}/index.yaml", access) == b"index"
    assert Getters().get(f"{own.url}/to/{other.url}/index.yaml", access) == b"index"
    assert Getters().get(f"{other.url}/index.yaml", access) == b"index"
    assert (own.shown, other.shown) == ([True, True], [False, False])


def test_a_server_that_wants_one(two: tuple[_Server, _Server], authority: Authority) -> None:
    with pytest.raises(FetchError) as caught:
        Getters().get(f"{two[0].url}/x", Access(ca_file=str(authority.cert_file)))
    # The server's refusal comes after the handshake; how much of it is read before the connection ends is chance.
    ends = ("remote error: tls: certificate required", "unexpected EOF", "connection reset by peer", "broken pipe")
    assert caught.value.message.startswith(f'Get "{two[0].url}/x": ')
    assert caught.value.message.endswith(ends)


def test_who_is_trusted(two: tuple[_Server, _Server], authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{two[1].url}/x"
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(FetchError, match=f'^Get "{url}": x509: certificate signed by unknown authority$'):
        Getters().get(url, Access())
    assert Getters().get(url, Access(insecure=True)) == b"index"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/none.pem")
    assert Getters().get(url, Access(insecure=True)) == b"index"
    assert Getters().get(url, Access(ca_file=str(authority.cert_file))) == b"index"
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.cert_file))
    assert Getters().get(url, Access()) == b"index"


_lookup = socket.getaddrinfo


def _here(_host: str, *more: Any, **rest: Any) -> Any:
    return _lookup("127.0.0.1", *more, **rest)


def test_another_name(two: tuple[_Server, _Server], authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    url = two[1].url.replace("127.0.0.1", "ip6-localhost")
    monkeypatch.setattr(socket, "getaddrinfo", _here)
    with pytest.raises(FetchError, match=r"x509: .*ip6-localhost"):
        Getters().get(url, Access(ca_file=str(authority.cert_file)))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ("bad cert key", "failed to append certificates from file: {bad}"),
        ("none cert key", "can't read CA file: {none}"),
        ("cert bad key", "{pair} {bad} and key {key}: tls: failed to find any PEM data in certificate input"),
        ("cert cert bad", "{pair} {cert} and key {bad}: tls: failed to find any PEM data in key input"),
        ("cert cert other", "{pair} {cert} and key {other}: tls: private key does not match public key"),
        ("cert none key", "{pair} {none} and key {key}: open {none}: no such file or directory"),
        ("cert odd key", "{pair} {odd} and key {key}: tls: PEM is wanted, without a password"),
    ],
)
def test_files_that_do_not_fit(
    two: tuple[_Server, _Server], authority: Authority, tmp_path: Path, files: str, words: str
) -> None:
    (tmp_path / "bad.pem").write_text("nothing")
    (tmp_path / "odd.pem").write_text("-----BEGIN CERTIFICATE-----\nodd\n-----END CERTIFICATE-----\n")
    known = {
        "pair": "can't load key pair from cert",
        "odd": str(tmp_path / "odd.pem"),
        "bad": str(tmp_path / "bad.pem"),
        "none": str(tmp_path / "none.pem"),
        "cert": str(authority.cert_file),
        "key": str(authority.key_file),
        "other": str(Authority(tmp_path).key_file),
    }
    ca, cert, key = files.split()
    access = Access(two[0].url, "", "", known[cert], known[key], known[ca])
    with pytest.raises(FetchError) as caught:
        Getters().get(f"{two[0].url}/x", access)
    assert caught.value.message == "can't create TLS config: " + words.format(**known)
