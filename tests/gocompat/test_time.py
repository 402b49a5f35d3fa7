from __future__ import annotations

import pytest

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.time import RFC3339, UTC, Fixed, Time, civil_from_days, days_from_civil, load

MOMENT = Time.of_wall((2019, 8, 4), (15, 6, 7), 89_000_000, UTC)


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("2006-01-02T15:04:05Z07:00", "2019-08-04T15:06:07Z"),
        ("Monday, January _2 06", "Sunday, August  4 19"),
        ("Mon Jan 2 1", "Sun Aug 4 8"),
        ("3:4:5PM 03pm", "3:6:7PM 03pm"),
        ("002 __2", "216 216"),
        (".000 .999999 ,00 .0000000000", ".089 .089 ,08 .089000000"),
        ("Janet Monster MST", "Janet Monster UTC"),
        ("_2006 2006_", "_2019 2019_"),
        ("-0700 -07:00:00 -07 Z0700", "+0000 +00:00:00 +00 Z"),
        ("", ""),
    ],
)
def test_layouts(layout: str, text: str) -> None:
    assert MOMENT.format(layout) == text


def test_offsets_and_names() -> None:
    assert MOMENT.within(Fixed("", -(3600 + 1800))).format("MST Z07:00:00") == "-0130 -01:30:00"
    zone = load("America/St_Johns")
    assert zone is not None
    assert MOMENT.within(zone).format("15:04 MST -0700") == "12:36 NDT -0230"
    assert load("Not/There") is None
    assert load("../../etc/passwd") is None
    assert load("") is UTC


@pytest.mark.parametrize("year", [-5, 0, 1, 1600, 1900, 2000, 2024, 123456, 292_277_022_399])
def test_calendar_both_ways(year: int) -> None:
    for month, day in [(1, 1), (2, 28), (3, 1), (12, 31)]:
        assert civil_from_days(days_from_civil(year, month, day)) == (year, month, day)


def test_far_away_moments_have_a_zone_too() -> None:
    zone = load("Europe/Vienna")
    assert zone is not None
    for seconds in (-(1 << 62), -(10**12), 10**12, 1 << 62):
        assert Time(seconds, 0, zone).format("2006 MST")


def test_methods() -> None:
    assert str(MOMENT.get("Month")) == "August"
    assert str(MOMENT.get("Weekday")) == "Sunday"
    assert MOMENT.get("YearDay") == 216
    assert MOMENT.get("Unix") == 1564931167
    add_date = MOMENT.method("AddDate")
    assert add_date is not None
    assert str(add_date.call(0, 6, 27)) == "2020-03-02 15:06:07.089 +0000 UTC"
    with pytest.raises(KeyError):
        MOMENT.get("seconds")
    with pytest.raises(FunctionError):
        MOMENT.get("Format")


def test_rounding_counts_from_the_year_one() -> None:
    day = 24 * 3600 * 10**9
    assert MOMENT.truncated(7 * day).format("2006-01-02") == "2019-07-29"
    assert MOMENT.rounded(day).format("2006-01-02") == "2019-08-05"


def test_equality_needs_the_same_zone() -> None:
    zone = load("Europe/Vienna")
    assert zone is not None
    assert Time(5) == Time(5)
    assert Time(5) != Time(5, 0, zone)
    assert Time(5).compare(Time(5, 0, zone)) == 0


def test_json() -> None:
    assert MOMENT.json_value() == "2019-08-04T15:06:07.089Z"
    assert Time.zero().format(RFC3339) == "0001-01-01T00:00:00Z"
    with pytest.raises(FunctionError):
        Time(10**15).json_value()
