from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy.gocompat.text_quote import can_backquote, from_bytes, quote, quote_rune, to_bytes


@pytest.mark.parametrize(
    ("value", "quoted", "in_ascii"),
    [
        ("plain", '"plain"', '"plain"'),
        ('"\\', '"\\"\\\\"', '"\\"\\\\"'),
        ("\a\b\f\n\r\t\v", r'"\a\b\f\n\r\t\v"', r'"\a\b\f\n\r\t\v"'),
        ("\x00\x1f\x7f", r'"\x00\x1f\x7f"', r'"\x00\x1f\x7f"'),
        ("ü 😀", '"ü 😀"', r'"\u00fc \U0001f600"'),
        ("\u00a0\u2028", r'"\u00a0\u2028"', r'"\u00a0\u2028"'),
        (from_bytes(b"\xff"), r'"\xff"', r'"\xff"'),
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
    assert to_bytes(from_bytes(data)) == data


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    assert to_bytes("a\ud800b") == "a�b".encode()
