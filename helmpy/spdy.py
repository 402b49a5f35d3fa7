"""SPDY/3.1 as API servers speak it for port-forwards: frames and their headers, without a socket.

Bytes that came go in, events come out; what is to be sent is returned. Flow control is left out, as it is in the
servers. Source: the SPDY Protocol draft 3.1, https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from helmpy.errors import HelmError

VERSION = "SPDY/3.1"  # as it stands in an Upgrade header
MAX_FRAME = 2**24 - 1  # bytes, by the format
MAX_HEADERS = 2**16  # bytes of one header block, unpacked
CHUNK = 2**16  # bytes of data that go into a frame
_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _PING, _GOAWAY = 1, 2, 3, 6, 7
_FIN = 1
_HEAD = struct.Struct("!II")
_WORD = struct.Struct("!I")


class SpdyError(HelmError):
    """What came is no SPDY."""


@dataclass(frozen=True, slots=True)
class Event:
    """What came on a stream; ``fin``: the other side says no more on it."""

    stream: int
    fin: bool = False


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """The other side began a stream."""

    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Data(Event):
    """Bytes of a stream."""

    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Reset(Event):
    """A stream was broken off; ``status`` is one of SPDY's."""

    status: int = 0


@dataclass(frozen=True, slots=True)
class Ping(Event):
    """``answer`` must be sent."""

    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class Farewell(Event):
    """No stream will be begun any more."""


class Session:
    """One side of a connection: streams that a client begins have odd numbers, a server's even ones."""

    def __init__(self, *, server: bool = False) -> None:
        self._next = 2 if server else 1
        self._mine = 0 if server else 1  # of numbers, modulo 2
        self._pack = zlib.compressobj(zdict=DICTIONARY)
        self._unpack = zlib.decompressobj(zdict=DICTIONARY)
        self._came = b""

    def open(self, headers: Mapping[str, str], *, fin: bool = False) -> tuple[int, bytes]:
        """Begin a stream: its number, and what must be sent."""
        stream = self._next
        self._next += 2
        return stream, _control(_SYN_STREAM, struct.pack("!IIH", stream, 0, 0) + self._packed(headers), fin=fin)

    def reply(self, stream: int) -> bytes:
        """Return what tells that a stream is welcome."""
        return _control(_SYN_REPLY, _WORD.pack(stream) + self._packed({}))

    def data(self, stream: int, data: bytes, *, fin: bool = False) -> bytes:
        """Return the frames of some bytes."""
        parts = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)] or [b""]
        return b"".join(
            _HEAD.pack(stream, (_FIN << 24 if fin and at == len(parts) - 1 else 0) | len(part)) + part
            for at, part in enumerate(parts)
        )

    def receive(self, data: bytes) -> Iterator[Event]:
        """Yield what the bytes tell. Raises SpdyError."""
        self._came += data
        while len(self._came) >= _HEAD.size:
            first, second = _HEAD.unpack_from(self._came)
            end = _HEAD.size + (second & MAX_FRAME)
            if len(self._came) < end:
                return
            body, self._came = self._came[_HEAD.size : end], self._came[end:]
            fin = bool(second >> 24 & _FIN)
            if first >> 31:
                event = self._controlled(first & 0xFFFF, body, fin=fin)
                if event is not None:
                    yield event
            else:
                yield Data(first, fin, body)

    def _controlled(self, kind: int, body: bytes, *, fin: bool) -> Event | None:
        if kind not in _SIZES:
            return None  # SETTINGS and what else does not matter here
        if len(body) < _SIZES[kind]:
            raise SpdyError(f"a SPDY frame of type {kind} was cut short")
        (word,) = _WORD.unpack_from(body)
        stream = word & 0x7FFFFFFF
        if kind == _SYN_STREAM:
            return Opened(stream, fin, self._unpacked(body[_SIZES[kind] :]))
        if kind == _SYN_REPLY:
            return Event(stream, fin)
        if kind == _RST_STREAM:
            return Reset(stream, True, _WORD.unpack_from(body, 4)[0])
        if kind == _GOAWAY:
            return Farewell(0)
        return Ping(0, answer=_control(_PING, body[:4])) if word % 2 != self._mine else None

    def _packed(self, headers: Mapping[str, str]) -> bytes:
        block = [_WORD.pack(len(headers))]
        for name, value in headers.items():
            for text in (name.lower().encode("latin-1"), value.encode("latin-1")):
                block += [_WORD.pack(len(text)), text]
        return self._pack.compress(b"".join(block)) + self._pack.flush(zlib.Z_SYNC_FLUSH)

    def _unpacked(self, block: bytes) -> dict[str, str]:
        try:
            found = self._unpack.decompress(block, MAX_HEADERS + 1)
        except zlib.error as error:
            raise SpdyError(f"headers of SPDY can't be unpacked: {error}") from error
        if len(found) > MAX_HEADERS:
            raise SpdyError(f"headers of SPDY have more than {MAX_HEADERS} bytes")
        texts = list(_texts(found))
        return dict(zip(texts[::2], texts[1::2], strict=True))


_SIZES = {_SYN_STREAM: 10, _SYN_REPLY: 4, _RST_STREAM: 8, _PING: 4, _GOAWAY: 4}  # bytes that a frame has at least


def _control(kind: int, body: bytes, *, fin: bool = False) -> bytes:
    return _HEAD.pack(0x80030000 | kind, (_FIN << 24 if fin else 0) | len(body)) + body


def _texts(block: bytes) -> Iterator[str]:
    """The names and values of a header block, in turn."""
    at = 4
    try:
        for _ in range(2 * _WORD.unpack_from(block)[0]):
            (size,) = _WORD.unpack_from(block, at)
            text = block[at + 4 : at + 4 + size]
            at += 4 + size
            if at > len(block):
                break
            yield text.decode("latin-1")
        else:
            return
    except struct.error:
        pass  # it ends where a number should be
    raise SpdyError("headers of SPDY were cut short")


def _counted(words: str) -> bytes:
    return b"".join(_WORD.pack(len(word)) + word.encode() for word in words.split("|"))


# What both sides' compression begins with, by the draft: common words, then common values.
DICTIONARY = (
    _counted(
        "options|head|post|put|delete|trace|accept|accept-charset|accept-encoding|accept-language|accept-ranges|age"
        "|allow|authorization|cache-control|connection|content-base|content-encoding|content-language|content-length"
        "|content-location|content-md5|content-range|content-type|date|etag|expect|expires|from|host|if-match"
        "|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|location|max-forwards|pragma"
        "|proxy-authenticate|proxy-authorization|range|referer|retry-after|server|te|trailer|transfer-encoding|upgrade"
        "|user-agent|vary|via|warning|www-authenticate|method|get|status|200 OK|version|HTTP/1.1|url|public|set-cookie"
        "|keep-alive|origin"
    )
    + b"100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    b"203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden"
    b"404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    b"Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    b"chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,"
    b"publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
