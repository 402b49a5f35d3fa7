"""AES-256 in CBC mode, keyed by a password cut or padded to 32 bytes, in base64."""

from __future__ import annotations

import binascii
import os

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from helmpy.gocompat.function import FunctionError, FunctionPanic
from helmpy.gocompat.text_quote import to_bytes, to_text
from helmpy.sprig.encoding import base64_fault

_BLOCK = 16
_KEY = 32


def _cipher(password: str, vector: bytes) -> Cipher[CBC]:
    return Cipher(AES256(to_bytes(password)[:_KEY].ljust(_KEY, b"\0")), CBC(vector))


def encrypt_aes(password: str, text: str) -> str:
    """Return ``text`` encrypted, its random first block included."""
    if not text:
        return ""
    data = to_bytes(text)
    count = _BLOCK - len(data) % _BLOCK
    vector = os.urandom(_BLOCK)
    encryptor = _cipher(password, vector).encryptor()
    sealed = vector + encryptor.update(data + bytes([count]) * count) + encryptor.finalize()
    return binascii.b2a_base64(sealed, newline=False).decode("ascii")


def decrypt_aes(password: str, sealed: str) -> str:
    """Return what ``encrypt_aes`` was given; FunctionError for base64 that is none, FunctionPanic for other text."""
    if not sealed:
        return ""
    encoded = to_bytes(sealed)
    fault = base64_fault(encoded)
    if fault is not None:
        raise FunctionError(fault)
    data = binascii.a2b_base64(encoded)
    if len(data) < _BLOCK:
        raise FunctionPanic(f"runtime error: slice bounds out of range [:{_BLOCK}] with capacity {len(data)}")
    if len(data) % _BLOCK:
        raise FunctionPanic("crypto/cipher: input not full blocks")
    decryptor = _cipher(password, data[:_BLOCK]).decryptor()
    padded = decryptor.update(data[_BLOCK:]) + decryptor.finalize()
    if not padded:
        raise FunctionPanic("runtime error: index out of range [-1]")
    count = padded[-1]
    if count > len(padded):
        raise FunctionPanic(f"runtime error: slice bounds out of range [:{len(padded) - count}]")
    return to_text(padded[: len(padded) - count])
