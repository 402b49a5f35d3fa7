"""Password hashes, and passwords derived from a master password by the Master Password algorithm."""

from __future__ import annotations

import hashlib
import hmac

import bcrypt as library

from helmpy.gocompat.text_quote import to_bytes

_COST = 10
_LONGEST = 72  # bytes that bcrypt looks at; the library refuses more, Go cut them off in silence


def bcrypt(text: str) -> str:
    """Return the bcrypt hash of ``text``, cost 10."""
    return library.hashpw(to_bytes(text)[:_LONGEST], library.gensalt(_COST, prefix=b"2a")).decode("ascii")


def htpasswd(user: str, password: str) -> str:
    """Return a line of an htpasswd file, or why there is none."""
    return f"invalid username: {user}" if ":" in user else f"{user}:{bcrypt(password)}"


_SEED = b"com.lyndir.masterpassword"

# The algorithm's own tables: what each letter of a template stands for, and the templates by kind.
_CHARACTERS = {
    "V": "AEIOU",
    "C": "BCDFGHJKLMNPQRSTVWXYZ",
    "v": "aeiou",
    "c": "bcdfghjklmnpqrstvwxyz",
    "a": "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
    "n": "0123456789",
    "o": "@&%?,=[]_:-+*$#!'^~;()/.",
    "x": "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
}
_TEMPLATES = {
    "maximum": "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno",
    "long": "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv "
    "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv "
    "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno",
    "medium": "CvcnoCvc CvcCvcno",
    "short": "Cvcn",
    "basic": "aaanaaan aannaaan aaannaaa",
    "pin": "nnnn",
}


def derive_password(counter: int, kind: str, password: str, user: str, site: str) -> str:
    """Return the site's password, or why there is none. Takes a quarter of a second on purpose."""
    if kind not in _TEMPLATES:
        return f"cannot find password template {kind}"
    templates = _TEMPLATES[kind].split()
    salt = _SEED + _counted(user)
    key = hashlib.scrypt(to_bytes(password), salt=salt, n=32768, r=8, p=2, maxmem=128 * 1024 * 1024, dklen=64)
    seed = hmac.digest(key, _SEED + _counted(site) + counter.to_bytes(4, "big"), "sha256")
    template = templates[seed[0] % len(templates)]
    alphabets = (_CHARACTERS[letter] for letter in template)
    return "".join(alphabet[byte % len(alphabet)] for alphabet, byte in zip(alphabets, seed[1:], strict=False))


def _counted(text: str) -> bytes:
    data = to_bytes(text)
    return len(data).to_bytes(4, "big") + data
