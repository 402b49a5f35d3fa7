from __future__ import annotations

import pytest

from helmpy.gocompat.utf8 import to_bytes, to_text


@pytest.mark.parametrize("data", [b"", b"plain", "größe".encode(), b"\xff\x00\xc3", b"\xed\xa0\x80"])
def test_bytes_survive_the_way_through_text(data: bytes) -> None:
    assert to_bytes(to_text(data)) == data


def test_a_surrogate_that_stands_for_no_byte_becomes_a_replacement() -> None:
    assert to_bytes("a\ud83d\udcff") == "a\ufffd".encode() + b"\xff"
