"""Certificates in files: what may be in them, what happens when they change, which TLS is spoken."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.tiller.test_server_tls import CA, CLIENT, SERVER, STRANGER, Pair, pair, version
from tests.tiller.world import make_world
from tiller.server import serve
from tiller.tls import Tls, TlsError, TlsFiles


class Folder:
    """``tls.key``, ``tls.crt`` and ``ca.crt`` the way a mounted Secret has them: behind a link that is swapped."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._count = 0

    def put(self, server: Pair, ca: Pair, *, key: Pair | None = None) -> None:
        self._count += 1
        version = self.root / f"..{self._count}"
        version.mkdir()
        (version / "tls.key").write_bytes((key or server).key_pem)
        (version / "tls.crt").write_bytes(server.pem)
        (version / "ca.crt").write_bytes(ca.pem)
        (self.root / "..new").symlink_to(version.name)
        (self.root / "..new").replace(self.root / "..data")
        for name in ("tls.key", "tls.crt", "ca.crt"):
            if not (self.root / name).exists():
                (self.root / name).symlink_to(f"..data/{name}")

    def files(self) -> TlsFiles:
        return TlsFiles(*(str(self.root / name) for name in ("tls.key", "tls.crt", "ca.crt")))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.put(SERVER, CA)
    return made


@contextmanager
def serving(tls: Tls | TlsFiles) -> Iterator[int]:
    handle = serve(make_world().env, tls=tls)
    yield handle.port
    handle.stop(0)


def refused(port: int, client: Pair | None) -> bool:
    try:
        version(port, client)
    except grpc.RpcError as error:
        code: Any = error
        return bool(code.code() == grpc.StatusCode.UNAVAILABLE)
    return False


def presented(port: int, client: Pair, tmp_path: Path) -> bytes:
    """The certificate that the server shows, in DER."""
    (tmp_path / "client.pem").write_bytes(client.key_pem + client.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    context.load_cert_chain(tmp_path / "client.pem")
    with socket.create_connection(("127.0.0.1", port), 5) as plain, context.wrap_socket(plain) as wrapped:
        return wrapped.getpeercert(binary_form=True) or b""


def test_new_files_are_used_for_new_connections(folder: Folder, tmp_path: Path) -> None:
    def shown() -> bytes:
        return ssl.DER_cert_to_PEM_cert(presented(port, CLIENT, tmp_path)).encode()

    renewed = pair("tiller", CA)
    with serving(folder.files()) as port:
        assert shown() == SERVER.pem
        folder.put(renewed, CA)
        assert shown() == renewed.pem
        assert version(port, CLIENT) == "v2.17.0"


def test_another_ca_changes_who_may_call(folder: Folder) -> None:
    other = pair("other ca")
    with serving(folder.files()) as port:
        assert version(port, CLIENT) == "v2.17.0"
        folder.put(SERVER, other)
        assert refused(port, CLIENT)
        assert version(port, pair("helm", other)) == "v2.17.0"


@pytest.mark.parametrize("broken", ["key", "missing", "half"])
def test_files_that_are_being_written_change_nothing(
    folder: Folder, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(folder.files()) as port:
        if broken == "key":
            folder.put(SERVER, CA, key=STRANGER)
        elif broken == "missing":
            (folder.root / "tls.crt").unlink()
        else:
            (folder.root / "tls.crt").write_bytes(SERVER.pem[:80])
        assert version(port, CLIENT) == "v2.17.0"
        assert version(port, CLIENT) == "v2.17.0"
        assert refused(port, STRANGER)
        assert caplog.text.count("the certificates from before stay in use") == 1
        assert "PRIVATE KEY" not in caplog.text
        folder.put(pair("tiller", CA), CA)
        (folder.root / "tls.crt").unlink(missing_ok=True)
        (folder.root / "tls.crt").symlink_to("..data/tls.crt")
        assert version(port, CLIENT) == "v2.17.0"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("tls.key", None, "open {path}: No such file or directory"),
        ("tls.crt", None, "open {path}: No such file or directory"),
        ("ca.crt", None, "open {path}: No such file or directory"),
        ("tls.key", b"sesame", "the private key cannot be read"),
        ("tls.key", STRANGER.key_pem, "the private key does not belong to the certificate"),
        ("tls.crt", b"sesame", "the certificate cannot be read"),
        ("ca.crt", b"sesame", "the CA's certificate cannot be read"),
    ],
)
def test_files_that_cannot_be_used(folder: Folder, name: str, content: bytes | None, words: str) -> None:
    path = folder.root / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TlsError) as caught:
        folder.files()
    assert str(caught.value).startswith("Could not create server TLS configuration: " + words.format(path=path))
    assert "sesame" not in str(caught.value)


def handshake(port: int, highest: ssl.TLSVersion) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # old versions are the client's to offer, the server's to refuse
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = highest
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", port), 5) as plain, context.wrap_socket(plain) as wrapped:
        return str(wrapped.version())


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # naming an old version is what it warns of
def test_the_lowest_version_is_1_2() -> None:
    with serving(Tls(SERVER.key_pem, SERVER.pem)) as port:
        assert handshake(port, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert handshake(port, ssl.TLSVersion.MAXIMUM_SUPPORTED) == "TLSv1.3"
        with pytest.raises(ssl.SSLError):
            handshake(port, ssl.TLSVersion.TLSv1_1)


@pytest.mark.parametrize("client", [None, STRANGER, SERVER])
def test_without_the_right_certificate_not_a_byte_of_an_answer_comes(client: Pair | None) -> None:
    with serving(Tls(SERVER.key_pem, SERVER.pem, STRANGER.pem if client is SERVER else CA.pem)) as port:
        assert refused(port, client)
