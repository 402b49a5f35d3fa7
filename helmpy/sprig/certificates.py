"""X.509 certificates: authorities, self-signed and signed ones."""

from __future__ import annotations

import binascii
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from helmpy.gocompat.duration import HOUR, wrap
from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.kinds import GoObject
from helmpy.gocompat.text import sprint
from helmpy.gocompat.text_quote import to_bytes
from helmpy.record import record
from helmpy.sprig.encoding import base64_fault
from helmpy.sprig.keys import new_rsa, read_pem, to_pem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from helmpy.sprig.settings import Settings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@record(frozen=True, slots=True)
class _Wanted:
    """What a new certificate shall say."""

    name: str
    days: int
    alternatives: tuple[x509.GeneralName, ...] = ()


class Certificate(GoObject):
    """A certificate and its key, both PEM: ``.Cert`` and ``.Key``."""

    __slots__ = ("cert", "key")
    go_type: ClassVar[str] = "sprig.certificate"

    def __init__(self, cert: str, key: str) -> None:
        self.cert = cert
        self.key = key

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002  # a struct has a field or not
        """Return ``Cert`` or ``Key``; KeyError for any other name."""
        return {"Cert": self.cert, "Key": self.key}[name]

    def method(self, name: str) -> GoFunc | None:  # noqa: ARG002  # it has none
        """Return None: the struct has no methods."""
        return None

    def __str__(self) -> str:
        return f"{{{self.cert} {self.key}}}"


def build_custom_cert(cert: str, key: str) -> Certificate:
    """Return a certificate and key given in base64; FunctionError where either is none."""
    cert_text = _decoded(cert, "certificate")
    key_text = _decoded(key, "private key")
    _read_certificate(cert_text)
    _read_key(key_text)
    return Certificate(cert_text, key_text)


def _decoded(text: str, what: str) -> str:
    data = to_bytes(text)
    if base64_fault(data) is not None:
        raise FunctionError(f"unable to decode base64 {what}")
    return binascii.a2b_base64(data).decode("utf-8", "replace")


def _read_certificate(text: str) -> x509.Certificate:
    if "-----BEGIN " not in text:
        raise FunctionError("unable to decode certificate")
    try:
        return x509.load_pem_x509_certificate(to_bytes(text))
    except ValueError as error:
        raise FunctionError(f"error parsing certificate: decodedCert.Bytes: {error}") from error


def _read_key(text: str) -> Any:
    try:
        return read_pem(text)
    except FunctionError as error:
        raise FunctionError(f"error parsing private key: {error}") from error


def _given_key(pem: str) -> Any:
    try:
        return read_pem(pem)
    except FunctionError as error:
        raise FunctionError(f"parsing private key: {error}") from error


def gen_ca(settings: Settings, name: str, days: int) -> Certificate:
    """Return a certificate authority with a new RSA key."""
    return _authority(settings, name, days, new_rsa())


def gen_ca_with_key(settings: Settings, name: str, days: int, key: str) -> Certificate:
    """Return a certificate authority with the key given in PEM."""
    return _authority(settings, name, days, _given_key(key))


def _authority(settings: Settings, name: str, days: int, key: Any) -> Certificate:
    builder = _builder(settings, _Wanted(name, days), key, authority=True)
    return _signed(builder.issuer_name(_name(name)), key, key)


def gen_self_signed_cert(settings: Settings, name: str, ips: Any, names: Any, days: int) -> Certificate:
    """Return a self-signed certificate with a new RSA key."""
    return _self_signed(settings, _Wanted(name, days, _alternatives(ips, names)), new_rsa())


def gen_self_signed_cert_with_key(  # noqa: PLR0917  # a template passes by position
    settings: Settings, name: str, ips: Any, names: Any, days: int, key: str
) -> Certificate:
    """Return a self-signed certificate with the key given in PEM."""
    return _self_signed(settings, _Wanted(name, days, _alternatives(ips, names)), _given_key(key))


def _self_signed(settings: Settings, wanted: _Wanted, key: Any) -> Certificate:
    return _signed(_builder(settings, wanted, key).issuer_name(_name(wanted.name)), key, key)


def gen_signed_cert(  # noqa: PLR0917  # a template passes by position
    settings: Settings, name: str, ips: Any, names: Any, days: int, ca: Certificate
) -> Certificate:
    """Return a certificate signed by ``ca``, with a new RSA key."""
    return _signed_by(settings, _Wanted(name, days, _alternatives(ips, names)), ca, new_rsa())


def gen_signed_cert_with_key(  # noqa: PLR0917  # a template passes by position
    settings: Settings, name: str, ips: Any, names: Any, days: int, ca: Certificate, key: str
) -> Certificate:
    """Return a certificate signed by ``ca``, with the key given in PEM."""
    return _signed_by(settings, _Wanted(name, days, _alternatives(ips, names)), ca, _given_key(key))


def _signed_by(settings: Settings, wanted: _Wanted, ca: Certificate, key: Any) -> Certificate:
    parent = _read_certificate(ca.cert)
    signer = _read_key(ca.key)
    builder = _builder(settings, wanted, key).issuer_name(parent.subject)
    try:
        own = parent.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return _signed(builder, key, signer)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)
    return _signed(builder.add_extension(identifier, critical=False), key, signer)


def _builder(settings: Settings, wanted: _Wanted, key: Any, *, authority: bool = False) -> x509.CertificateBuilder:
    begin = settings.now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(wanted.name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number() >> 32 or 1)
        .add_extension(_usage(authority=authority), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    try:
        builder = builder.not_valid_before(_moment(begin)).not_valid_after(
            _moment(begin + wrap(24 * HOUR * wanted.days))
        )
    except (OverflowError, ValueError) as error:
        raise FunctionError(f"error creating certificate: {error}") from error
    if authority:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    if wanted.alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(wanted.alternatives), critical=False)
    return builder


def _moment(nanoseconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=nanoseconds // 1_000_000_000)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=True,
        key_cert_sign=authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(name: str) -> x509.Name:
    if not name:
        return x509.Name([])
    if any("\ud800" <= char <= "\udfff" for char in name):  # bytes that are no UTF-8
        raise FunctionError("error creating certificate: asn1: string not valid UTF-8")
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name, _validate=False)])


def _alternatives(ips: Any, names: Any) -> tuple[x509.GeneralName, ...]:
    return (*(x509.DNSName(_dns(name)) for name in names or ()), *(x509.IPAddress(_ip(ip)) for ip in ips or ()))


def _dns(name: Any) -> str:
    if not isinstance(name, str):
        raise FunctionError(f"error processing alternate dns name: {sprint(name)} is not a string")
    if not name.isascii():
        raise FunctionError(f'error creating certificate: x509: "{name}" cannot be encoded as an IA5String')
    return name


def _ip(text: Any) -> Any:
    if not isinstance(text, str):
        raise FunctionError(f"error parsing ip: {sprint(text)} is not a string")
    try:
        return ip_address(text)
    except ValueError:
        raise FunctionError(f"error parsing ip: {text}") from None


def _signed(builder: x509.CertificateBuilder, key: Any, signer: Any) -> Certificate:
    try:
        signed = builder.sign(signer, _digest(signer))
    except (TypeError, ValueError) as error:
        raise FunctionError(f"error creating certificate: x509: {error}") from error
    return Certificate(signed.public_bytes(Encoding.PEM).decode("ascii"), to_pem(key))


def _digest(signer: Any) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    if isinstance(signer, ed25519.Ed25519PrivateKey):
        return None
    if isinstance(signer, ec.EllipticCurvePrivateKey) and signer.curve.key_size > 256:
        return hashes.SHA384() if signer.curve.key_size <= 384 else hashes.SHA512()
    return hashes.SHA256()
