"""A record's bytes: base64 of gzip of the release's protobuf message, as Helm 2 writes them."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from helmpy import wire
from helmpy.hapi.chart.metadata_pb2 import Metadata
from helmpy.hapi.release.info_pb2 import Info
from helmpy.hapi.release.release_pb2 import Release as ReleaseMessage
from helmpy.release.error import ReleaseError
from helmpy.release.model import Release
from helmpy.release.timestamp import Timestamp
from tiller.kube.protobuf import places
from tiller.kube.transport import Garbled

GZIP_MAGIC = b"\x1f\x8b\x08"

# A record of 1 MiB, the most that a cluster stores, cannot hold an honest release larger than this.
MAX_SIZE = 256 * 1024 * 1024


HEAD = 16 * 1024  # bytes of a message in which its info and its chart's metadata stand
_INFO, _CHART, _METADATA = 2, 3, 1  # numbers of fields


class CodecError(ReleaseError):
    """A stored record cannot be read."""


@dataclass(frozen=True, slots=True)
class Head:
    """What lists are sorted and filtered by; ``namespace`` is None where it was not looked for."""

    last_deployed: Timestamp
    chart: str
    namespace: str | None


def encode(release: Release) -> str:
    """Text for a store; equal releases give equal text (no time in the gzip header)."""
    message = wire.to_proto(release)
    packed = gzip.compress(message.SerializeToString(), 9, mtime=0)
    # Byte 9 names the system; Helm 2 writes "unknown", Python the machine's or that, by its version.
    return base64.b64encode(packed[:9] + b"\xff" + packed[10:]).decode("ascii")


def decode(text: str | bytes) -> Release:
    """The release of a record, gzipped or, from Helm's first days, plain; raises CodecError."""
    return read(plain(text))


def plain(text: str | bytes) -> bytes:
    """The bytes of a record's protobuf message; raises CodecError."""
    data = _packed(text)
    return _unzipped(data) if data.startswith(GZIP_MAGIC) else data


def read(data: bytes) -> Release:
    """The release of a protobuf message; raises CodecError."""
    release = wire.from_proto(_message(data))
    assert isinstance(release, Release)
    return release


def check(data: bytes) -> None:
    """Raise CodecError for bytes that are no release's message."""
    _message(data)


def head(text: str | bytes, *, whole: bool = False) -> Head:
    """What lists are sorted and filtered by; raises CodecError.

    All but the namespace stands in the first bytes of a record, where nobody wrote its fields in
    another order; the namespace, its last field, is read where ``whole`` asks for it.
    """
    data = _packed(text)
    if data.startswith(GZIP_MAGIC) and not whole:
        found = _first(data)
        if found is not None:
            return found
    message = _message(_unzipped(data) if data.startswith(GZIP_MAGIC) else data)
    return _head(message.info, message.chart.metadata.name, str(message.namespace))


def _first(data: bytes) -> Head | None:
    """The head by a record's first bytes; None where they do not hold it."""
    try:
        start = memoryview(zlib.decompressobj(wbits=31).decompress(data, HEAD))
    except zlib.error as error:
        raise CodecError(f"the record cannot be unzipped: {error}") from None
    info = metadata = None
    try:
        for number, at, end in places(start):
            if number == _INFO and end <= len(start):
                info = Info.FromString(bytes(start[at:end]))
            elif number == _CHART:
                chart = start[at:]
                first, at, end = next(places(chart), (0, 0, 0))
                if first == _METADATA and end <= len(chart):
                    metadata = Metadata.FromString(bytes(chart[at:end]))
                break
    except (DecodeError, Garbled):
        return None
    return None if info is None or metadata is None else _head(info, str(metadata.name), None)


def _head(info: Info, chart: str, namespace: str | None) -> Head:
    last = info.last_deployed
    return Head(Timestamp(last.seconds, last.nanos), chart, namespace)


def _packed(text: str | bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CodecError(f"the record is not base64: {error}") from None


def _message(data: bytes) -> ReleaseMessage:
    message = ReleaseMessage()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise CodecError(f"the record is no release: {error}") from None
    return message


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
