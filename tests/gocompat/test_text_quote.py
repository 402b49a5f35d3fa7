from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy.gocompat.text_quote import can_backquote, quote, quote_rune, to_bytes, to_text


@pytest.mark.parametrize(
    ("value", "quoted", "in_ascii"),
    [
        ("plain", '"plain"', '"plain"'),
        ('"\\', '"\\"\\\\"', '"\\"\\\\"'),
        ("\a\b\f\n\r\t\v", r'"\a\b\f\n\r\t\v"', r'"\a\b\f\n\r\t\v"'),
        ("\x00\x1f\x7f", r'"\x00\x1f\x7f"', r'"\x00\x1f\x7f"'),
        ("ü 😀", '"ü 😀"', r'"\u00fc \U0001f600"'),
        ("\u00a0\u2028", r'"\u00a0\u2028"', r'"\u00a0\u2028"'),
        (to_text(b"\xff"), r'"\xff"', r'"\xff"'),
        ("\ud800", r'"\ufffd"', r'"\ufffd"'),
    ],
)
def test_quote(value: str, quoted: str, in_ascii: str) -> None:
    assert quote(value) == quoted
    assert quote(value, ascii_only=True) == in_ascii


def test_quote_rune() -> None:
    assert quote_rune(39) == r"'\''"
    assert quote_rune(34) == "'\"'"
    assert quote_rune(-1) == quote_rune(0xD800) == "'�'"


def test_what_fits_between_backquotes() -> None:
    assert can_backquote("a\tb")
    assert not any(map(can_backquote, ["a`b", "a\nb", "\x7f", "\ufeff"]))


@given(st.binary())
def test_bytes_survive_being_text(data: bytes) -> None:
    assert to_bytes(to_text(data)) == data


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    assert to_bytes("a\ud800b") == "a�b".encode()


@pytest.mark.parametrize("data", [b"", b"plain", "größe".encode(), b"\xff\x00\xc3", b"\xed\xa0\x80"])
def test_bytes_survive_the_way_through_text(data: bytes) -> None:
    assert to_bytes(to_text(data)) == data


def test_a_surrogate_that_stands_for_no_byte_becomes_a_replacement() -> None:
    assert to_bytes("a\ud83d\udcff") == "a\ufffd".encode() + b"\xff"
