"""From settings and flags to a Tiller: straight to ``--host``, else through the cluster."""

from __future__ import annotations

import os
from contextlib import contextmanager

from helmpy.cli.later import load_grpc
from helmpy.cli.options import TlsFlags
from helmpy.cli.output import debug
from helmpy.errors import HelmError
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from helmpy.client import Tiller, Tls
    from helmpy.tunnel import Tunnel


class TlsSetupError(HelmError):
    """The client's own certificate or key cannot be used."""

    exit_code = 2
    prefix = ""


_SWITCHED = (
    "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
    "PEM inputs may have been switched"
)
_NO_KEY = "tls: found a certificate rather than a key in the PEM for the private key"


@contextmanager
def connected(settings: Settings, flags: TlsFlags) -> Iterator[Tiller]:
    """A Tiller to ask; the way to it is taken down at the end. Raises HelmError."""
    load_grpc()
    from helmpy.client import Tiller

    def at(place: str) -> Tiller:
        return Tiller(place, tls=_tls(settings, flags), connect_timeout=settings.connection_timeout)

    if settings.host:
        debug(settings, f'SERVER: "{settings.host}"\n')
        with at(settings.host) as tiller:
            yield tiller
        return
    # As in Helm 2 a cluster that is missing is told before files for TLS that are.
    with _tunnel(settings) as tunnel, at(tunnel.address) as tiller:
        try:
            yield tiller
        except HelmError as error:
            raise tunnel.failure or error from error


@contextmanager
def address(settings: Settings) -> Iterator[str]:
    """Where Tiller can be reached, host:port, as long as this is open. Raises HelmError."""
    if settings.host:
        debug(settings, f'SERVER: "{settings.host}"\n')
        yield settings.host
        return
    with _tunnel(settings) as tunnel:
        yield tunnel.address


@contextmanager
def _tunnel(settings: Settings) -> Iterator[Tunnel]:
    from helmpy import kubeapi
    from helmpy.tunnel import Tunnel, find_pod

    api = kubeapi.connect(settings.kubeconfig, settings.kube_context)
    pod = find_pod(api, settings.tiller_namespace)
    with Tunnel(api, settings.tiller_namespace, pod) as tunnel:
        debug(settings, f"Created tunnel using local port: '{tunnel.address.rpartition(':')[2]}'\n")
        debug(settings, f'SERVER: "{tunnel.address}"\n')
        yield tunnel


def _tls(settings: Settings, flags: TlsFlags) -> Tls | None:
    if not (flags.enabled or flags.verify):
        return None
    from helmpy.client import Tls
    from helmpy.gocompat.variables import expand

    known = {**os.environ, "HELM_HOME": str(settings.home)}
    cert, key, ca_cert = (expand(path, known) for path in (flags.cert, flags.key, flags.ca_cert))
    debug(settings, f'Host="{flags.hostname}", Key="{key}", Cert="{cert}", CA="{ca_cert}"\n')
    try:
        pair = _pair(cert, key)
    except TlsSetupError as error:
        raise TlsSetupError(
            f'could not read x509 key pair (cert: "{cert}", key: "{key}"): '
            f"can't load key pair from cert {cert} and key {key}: {error}"
        ) from error
    ca = _authorities(ca_cert) if flags.verify else None
    return Tls(*pair, ca, flags.hostname)


def _pair(cert: str, key: str) -> tuple[bytes, bytes]:
    """The files' texts, which must be a certificate and its key. Raises TlsSetupError in Go's words."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    texts = _read(cert), _read(key)
    for text, wanted, found, others in (
        (texts[0], b"CERTIFICATE-----", b"PRIVATE KEY-----", _SWITCHED),
        (texts[1], b"PRIVATE KEY-----", b"CERTIFICATE-----", _NO_KEY),
    ):
        if wanted not in text:
            side = "certificate" if text is texts[0] else "key"
            raise TlsSetupError(others if found in text else f"tls: failed to find any PEM data in {side} input")
    try:
        certificate = x509.load_pem_x509_certificate(texts[0])
        private = serialization.load_pem_private_key(texts[1], None)
    except (ValueError, TypeError) as error:
        raise TlsSetupError(f"tls: {error}") from error
    shapes = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if certificate.public_key().public_bytes(*shapes) != private.public_key().public_bytes(*shapes):
        raise TlsSetupError("tls: private key does not match public key")
    return texts


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes 5 ms to import
        return file.read()


def _authorities(path: str) -> bytes:
    try:
        text = _bytes(path)
    except OSError as error:
        raise TlsSetupError(f"can't read CA file: {path}") from error
    if b"CERTIFICATE-----" not in text:
        raise TlsSetupError(f"failed to append certificates from file: {path}")
    return text


def _read(path: str) -> bytes:
    try:
        return _bytes(path)
    except OSError as error:
        raise TlsSetupError(f"open {path}: {(error.strerror or str(error)).lower()}") from error
