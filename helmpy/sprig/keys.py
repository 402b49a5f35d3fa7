"""Private keys in PEM: making them and reading them."""

from __future__ import annotations

import warnings

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.pattern import Pattern
from helmpy.gocompat.text_quote import to_bytes
from helmpy.sprig.digests import sha256sum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_EXPONENT = 65537
_REMEMBERED = 1000

# Checksums of keys made here, which charts hand back to sign with: proving one sound takes 40 ms.
_sound: dict[str, None] = {}
_BLOCK = Pattern(r"(?a)-----BEGIN ([^\n]*+)(?<=-----)\r?\n")


def _make(kind: str) -> Any:
    if kind in ("", "rsa"):
        return rsa.generate_private_key(_EXPONENT, 4096)
    if kind == "dsa":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that DSA is a thing of the past is the chart's business
            return dsa.generate_private_key(2048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ecdsa" else ed25519.Ed25519PrivateKey.generate()


def gen_private_key(kind: str) -> str:
    """Return a new key: rsa (4096 bits), dsa, ecdsa (P-256) or ed25519; or why there is none."""
    return to_pem(_make(kind)) if kind in ("", "rsa", "dsa", "ecdsa", "ed25519") else f"Unknown type {kind}"


def gen_private_key_v2(kind: str) -> str:
    """Return a new key as sprig 2 makes them: no ed25519."""
    return f"Unknown type {kind}" if kind == "ed25519" else gen_private_key(kind)


def new_rsa() -> rsa.RSAPrivateKey:
    """Return a new key for a certificate."""
    return rsa.generate_private_key(_EXPONENT, 2048)


def to_pem(key: Any) -> str:
    """Return a key in the oldest PEM format that has it."""
    modern = isinstance(key, ed25519.Ed25519PrivateKey)
    layout = PrivateFormat.PKCS8 if modern else PrivateFormat.TraditionalOpenSSL
    data: bytes = key.private_bytes(Encoding.PEM, layout, NoEncryption())
    text = data.decode("ascii")
    if len(_sound) >= _REMEMBERED:
        _sound.clear()
    _sound[sha256sum(text)] = None
    return text


def read_pem(text: str) -> Any:
    """Return the key in ``text``; FunctionError in sprig's words where there is none."""
    found = _BLOCK.search(text)
    if found is None or f"-----END {found[1]}" not in text:
        raise FunctionError("no PEM data in input")
    kind = found[1].removesuffix("-----")
    if not kind.endswith("PRIVATE KEY"):
        raise FunctionError(f"no private key data in PEM block of type {kind}")
    if kind not in ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"):
        raise FunctionError(f"invalid private key type {kind.removesuffix(' PRIVATE KEY')}")
    try:
        proven = sha256sum(text) in _sound
        return load_pem_private_key(to_bytes(text[found.start() :]), None, unsafe_skip_rsa_key_validation=proven)
    except Exception as error:
        what = "decoding PEM as PKCS#8" if kind == "PRIVATE KEY" else f"parsing {kind[:-12]} private key from PEM"
        raise FunctionError(f"{what}: {error}") from error
