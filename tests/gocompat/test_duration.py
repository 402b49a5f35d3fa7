from __future__ import annotations

import pytest

from helmpy.gocompat.duration import HOUR, MINUTE, SECOND, Duration, clamp, parse_duration, wrap
from helmpy.gocompat.function import FunctionError


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_100, "1.1µs"),
        (2_200_000, "2.2ms"),
        (SECOND * 3 + SECOND // 2, "3.5s"),
        (MINUTE, "1m0s"),
        (26 * HOUR + 61 * SECOND, "26h1m1s"),
        (-90 * SECOND, "-1m30s"),
        (-(1 << 63), "-2562047h47m16.854775808s"),
    ],
)
def test_prints_as_go_does(nanoseconds: int, text: str) -> None:
    assert str(Duration(nanoseconds)) == text
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [("0", 0), ("+5s", 5 * SECOND), (".5m", 30 * SECOND), ("1h1ns", HOUR + 1), ("1us1µs1μs", 3000)],
)
def test_reads(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("-", 'time: invalid duration "-"'),
        (".s", 'time: invalid duration ".s"'),
        ("12", 'time: missing unit in duration "12"'),
        ("3w", 'time: unknown unit "w" in duration "3w"'),
        ("9" * 5000 + "h", f'time: invalid duration "{"9" * 5000}h"'),
        ("9223372036854775808ns", 'time: invalid duration "9223372036854775808ns"'),
        ("ü", r'time: invalid duration "\xc3\xbc"'),
    ],
)
def test_refuses_in_gos_words(text: str, message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        parse_duration(text)
    assert str(caught.value) == message


def test_arithmetic_stays_in_int64() -> None:
    assert clamp(1 << 70) == (1 << 63) - 1
    assert wrap(1 << 63) == -(1 << 63)


def test_methods() -> None:
    duration = Duration(90 * MINUTE)
    assert duration.get("Hours") == 1.5
    assert duration.get("Minutes") == 90.0
    assert Duration(-1500 * SECOND // 1000).get("Milliseconds") == -1500
    assert str(Duration(89 * SECOND).rounded(MINUTE)) == "1m0s"
    assert str(Duration(-90 * SECOND).rounded(MINUTE)) == "-2m0s"
    with pytest.raises(KeyError):
        duration.get("__class__")
    assert duration.method("__class__") is None
