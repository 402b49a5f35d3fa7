"""Kubernetes' binary form of ConfigMaps and Secrets, as far as records are read from it.

Lists of records are large, and the API server writes this form in a fifth of the time that JSON
takes. Source of the field numbers: Kubernetes' published ``generated.proto`` files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tiller.kube.transport import Garbled, Response

TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\0"
_RAW = 2  # of the envelope
_METADATA, _ITEMS = 1, 2  # of a list
_DATA = 2  # of a ConfigMap and of a Secret, a map
_CONTINUE = 3  # of a list's metadata
_NAME, _UID, _RESOURCE_VERSION = 1, 5, 6  # of an object's metadata
_MESSAGE, _REASON = 3, 4  # of a Status


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that holds a record: its name, what changes with every write of it, and the record's text."""

    name: str
    stamp: str
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One page of a list; ``token`` asks for the next, empty for none."""

    items: list[Stored]
    token: str


def read_page(body: bytes, key: str) -> StoredPage:
    """The objects of a list with their data under ``key``; raises Garbled."""
    view = memoryview(body)
    items: list[Stored] = []
    token = ""
    for number, part in _fields(_enveloped(view)):
        if number == _ITEMS:
            items.append(_stored(part, key.encode()))
        elif number == _METADATA:
            token = _text(part, _CONTINUE)
    return StoredPage(items, token)


def is_whole(body: bytes) -> bool:
    """Whether an answer came to its end."""
    try:
        for _ in _fields(_enveloped(memoryview(body))):
            pass
    except Garbled:
        return False
    return True


def readable(response: Response) -> Response:
    """A refusal in the binary form as one in JSON; every other response as it is."""
    if response.status < 400 or not is_binary(response):
        return response
    try:
        status = _enveloped(memoryview(response.body))
        told = {"message": _text(status, _MESSAGE), "reason": _text(status, _REASON)}
    except Garbled:
        return response
    return Response(response.status, response.headers, json.dumps(told).encode())


def is_binary(response: Response) -> bool:
    return str(response.headers.get("content-type", "")).startswith(TYPE)


def _enveloped(view: memoryview) -> memoryview:
    if bytes(view[:4]) != _MAGIC:
        raise Garbled(ValueError("it is not in Kubernetes' binary form"))
    found = None
    for number, part in _fields(view[4:]):
        if number == _RAW:
            found = part
    if found is None:
        raise Garbled(ValueError("it holds no object"))
    return found


def _stored(item: memoryview, key: bytes) -> Stored:
    name = stamp = ""
    data = b""
    for number, part in _fields(item):
        if number == _METADATA:
            name = _text(part, _NAME)
            stamp = f"{_text(part, _UID)} {_text(part, _RESOURCE_VERSION)}"
        elif number == _DATA:
            entry = dict(_fields(part))
            if bytes(entry.get(1, b"")) == key:
                data = bytes(entry.get(2, b""))
    return Stored(name, stamp, data)


def _text(message: memoryview, wanted: int) -> str:
    for number, part in _fields(message):
        if number == wanted:
            return bytes(part).decode(errors="replace")
    return ""


def _fields(view: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The fields of a message that have a length; raises Garbled where one is cut short."""
    for number, start, end in places(view):
        if end > len(view):
            raise Garbled(ValueError("its binary form is cut short"))
        yield number, view[start:end]


def places(view: memoryview) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of a message's fields that have a length; numbers are passed over.

    The last one may end after the message, where only its first bytes are here. Raises Garbled.
    """
    at = 0
    try:
        while at < len(view):
            tag, at = _number(view, at)
            kind = tag & 7
            if kind == 2:
                length, at = _number(view, at)
                yield tag >> 3, at, at + length
                at += length
            elif kind == 0:
                _, at = _number(view, at)
            else:
                at += {1: 8, 5: 4}[kind]
    except (IndexError, KeyError):
        raise Garbled(ValueError("its binary form is cut short or broken")) from None


def _number(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = view[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise IndexError
