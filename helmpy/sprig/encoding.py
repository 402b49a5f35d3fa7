"""base64, base32 and JSON. What cannot be decoded comes back as the decoder's message, as in sprig."""

from __future__ import annotations

import binascii

from helmpy.gocompat import json
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.pattern import Pattern
from helmpy.gocompat.text_quote import to_bytes, to_text
from helmpy.gocompat.text_types import MAX_TEXT, TextTooLong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ALPHABET64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_ALPHABET32 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_PAD = 0x3D
_NEW_LINES = b"\r\n"


def b64enc(text: str) -> str:
    """Return ``text`` in base64."""
    if len(text) > MAX_TEXT:
        raise TextTooLong
    return binascii.b2a_base64(to_bytes(text), newline=False).decode("ascii")


def b64dec(text: str) -> str:
    """Return what base64 ``text`` holds, or the message of Go's decoder."""
    data = to_bytes(text)
    return base64_fault(data) or to_text(binascii.a2b_base64(data))


def base64_fault(data: bytes) -> str | None:
    """Return Go's message where ``data`` is not base64."""
    bad = _first_bad_base64(data)
    return None if bad is None else f"illegal base64 data at input byte {bad}"


def _first_bad_base64(data: bytes) -> int | None:
    """Return the offset at which Go stops, None where it does not. New lines may stand anywhere."""
    in_group, at, end = 0, 0, len(data)
    while at < end:
        byte = data[at]
        at += 1
        if byte in _ALPHABET64:
            in_group = (in_group + 1) % 4
        elif byte in _NEW_LINES:
            continue
        elif byte != _PAD or in_group < 2:
            return at - 1
        else:
            return _bad_padding(data, at, in_group)
    return end - in_group if in_group else None


def _bad_padding(data: bytes, at: int, in_group: int) -> int | None:
    if in_group == 2:
        at = _skip_new_lines(data, at)
        if at == len(data):
            return at
        if data[at] != _PAD:
            return at - 1
        at += 1
    at = _skip_new_lines(data, at)
    return at if at < len(data) else None


def _skip_new_lines(data: bytes, at: int) -> int:
    while at < len(data) and data[at] in _NEW_LINES:
        at += 1
    return at


def b32enc(text: str) -> str:
    """Return ``text`` in base32."""
    import base64

    if len(text) > MAX_TEXT:
        raise TextTooLong
    return base64.b32encode(to_bytes(text)).decode("ascii")


def b32dec(text: str) -> str:
    """Return what base32 ``text`` holds, or the message of Go's decoder."""
    import base64

    data = to_bytes(text).translate(None, _NEW_LINES)
    good, end = _scan_base32(data)
    if not good:
        return f"illegal base32 data at input byte {end}"
    return to_text(base64.b32decode(data[:end].ljust(-(-end // 8) * 8, b"=")))


def _scan_base32(data: bytes) -> tuple[bool, int]:
    """Return whether Go takes it, and where the padding begins or the fault is."""
    in_group = 0
    for at, byte in enumerate(data):
        if byte in _ALPHABET32:
            in_group = (in_group + 1) % 8
            continue
        rest = len(data) - at - 1
        if byte != _PAD or in_group < 2 or rest >= 8:
            return False, at
        return _check_padding32(data, at, in_group)
    return not in_group, len(data) - in_group


def _check_padding32(data: bytes, at: int, in_group: int) -> tuple[bool, int]:
    """Check the padding that begins at ``at``; Go looks neither at what follows it nor for its exact length."""
    if len(data) - at - 1 < 7 - in_group:
        return False, len(data)
    wrong = next((offset for offset in range(at + 1, at + 8 - in_group) if data[offset] != _PAD), None)
    if wrong is not None:
        return False, wrong - 1
    return in_group not in (3, 6), at


def from_json(text: str) -> Any:
    """Return what JSON ``text`` says, nil where it is not JSON."""
    try:
        return json.loads(text)
    except json.JsonError:
        return None


def must_from_json(text: str) -> Any:
    """Return what JSON ``text`` says; raise FunctionError where it is not JSON."""
    try:
        return json.loads(text)
    except json.JsonError as error:
        raise FunctionError(error.message) from error


_ESCAPE = Pattern(r"\\(?:u003c|u003e|u0026|.)")
_RAW = {r"\u003c": "<", r"\u003e": ">", r"\u0026": "&"}


class Writer:
    """The functions that write JSON, in one dialect of Go's encoder."""

    __slots__ = ("_dialect",)

    def __init__(self, dialect: int) -> None:
        self._dialect = dialect

    def must_to_json(self, value: Any) -> str:
        """Return ``value`` as JSON; raise FunctionError where it has none."""
        try:
            return json.dumps(value, dialect=self._dialect)
        except json.JsonError as error:
            raise FunctionError(error.message) from error

    def to_json(self, value: Any) -> str:
        """Return ``value`` as JSON, "" where it has none."""
        try:
            return json.dumps(value, dialect=self._dialect)
        except json.JsonError:
            return ""

    def must_to_pretty_json(self, value: Any) -> str:
        """Return ``value`` as JSON on several lines; raise FunctionError where it has none."""
        try:
            return json.dumps_pretty(value, dialect=self._dialect)
        except json.JsonError as error:
            raise FunctionError(error.message) from error

    def to_pretty_json(self, value: Any) -> str:
        """Return ``value`` as JSON on several lines, "" where it has none."""
        try:
            return json.dumps_pretty(value, dialect=self._dialect)
        except json.JsonError:
            return ""

    def to_raw_json(self, value: Any) -> str:
        """Return ``value`` as JSON with <, > and & as they are; raise FunctionError where it has none."""
        text: str = _ESCAPE.sub(lambda found: _RAW.get(found[0], found[0]), self.must_to_json(value))
        return text


V2 = Writer(2)
V3 = Writer(3)
