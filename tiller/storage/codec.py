"""A record's bytes: base64 of gzip of the release's protobuf message, as Helm 2 writes them."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib

from google.protobuf.message import DecodeError

from helmpy import wire
from helmpy.hapi.release.release_pb2 import Release as ReleaseMessage
from helmpy.release.error import ReleaseError
from helmpy.release.model import Release

GZIP_MAGIC = b"\x1f\x8b\x08"

# A record of 1 MiB, the most that a cluster stores, cannot hold an honest release larger than this.
MAX_SIZE = 256 * 1024 * 1024


class CodecError(ReleaseError):
    """A stored record cannot be read."""


def encode(release: Release) -> str:
    """Text for a store; equal releases give equal text (no time in the gzip header)."""
    message = wire.to_proto(release)
    packed = gzip.compress(message.SerializeToString(), 9, mtime=0)
    # Byte 9 names the system; Helm 2 writes "unknown", Python the machine's or that, by its version.
    return base64.b64encode(packed[:9] + b"\xff" + packed[10:]).decode("ascii")


def decode(text: str | bytes) -> Release:
    """The release of a record, gzipped or, from Helm's first days, plain; raises CodecError."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CodecError(f"the record is not base64: {error}") from None
    message = ReleaseMessage()
    try:
        message.ParseFromString(_unzipped(data) if data.startswith(GZIP_MAGIC) else data)
    except DecodeError as error:
        raise CodecError(f"the record is no release: {error}") from None
    release = wire.from_proto(message)
    assert isinstance(release, Release)
    return release


def _unzipped(data: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(data, MAX_SIZE)
    except zlib.error as error:
        raise CodecError(f"the record cannot be unzipped: {error}") from None
    if stream.unconsumed_tail:
        raise CodecError(f"the record is larger than {MAX_SIZE} bytes")
    if not stream.eof:
        raise CodecError("the record is cut short")
    return plain
