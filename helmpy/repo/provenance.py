"""Provenance files: who packaged a chart, and that nobody changed it since.

``NAME-VERSION.tgz.prov`` is a clear-signed OpenPGP message: the chart's Chart.yaml, ``...``, and the
SHA-256 of the archive. Files and texts are Helm 2.17's; keyrings are read in both of GnuPG's formats.
"""

from __future__ import annotations

import hashlib
import hmac

from helmpy.chart import metadata as chart_metadata
from helmpy.errors import HelmError, unreadable
from helmpy.gocompat import json_fit, shape, yaml
from helmpy.record import record
from helmpy.repo import openpgp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pysequoia import Cert, PySigner, Tsk

    from helmpy.chart.model import Metadata

    Passphrase = Callable[[str], str]

SUFFIX = ".prov"
_MIDDLE = "\n...\n"


class ProvenanceError(HelmError):
    """A chart is not what its provenance file says, or nobody who is trusted signed that."""


class SigningError(HelmError):
    """A chart can't be signed with the key that was named."""


@record(frozen=True, slots=True)
class Verification:
    """Who signed, with which key (fingerprint in hex), and what: the file and its SHA-256."""

    signed_by: tuple[str, ...]
    fingerprint: str
    file_hash: str
    file_name: str

    def __str__(self) -> str:
        return f"{self.file_name} {self.file_hash} signed by {', '.join(self.signed_by)} ({self.fingerprint})"


def verify(archive: bytes, name: str, signature: bytes, keyring: str) -> Verification:
    """Return who signed an archive called ``name``. Raises ProvenanceError unless all is right.

    ``keyring`` is the path of a file of public keys.
    """
    certificates = load_keyring(keyring)
    before, begin, rest = signature.partition(openpgp.BEGIN_MESSAGE)
    if not begin or before.rstrip(b" \t")[-1:] not in (b"", b"\n"):  # what stands before it is nobody's word
        raise ProvenanceError("failed to decode signature: signature block not found")
    text, signer = _checked(begin + rest, certificates)
    sums = _sums(text)
    found = digest(archive)
    if name not in sums:
        raise ProvenanceError(f'provenance does not contain a SHA for a file named "{name}"')
    if not hmac.compare_digest(sums[name].encode(), found.encode()):
        raise ProvenanceError(f'sha256 sum does not match for {name}: "{sums[name]}" != "{found}"')
    return Verification(tuple(str(user) for user in signer.user_ids), signer.fingerprint, found, name)


def _checked(signature: bytes, certificates: list[Cert]) -> tuple[str, Cert]:
    """The text that was signed and the key that signed it."""
    import pysequoia

    asked: list[str] = []

    def keys(ids: list[str]) -> list[Cert]:
        asked.extend(ids)
        return certificates

    try:
        message = pysequoia.verify(openpgp.canonical(signature), store=keys)
    except openpgp.Malformed as error:
        raise ProvenanceError(f"failed to decode signature: {error}") from error
    except Exception as error:  # the library raises RuntimeError for all
        known = any(_has_key(certificate, wanted) for certificate in certificates for wanted in asked)
        raise ProvenanceError(_fault(signature, error) if known else _UNKNOWN) from error
    for valid in message.valid_sigs:
        for certificate in certificates:
            if certificate.fingerprint == valid.certificate:
                return (message.bytes or b"").decode("utf-8", "replace"), certificate
    raise ProvenanceError(_UNKNOWN)


def _fault(signature: bytes, error: Exception) -> str:
    """What is wrong of a signature by a known key."""
    return f"openpgp: invalid signature: {openpgp.fault(signature) or _words(error)}"


_UNKNOWN = "openpgp: signature made by unknown entity"


def _has_key(certificate: Cert, wanted: str) -> bool:
    """Whether a key id or fingerprint is that of one of the certificate's keys."""
    from pysequoia import packet

    keys = (packet.Tag.PublicKey, packet.Tag.PublicSubkey)
    return any(
        str(one.fingerprint).endswith(wanted.lower())
        for one in packet.PacketPile.from_bytes(bytes(certificate))
        if one.tag in keys
    )


def _words(error: Exception) -> str:
    """The library's own words: below the first line it prints its stack."""
    return str(error).partition("\n")[0]


def _sums(text: str) -> dict[str, str]:
    """The digests by the names of files, of a message whose chart can be read too."""
    about, middle, rest = text.replace("\r\n", "\n").partition(_MIDDLE)
    if not middle:
        raise ProvenanceError("message block must have at least two parts")
    try:
        chart_metadata.parse_metadata(about)
        value = yaml.load(rest, ints=True)
    except HelmError as error:
        raise ProvenanceError(str(error), hint="in the signed text of the provenance file") from error
    names = shape.map_of(shape.text)
    wrong = json_fit.misfit(value, shape.struct("provenance.SumCollection", {"files": names, "images": names}))
    if wrong:
        raise ProvenanceError(f"{json_fit.PREFIX}{wrong}", hint="in the signed text of the provenance file")
    files = (value or {}).get("files") or {}
    return {str(name): yaml.text_of(found) for name, found in files.items()}


def digest(archive: bytes) -> str:
    """Return an archive's SHA-256 as provenance files write it."""
    return f"sha256:{hashlib.sha256(archive).hexdigest()}"


def message(metadata: Metadata, name: str, archive: bytes) -> str:
    """Return the text that is signed for an archive called ``name``."""
    about = yaml.dump(chart_metadata.to_dict(metadata))
    return f"{about}{_MIDDLE}{yaml.dump({'files': {name: digest(archive)}})}"


def sign(
    archive: bytes, name: str, metadata: Metadata, *, keyring: str, identity: str, passphrase: Passphrase
) -> bytes:
    """Return the provenance file of an archive called ``name``.

    ``identity`` is a part of the user id of one secret key in ``keyring``; ``passphrase`` is asked,
    with the user id, where that key is locked. Raises SigningError.
    """
    import pysequoia

    key = _signing_key(_key_blocks(keyring), identity)
    text = message(metadata, name, archive)
    # Lines are signed without white space at their ends and the last line break is no part of the
    # message, so that every OpenPGP program counts the same bytes.
    signed = pysequoia.sign(_unlocked(key, passphrase), text.rstrip("\n").encode(), mode=pysequoia.SignatureMode.CLEAR)
    return signed.replace(b"\r\n", b"\n")


@record(frozen=True, slots=True)
class _Block:
    """One key of a ring, with its secret where there is one."""

    key: Tsk
    users: tuple[str, ...]
    is_secret: bool


def _key_blocks(path: str) -> list[_Block]:
    from pysequoia import Tsk, packet

    groups: list[list[packet.Packet]] = []
    primary = (packet.Tag.SecretKey, packet.Tag.PublicKey)
    for part in _parts(path, SigningError, ""):
        try:
            packets = list(packet.PacketPile.from_bytes(part))
        except RuntimeError as error:
            raise SigningError(f"openpgp: invalid data: {path} is no keyring: {_words(error)}") from error
        for one in packets:
            if one.tag in primary:
                groups.append([])
            if groups:
                groups[-1].append(one)
    keys = [(Tsk.from_packets(group), group[0].tag == packet.Tag.SecretKey) for group in groups]
    return [_Block(key, tuple(map(str, key.extract_certificate().user_ids)), secret) for key, secret in keys]


def _signing_key(blocks: list[_Block], identity: str) -> _Block:
    fitting = [one for one in blocks if any(identity in user for user in one.users)]
    exact = [one for one in fitting if identity in one.users]
    if len(exact) == 1:
        fitting = exact
    if not fitting:
        raise SigningError("private key not found")
    if len(fitting) > 1:
        raise SigningError(f'more than one key contain the id "{identity}"')
    if not fitting[0].is_secret:
        raise SigningError("provided key is not a private key")
    return fitting[0]


def _unlocked(block: _Block, passphrase: Passphrase) -> PySigner:
    secrets = block.key
    try:
        return secrets.signer()
    except Exception as error:  # the library raises RuntimeError for all
        if "encrypted" not in _words(error):
            raise SigningError(f"the key cannot sign: {_words(error)}") from error
    try:
        return secrets.signer(passphrase(block.users[0]))
    except RuntimeError as error:
        raise SigningError("the key cannot be unlocked: the passphrase is wrong") from error


def load_keyring(path: str) -> list[Cert]:
    """Return the keys of a keyring file, of the old format, a keybox or armoured. Raises ProvenanceError."""
    import pysequoia

    words = "failed to load keyring: "
    parts = _parts(path, ProvenanceError, words)
    try:
        return [certificate for part in parts for certificate in pysequoia.Cert.split_bytes(part)]
    except RuntimeError as error:
        raise ProvenanceError(f"{words}openpgp: invalid data: {path} is no keyring: {_words(error)}") from error


def _parts(path: str, trouble: type[HelmError], words: str) -> list[bytes]:
    """The key blocks of a file; an old ring is one of them."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes 4 ms to import
            data = file.read()
        return list(openpgp.keybox(data)) if openpgp.is_keybox(data) else [data]
    except OSError as error:
        raise trouble(words + unreadable(path, error)) from error
    except openpgp.Malformed as error:
        raise trouble(f"{words}openpgp: invalid data: {path} is no keyring: {error}") from error
