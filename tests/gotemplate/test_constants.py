from __future__ import annotations

from typing import Any

import pytest

from helmpy.gotemplate.constants import number, unquote


@pytest.mark.parametrize(
    ("text", "ideal", "as_int", "as_uint", "as_float"),
    [
        ("0", 0, 0, 0, 0.0),
        ("-5", -5, -5, None, -5.0),
        ("2.0", 2.0, 2, 2, 2.0),
        ("1.5", 1.5, None, None, 1.5),
        ("0b101", 5, 5, 5, 5.0),
        ("0755", 493, 493, 493, 493.0),
        ("0o7_5", 61, 61, 61, 61.0),
        ("0xE", 14, 14, 14, 14.0),
        ("1e2", 100.0, 100, 100, 100.0),
        ("0x1p-2", 0.25, None, None, 0.25),
        ("'\\''", 39, 39, 39, 39.0),
        ("9223372036854775808", None, None, 1 << 63, float(1 << 63)),
    ],
)
def test_numbers(text: str, ideal: Any, as_int: int | None, as_uint: int | None, as_float: float | None) -> None:
    node = number(0, text)
    assert (node.ideal, node.as_int, node.as_uint, node.as_float) == (ideal, as_int, as_uint, as_float)
    assert type(node.ideal) is type(ideal)


@pytest.mark.parametrize(("text", "value"), [("2i", 2j), ("1+2i", 1 + 2j), ("1e+2-1.5i", 100 - 1.5j), ("-0x1p1i", -2j)])
def test_complex_numbers(text: str, value: complex) -> None:
    assert number(0, text).ideal == value


@pytest.mark.parametrize(
    "text", ["-", "+", "1__0", "0x", "08", "1e", "0x1.8", "1e999", "''", "'ab'", "'\\z'", "1+i", "_1"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"syntax|constant|overflow"):
        number(0, text)


@pytest.mark.parametrize(
    ("quoted", "value"),
    [
        ('""', ""),
        (r'"\a\b\f\n\r\t\v\\\""', '\a\b\f\n\r\t\v\\"'),
        (r'"\x41\101\u0041\U00000041"', "AAAA"),
        (r'"\xc3\xa9"', "é"),
        (r'"\xff"', "\udcff"),
    ],
)
def test_unquote(quoted: str, value: str) -> None:
    assert unquote(quoted) == value


@pytest.mark.parametrize("body", ["q", "x4", "u12", "ud800", "U00110000", "400", "08", "'"])
def test_what_go_does_not_unquote(body: str) -> None:
    with pytest.raises(ValueError, match="invalid syntax"):
        unquote(f'"\\{body}"')
