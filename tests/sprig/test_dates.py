from __future__ import annotations

from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.kinds import Int64
from helmpy.gocompat.time import UTC, Time

NOW = 1_600_000_000
CALL = {name: function.call for name, function in sprig.functions(3, now=lambda: NOW * 10**9).items()}
SPRING = Time.of_wall((2020, 3, 29), (0, 30, 0), 0, UTC)


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("dateInZone", ("2006-01-02 15:04 MST", SPRING, "UTC"), "2020-03-29 00:30 UTC"),
        ("dateInZone", ("2006-01-02 15:04 MST", SPRING, "Europe/Vienna"), "2020-03-29 01:30 CET"),
        ("dateInZone", ("15:04 MST", Time(SPRING.seconds + 3600), "Europe/Vienna"), "03:30 CEST"),
        ("dateInZone", ("15:04 MST", SPRING, "No/Where"), "00:30 UTC"),
        ("date_in_zone", ("2006", 0, "UTC"), "1970"),
        ("dateInZone", ("2006", Int64(86400 * 366), "UTC"), "1971"),
        ("dateInZone", ("2006-01-02", "no time", "UTC"), "2020-09-13"),
        ("dateInZone", ("2006-01-02", None, "UTC"), "2020-09-13"),
        ("htmlDateInZone", (SPRING, "UTC"), "2020-03-29"),
        ("ago", (NOW - 3661,), "1h1m1s"),
        ("ago", (Time(NOW + 60),), "-1m0s"),
        ("ago", ("anything",), "0s"),
        ("duration", ("3661",), "1h1m1s"),
        ("duration", (Int64(90),), "1m30s"),
        ("duration", (90,), "0s"),
        ("duration", ("soon",), "0s"),
        ("durationRound", ("49h",), "2d"),
        ("durationRound", ("-90m",), "1h"),
        ("durationRound", ("1h",), "60m"),
        ("durationRound", ("24000h",), "2y"),
        ("durationRound", (Int64(-(1 << 63)),), "292y"),
        ("durationRound", (Time(NOW - 40 * 86400),), "1mo"),
        ("durationRound", (Time(-(10**17)),), "292y"),
        ("durationRound", ("soon",), "0s"),
        ("unixEpoch", (SPRING,), "1585441800"),
    ],
)
def test_results(name: str, args: tuple[Any, ...], result: str) -> None:
    assert CALL[name](*args) == result


def test_local_formatting_agrees_with_the_machine() -> None:
    local = CALL["now"]()
    assert CALL["date"]("2006-01-02 15:04:05", local) == local.format("2006-01-02 15:04:05")
    assert CALL["htmlDate"](local) == CALL["date"]("2006-01-02", local)


def test_moving() -> None:
    assert CALL["dateModify"]("-36h", SPRING).format("01-02 15:04") == "03-27 12:30"
    assert CALL["date_modify"]("later", SPRING) is SPRING
    with pytest.raises(FunctionError, match='time: invalid duration "later"'):
        CALL["mustDateModify"]("later", SPRING)


def test_reading() -> None:
    assert CALL["toDate"]("2006-01-02 MST", "2020-02-30 UTC").is_zero()
    assert CALL["mustToDate"]("2006-01-02 MST", "2020-02-29 UTC").format("Jan _2") == "Feb 29"
    with pytest.raises(FunctionError, match="day out of range"):
        CALL["mustToDate"]("2006-01-02 MST", "2020-02-30 UTC")


@pytest.mark.parametrize("seconds", [(1 << 63) - 1, -(1 << 63), 253402300800, -62135596801])
def test_moments_beyond_pythons_calendar(seconds: int) -> None:
    for zone in ("UTC", "Local", "Asia/Tokyo"):
        assert CALL["dateInZone"]("2006-01-02", seconds, zone)
    assert CALL["ago"](seconds)
