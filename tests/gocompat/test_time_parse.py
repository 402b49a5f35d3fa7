from __future__ import annotations

import pytest

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.time_parse import parse


@pytest.mark.parametrize(
    ("layout", "value", "text"),
    [
        ("2006-01-02", "2018-11-30", "2018-11-30 00:00:00 +0000 UTC"),
        ("2006-1-2 15:4:5", "2018-1-3 4:05:6.75", "2018-01-03 04:05:06.75 +0000 UTC"),
        ("02 January 2006 03:04 PM", "01 JULY 1999 12:30 AM", "1999-07-01 00:30:00 +0000 UTC"),
        ("2006-01-02T15:04:05Z07:00", "2018-11-30T01:02:03-03:30", "2018-11-30 01:02:03 -0330 -0330"),
        ("2006-01-02 MST", "2018-11-30 PDT", "2018-11-30 00:00:00 +0000 PDT"),
        ("2006-01-02 MST", "2018-11-30 UTC", "2018-11-30 00:00:00 +0000 UTC"),
        ("2006 002", "2016 366", "2016-12-31 00:00:00 +0000 UTC"),
        ("06", "70", "1970-01-01 00:00:00 +0000 UTC"),
        ("2006  Jan", "2001 Mar", "2001-03-01 00:00:00 +0000 UTC"),
        ("05.000", "07.125", "0000-01-01 00:00:07.125 +0000 UTC"),
        ("Mon __2", "Tue   9", "0000-01-09 00:00:00 +0000 UTC"),
    ],
)
def test_reads(layout: str, value: str, text: str) -> None:
    assert str(parse(layout, value)) == text


@pytest.mark.parametrize(
    ("layout", "value", "message"),
    [
        ("2006-01-02", "2018-11", 'parsing time "2018-11" as "2006-01-02": cannot parse "" as "-"'),
        ("2006-01-02", "2018-1-02", 'parsing time "2018-1-02" as "2006-01-02": cannot parse "1-02" as "01"'),
        ("2006-01-02", "2019-02-29", 'parsing time "2019-02-29": day out of range'),
        ("15:04", "12:60", 'parsing time "12:60": minute out of range'),
        ("2006", "2018 or so", 'parsing time "2018 or so": extra text: " or so"'),
        ("2006 002", "2019 000", 'parsing time "2019 000": day-of-year out of range'),
        ("Jan 2006 002", "Feb 2019 001", 'parsing time "Feb 2019 001": day-of-year does not match month'),
        ("MST", "abc", 'parsing time "abc" as "MST": cannot parse "abc" as "MST"'),
        ("-07:00", "+0100", 'parsing time "+0100" as "-07:00": cannot parse "+0100" as "-07:00"'),
        ("3PM", "3xm", 'parsing time "3xm" as "3PM": cannot parse "xm" as "PM"'),
    ],
)
def test_refuses_in_gos_words(layout: str, value: str, message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        parse(layout, value)
    assert str(caught.value) == message


def test_long_digits_are_no_trouble() -> None:
    with pytest.raises(FunctionError):
        parse("MST", "GMT+" + "9" * 100_000)
    assert str(parse("05", "07." + "1" * 100_000)) == "0000-01-01 00:00:07.111111111 +0000 UTC"
