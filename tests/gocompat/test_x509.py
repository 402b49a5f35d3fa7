"""Certificates that Go takes, of servers that three kinds of clients meet."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection

from helmpy.gocompat.x509 import as_go, trust_as_go
from helmpy.kubeapi import connect
from helmpy.repo.getter import Access, Getters
from tiller.kube.client_transport import from_kubeconfig
from tiller.kube.transport import Request
from tiller.sandbox import certificates
from tiller.sandbox.api import memory_api
from tiller.sandbox.http import Door

Signed = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def signed(name: str, by: Signed | None = None, *, authority: bool = True) -> Signed:
    """A certificate that names no keys and says of none what it is for, as many authorities' do."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(place, critical=False)
        .sign(by[1] if by else key, hashes.SHA256())
    )
    return made, key


def pem(*certificates: Signed) -> bytes:
    return b"".join(one[0].public_bytes(serialization.Encoding.PEM) for one in certificates)


@pytest.fixture(name="url")
def _url(tmp_path: Path) -> Iterator[str]:
    """A server with a chain of three certificates, and files of who may be trusted."""
    root = signed("root")
    between = signed("between", root)
    leaf = signed("leaf", between, authority=False)
    key = leaf[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "server.pem").write_bytes(key + pem(leaf, between))
    for name, one in (("root", root), ("between", between), ("leaf", leaf), ("stranger", signed("root"))):
        (tmp_path / f"{name}.crt").write_bytes(pem(one))
    door = Door(tls=certificates.context(tmp_path / "server.pem"))
    door.open(memory_api())
    yield f"https://{door.authority}"
    door.close()


def config_of(url: str, trusted: Path) -> str:
    """The path of a kubeconfig; a file that is not there trusts all."""
    cluster: dict[str, object] = {"server": url, "certificate-authority": str(trusted)}
    if not trusted.exists():
        cluster = {"server": url, "insecure-skip-tls-verify": True}
    path = trusted.with_suffix(".config")
    path.write_text(
        json.dumps(
            {
                "current-context": "c",
                "clusters": [{"name": "c", "cluster": cluster}],
                "users": [{"name": "u", "user": {}}],
                "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            }
        )
    )
    return str(path)


CLIENTS: dict[str, Callable[[str, Path], object]] = {
    "repository": lambda url, trusted: Getters().get(
        f"{url}/version", Access(ca_file=str(trusted)) if trusted.exists() else Access(insecure=True)
    ),
    "helm": lambda url, trusted: connect(config_of(url, trusted)).get("/version"),
    "tiller": lambda url, trusted: from_kubeconfig(config_of(url, trusted)).send(Request("GET", "/version")),
}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("trusted", ["root", "between", "leaf"])
def test_whoever_is_trusted_ends_the_chain(url: str, tmp_path: Path, client: str, trusted: str) -> None:
    assert CLIENTS[client](url, tmp_path / f"{trusted}.crt")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")  # it is what this is about
@pytest.mark.parametrize("client", CLIENTS)
def test_all_may_be_trusted(url: str, tmp_path: Path, client: str) -> None:
    assert CLIENTS[client](url, tmp_path / "nobody.crt")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_stranger_is_not_trusted(url: str, tmp_path: Path, client: str) -> None:
    with pytest.raises(Exception, match=r"(?i)certificate"):
        CLIENTS[client](url, tmp_path / "stranger.crt")


def test_a_context_of_any_python() -> None:
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python 3.13 makes them
    assert as_go(context) is context
    assert context.verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert not context.hostname_checks_common_name


class Detour(HTTPSConnection):
    """A connection that goes another way, as those through SOCKS do."""


class Detours(HTTPSConnectionPool):
    ConnectionCls = Detour


class PlainDetours(HTTPConnectionPool):
    """For what is not encrypted."""


def test_connections_go_the_way_that_their_manager_chose() -> None:
    manager = PoolManager()
    manager.pool_classes_by_scheme = {"http": PlainDetours, "https": Detours}
    trust_as_go(trust_as_go(manager))
    pool = manager.connection_from_url("https://127.0.0.1:1")
    assert isinstance(pool, Detours)
    assert issubclass(pool.ConnectionCls, Detour)
    assert isinstance(manager.connection_from_url("http://127.0.0.1:1"), PlainDetours)


def test_a_connection_is_told_of_by_the_name_it_had() -> None:
    pool = trust_as_go(PoolManager()).connection_from_url("https://127.0.0.1:1")
    assert str(pool).startswith("HTTPSConnectionPool(")
    assert pool.ConnectionCls.__name__ == "HTTPSConnection"
