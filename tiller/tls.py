"""Certificates from files, read again when the files change."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from helmpy.errors import HelmError

log = logging.getLogger(__name__)


class TlsError(HelmError):
    """The files of keys and certificates cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Could not create server TLS configuration: {reason}")


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM texts. With ``ca`` every client must show a certificate that it signed."""

    key: bytes
    certificate: bytes
    ca: bytes | None = None

    def check(self) -> None:
        """Raise TlsError where the texts are no certificates or the key is another one's."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            shown = x509.load_pem_x509_certificates(self.certificate)[0].public_key()
        except ValueError as error:
            raise TlsError(f"the certificate cannot be read: {error}") from None
        try:
            own = load_pem_private_key(self.key, None).public_key()
        except (ValueError, TypeError):  # not its words: they may show what the file holds
            raise TlsError("the private key cannot be read: it is no PEM without a password") from None
        if own != shown:
            raise TlsError("the private key does not belong to the certificate")
        if self.ca is not None:
            try:
                x509.load_pem_x509_certificates(self.ca)
            except ValueError as error:
                raise TlsError(f"the CA's certificate cannot be read: {error}") from None


class TlsFiles:
    """The three files of ``--tls-key``, ``--tls-cert`` and ``--tls-ca-cert``, the last empty for none.

    Raises TlsError where they cannot be used at first. Files that change later into something
    that cannot be used, as while they are being written, are logged and the last good ones stay.
    """

    def __init__(self, key: str, certificate: str, ca: str = "") -> None:
        self._paths = (key, certificate, *([ca] if ca else []))
        self._lock = threading.Lock()
        self._seen = self._stamps()
        self.current = self._read()

    def changed(self) -> Tls | None:
        """What the files hold, if that is not ``current`` any more; asked before every handshake."""
        with self._lock:
            stamps = self._stamps()
            if stamps == self._seen:
                return None
            try:
                read = self._read()
            except TlsError as error:
                log.warning("%s; the certificates from before stay in use", error)
                self._seen = stamps
                return None
            self._seen = stamps
            if read == self.current:
                return None
            self.current = read
            log.info("The certificates changed and were read again")
            return read

    def _read(self) -> Tls:
        tls = Tls(*map(_content, self._paths))
        tls.check()
        return tls

    def _stamps(self) -> tuple[object, ...]:
        return tuple(map(_stamp, self._paths))


def _stamp(path: str) -> object:
    """What changes when a file does, also when a link to its directory does as in a mounted Secret."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked at every handshake
    except OSError as error:
        return error.errno
    return found.st_ino, found.st_mtime_ns, found.st_size


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise TlsError(f"open {path}: {error.strerror}") from error
