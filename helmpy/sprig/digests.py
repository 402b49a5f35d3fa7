"""Checksums, in hexadecimal."""

from __future__ import annotations

from helmpy.gocompat.utf8 import to_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def sha1sum(text: str) -> str:
    """Return the SHA-1 of ``text``."""
    try:
        from _sha1 import sha1  # type: ignore[import-not-found]  # no stub; hashlib would load OpenSSL: 3 ms
    except ImportError:
        from hashlib import sha1
    digest: str = sha1(to_bytes(text), usedforsecurity=False).hexdigest()
    return digest


def sha256sum(text: str) -> str:
    """Return the SHA-256 of ``text``."""
    digest: str = _sha256()(to_bytes(text)).hexdigest()
    return digest


def adler32sum(text: str) -> str:
    """Return the Adler-32 of ``text``, in decimal as sprig prints it."""
    import zlib

    return str(zlib.adler32(to_bytes(text)))


def _sha256() -> Callable[[bytes], Any]:
    """Return SHA-256 without hashlib, which would load OpenSSL: 3 ms."""
    try:
        from _sha2 import sha256  # type: ignore[import-not-found]  # no stub; from 3.12 on
    except ImportError:
        try:
            from _sha256 import sha256  # type: ignore[import-not-found]  # no stub; up to 3.11
        except ImportError:
            from hashlib import sha256
    made: Callable[[bytes], Any] = sha256
    return made
