"""Records in Kubernetes' binary form."""

from __future__ import annotations

import pytest

from tiller.kube.protobuf import TYPE, Stored, is_whole, read_page, readable
from tiller.kube.transport import ApiError, Garbled, Response


def part(number: int, data: bytes) -> bytes:
    length, rest = len(data), bytearray()
    while length > 127:
        rest.append(length & 127 | 128)
        length >>= 7
    rest.append(length)
    return bytes([number << 3 | 2]) + bytes(rest) + data


def envelope(raw: bytes) -> bytes:
    return b"k8s\0" + part(1, part(1, b"v1") + part(2, b"ConfigMapList")) + part(2, raw) + part(3, b"")


def item(name: str, data: bytes, key: bytes = b"release") -> bytes:
    numbers = b"\x38\x00"  # a field that is a number
    metadata = part(1, name.encode()) + part(3, b"shop") + numbers + part(5, b"u-1") + part(6, b"77")
    return part(
        2, part(1, metadata) + part(2, part(1, b"other") + part(2, b"no")) + part(2, part(1, key) + part(2, data))
    )


PAGE = envelope(part(1, part(2, b"9") + part(3, b"more")) + item("web.v1", b"x" * 300) + item("web.v2", b"y", b"else"))


def test_a_page_of_records() -> None:
    page = read_page(PAGE, "release")
    assert page.items == [Stored("web.v1", "u-1 77", b"x" * 300), Stored("web.v2", "u-1 77", b"")]
    assert page.token == "more"


@pytest.mark.parametrize("end", [3, 10, 40, len(PAGE) - 20])
def test_a_page_that_is_cut_short(end: int) -> None:
    assert is_whole(PAGE)
    assert not is_whole(PAGE[:end])
    with pytest.raises(Garbled):
        read_page(PAGE[:end], "release")


def test_a_refusal_can_be_read() -> None:
    body = envelope(part(2, b"Failure") + part(3, b"no configmaps for you") + part(4, b"Forbidden"))
    error = ApiError.of(readable(Response(403, {"content-type": TYPE}, body)))
    assert (error.status, error.reason, str(error)) == (403, "Forbidden", "no configmaps for you")
    plain = Response(200, {"content-type": TYPE}, PAGE)
    assert readable(plain) is plain
