from __future__ import annotations

import pytest

from helmpy.gocompat import rfc3339
from helmpy.gocompat.duration import quote


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-06T07:08:09Z",
        "2024-05-06T07:08:09.123456789+02:00",
        "2024-02-29T00:00:00Z",
        "2024-12-31T23:59:59-23:59",
    ],
)
def test_times(value: str) -> None:
    assert rfc3339.fault(value) == ""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("never", ' as "2006-01-02T15:04:05Z07:00": cannot parse "never" as "2006"'),
        ("", ' as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'),
        ("2023-02-29T00:00:00Z", ": day out of range"),
        ("2023-02-28T24:00:00Z", ": hour out of range"),
        ("2023-02-28", ' as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'),
        ("2023-02-28T10:00:00Z\n", r': extra text: "\x0a"'),
    ],
)
def test_what_is_no_time(value: str, told: str) -> None:
    assert rfc3339.fault(value) == f"parsing time {quote(value)}{told}"
