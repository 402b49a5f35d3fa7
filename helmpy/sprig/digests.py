"""Checksums, in hexadecimal."""

from __future__ import annotations

import hashlib
import zlib

from helmpy.gocompat.utf8 import to_bytes


def sha1sum(text: str) -> str:
    """Return the SHA-1 of ``text``."""
    return hashlib.sha1(to_bytes(text), usedforsecurity=False).hexdigest()


def sha256sum(text: str) -> str:
    """Return the SHA-256 of ``text``."""
    return hashlib.sha256(to_bytes(text)).hexdigest()


def adler32sum(text: str) -> str:
    """Return the Adler-32 of ``text``, in decimal as sprig prints it."""
    return str(zlib.adler32(to_bytes(text)))
