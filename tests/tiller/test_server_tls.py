"""The service with TLS, and with clients that must show who they are."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from helmpy import wire
from helmpy.hapi.services.tiller_pb2_grpc import ReleaseServiceStub
from helmpy.release.requests import VersionRequest
from tests.tiller.world import make_world
from tiller.server import serve
from tiller.tls import Tls, TlsError

PEM = serialization.Encoding.PEM


@dataclass
class Pair:
    """A certificate and its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)


def pair(name: str, by: Pair | None = None) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by is not None:
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Pair(key, builder.sign(by.key if by else key, hashes.SHA256()))


CA = pair("ca")
SERVER, CLIENT = pair("tiller", CA), pair("helm", CA)
STRANGER = pair("stranger", pair("another ca"))


@contextmanager
def serving(*, verify: bool) -> Iterator[int]:
    tls = Tls(SERVER.key_pem, SERVER.pem, CA.pem if verify else None)
    handle = serve(make_world().env, tls=tls)
    yield handle.port
    handle.stop(0)


def version(port: int, client: Pair | None) -> str:
    shown: Any = (client.key_pem, client.pem) if client else (None, None)
    credentials = grpc.ssl_channel_credentials(CA.pem, *shown)
    with grpc.secure_channel(f"127.0.0.1:{port}", credentials) as channel:
        stub: Any = ReleaseServiceStub(channel)  # type: ignore[no-untyped-call]  # generated without types
        answer = wire.from_proto(stub.GetVersion(wire.to_proto(VersionRequest()), timeout=5))
    return str(answer.version.sem_ver)


@pytest.mark.parametrize(("verify", "client"), [(False, None), (False, STRANGER), (True, CLIENT)])
def test_who_may_call(*, verify: bool, client: Pair | None) -> None:
    with serving(verify=verify) as port:
        assert version(port, client) == "v2.17.0"


@pytest.mark.parametrize("client", [None, STRANGER])
def test_who_may_not(client: Pair | None) -> None:
    with serving(verify=True) as port, pytest.raises(grpc.RpcError) as caught:
        version(port, client)
    error: Any = caught.value
    assert error.code() == grpc.StatusCode.UNAVAILABLE


def test_plain_callers_get_nothing() -> None:
    with serving(verify=False) as port, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = ReleaseServiceStub(channel)  # type: ignore[no-untyped-call]  # generated without types
        with pytest.raises(grpc.RpcError):
            stub.GetVersion(wire.to_proto(VersionRequest()), timeout=5)


def test_files_that_are_no_certificates() -> None:
    with pytest.raises(TlsError, match="Could not create server TLS configuration: the certificate cannot be read"):
        serve(make_world().env, tls=Tls(b"no key", b"no certificate"))
