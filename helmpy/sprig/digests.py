"""Checksums, in hexadecimal."""

from __future__ import annotations

import sys

from helmpy.gocompat.text_quote import to_bytes

# Not hashlib, which would load OpenSSL: 3 ms. A module that is not there takes 0.4 ms to miss.
try:
    if sys.version_info >= (3, 12):
        from _sha2 import sha256 as _sha256
    else:
        from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]  # no stub
except ImportError:
    from hashlib import sha256 as _sha256


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
    digest: str = _sha256(to_bytes(text)).hexdigest()
    return digest


def adler32sum(text: str) -> str:
    """Return the Adler-32 of ``text``, in decimal as sprig prints it."""
    import zlib

    return str(zlib.adler32(to_bytes(text)))
