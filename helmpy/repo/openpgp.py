"""The little of OpenPGP that its library does not do: what Go writes differently, and GnuPG's keybox.

Sources: RFC 9580 for packets and armour, GnuPG's keybox-blob.c for the box.
"""

from __future__ import annotations

import binascii
import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN_MESSAGE = b"-----BEGIN PGP SIGNED MESSAGE-----"
BEGIN_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_END_SIGNATURE = b"-----END PGP SIGNATURE-----"
_SIGNATURE_PACKET = 2
_RSA = (1, 3)
_HASHES = {8: "sha256", 9: "sha384", 10: "sha512", 11: "sha224"}
_KEYBOX_MAGIC = b"KBXf"
_OPENPGP_BLOB = 2


class Malformed(ValueError):
    """Bytes that are no OpenPGP; the caller knows what they were taken for."""


def canonical(clear_signed: bytes) -> bytes:
    """Return a clear-signed message whose signature counts the bits of its numbers as it must.

    Go's old OpenPGP library, Helm 2's, gives an RSA signature the length of the key even where the
    number is shorter: of one signature in two. Strict readers refuse that. Raises Malformed.
    """
    text, begin, rest = clear_signed.partition(BEGIN_SIGNATURE)
    body, end, _ = rest.partition(_END_SIGNATURE)
    if not begin or not end:
        raise Malformed("signature block not found")
    packets = b"".join(_packet(tag, content) for tag, content in _packets(_unarmoured(body)))
    return text + begin + b"\n\n" + _lines(packets) + end + b"\n"


def fault(clear_signed: bytes) -> str:
    """What is wrong of a signature that a key does not verify, in Go's words; nothing where it can't be told.

    A signature tells the first two bytes of the digest of what was signed: another text has others.
    """
    _, _, rest = clear_signed.partition(BEGIN_MESSAGE)
    text, _, body = rest.replace(b"\r\n", b"\n").partition(b"\n" + BEGIN_SIGNATURE)
    signed = b"\r\n".join(_as_signed(line) for line in text.partition(b"\n\n")[2].split(b"\n"))
    packets = _packets(_unarmoured(body.partition(_END_SIGNATURE)[0]))
    made = next((content for tag, content in packets if tag == _SIGNATURE_PACKET), b"")
    if len(made) < 6 or made[0] != 4 or made[2] not in _RSA or made[3] not in _HASHES:
        return ""
    return "hash tag doesn't match" if _tells_other_digest(made, signed) else "RSA verification failure"


def _as_signed(line: bytes) -> bytes:
    return line.removeprefix(b"- ").rstrip(b" \t")


def _tells_other_digest(signature: bytes, text: bytes) -> bool:
    end = 6 + int.from_bytes(signature[4:6], "big")
    trailer = b"\x04\xff" + end.to_bytes(4, "big")
    tag = end + 2 + int.from_bytes(signature[end : end + 2], "big")
    found = hashlib.new(_HASHES[signature[3]], text + signature[:end] + trailer).digest()
    return found[:2] != signature[tag : tag + 2]


def _unarmoured(body: bytes) -> bytes:
    lines = body.replace(b"\r", b"").strip(b"\n").split(b"\n")
    while lines and b": " in lines[0]:  # Version:, Comment:
        lines.pop(0)
    kept = [line for line in lines if line and not line.startswith(b"=")]  # the last is a checksum
    try:
        return binascii.a2b_base64(b"".join(kept), strict_mode=True)
    except binascii.Error as error:
        raise Malformed(f"signature is no base64: {error}") from error


def _lines(data: bytes) -> bytes:
    return b"".join(binascii.b2a_base64(data[at : at + 48]) for at in range(0, len(data), 48))


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        head = data[at]
        if not head & 0x80:
            raise Malformed("invalid data: tag byte does not have MSB set")
        tag, start, size = _new_header(data, at) if head & 0x40 else _old_header(data, at)
        content = data[start : start + size]
        if len(content) < size:
            raise Malformed("unexpected EOF")
        yield tag, content
        at = start + size


def _new_header(data: bytes, at: int) -> tuple[int, int, int]:
    tag, first = data[at] & 0x3F, _at(data, at + 1)
    if first < 192:
        return tag, at + 2, first
    if first < 224:
        return tag, at + 3, (first - 192 << 8) + _at(data, at + 2) + 192
    if first == 255:
        return tag, at + 6, int.from_bytes(data[at + 2 : at + 6], "big")
    raise Malformed("a signature of partial length")


def _old_header(data: bytes, at: int) -> tuple[int, int, int]:
    tag, kind = data[at] >> 2 & 0x0F, data[at] & 3
    if kind == 3:
        raise Malformed("a signature of indeterminate length")
    width = 1 << kind
    return tag, at + 1 + width, int.from_bytes(data[at + 1 : at + 1 + width], "big")


def _at(data: bytes, place: int) -> int:
    if place >= len(data):
        raise Malformed("unexpected EOF")
    return data[place]


def _packet(tag: int, content: bytes) -> bytes:
    if tag == _SIGNATURE_PACKET and content[:1] == b"\x04" and _at(content, 2) in _RSA:
        hashed = int.from_bytes(content[4:6], "big")
        other = int.from_bytes(content[6 + hashed : 8 + hashed], "big")
        start = 8 + hashed + other + 2
        number = content[start + 2 :].lstrip(b"\0")
        bits = int.from_bytes(number, "big").bit_length()
        content = content[:start] + bits.to_bytes(2, "big") + number
    return bytes([0xC0 | tag, 255]) + len(content).to_bytes(4, "big") + content


def is_keybox(data: bytes) -> bool:
    return data[8:12] == _KEYBOX_MAGIC


def keybox(data: bytes) -> Iterator[bytes]:
    """Yield the key blocks of a keybox, GnuPG's format since 2.1. Raises Malformed."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        blob = data[at : at + size]
        if size < 5 or len(blob) < size:
            raise Malformed("unexpected EOF")
        if blob[4] == _OPENPGP_BLOB:
            start, length = (int.from_bytes(blob[place : place + 4], "big") for place in (8, 12))
            if start + length > size:
                raise Malformed("unexpected EOF")
            yield blob[start : start + length]
        at += size
