from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy.gocompat.text_number import format_complex, format_float


@pytest.mark.parametrize(
    ("value", "verb", "precision", "result"),
    [
        (0.0, "g", -1, "0"),
        (100000.0, "g", -1, "100000"),
        (1000000.0, "g", -1, "1e+06"),
        (0.0001, "g", -1, "0.0001"),
        (0.00001, "g", -1, "1e-05"),
        (1e100, "g", -1, "1e+100"),
        (1234.5, "f", -1, "1234.5"),
        (1e21, "f", -1, "1" + "0" * 21),
        (0.001, "f", -1, "0.001"),
        (1500.0, "e", -1, "1.5e+03"),
        (2.5, "f", 0, "2"),
        (1234.0, "g", 2, "1.2e+03"),
        (1234.0, "G", 0, "1E+03"),
        (1.0, "x", 3, "0x1.000p+00"),
        (1.99999, "x", 1, "0x1.0p+01"),
        (0.0, "x", 2, "0x0.00p+00"),
        (255.5, "X", -1, "0X1.FFP+07"),
        (0.0, "b", -1, "0p-1074"),
        (-3.0, "b", -1, "-6755399441055744p-51"),
        (math.nan, "g", -1, "NaN"),
        (-math.inf, "f", 2, "-Inf"),
    ],
)
def test_format_float(value: float, verb: str, precision: int, result: str) -> None:
    assert format_float(value, verb, precision) == result


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_shortest_digits_read_back(value: float) -> None:
    for verb in "gef":
        assert float(format_float(value, verb)) == value
    assert float.fromhex(format_float(value, "x")) == value


def test_format_complex() -> None:
    assert format_complex(complex(1.5, -2)) == "(1.5-2i)"
