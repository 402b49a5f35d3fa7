"""Limits changed by name."""

from __future__ import annotations

import pytest

from helmpy.gotemplate.limits import Limits, LimitsError, changed


def test_settings_change_what_they_name() -> None:
    assert changed([]) == Limits()
    assert changed(["steps=10", "seconds=2.5", "steps=20"]) == Limits(steps=20, seconds=2.5)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("stops=1", "there is no limit 'stops'; there are steps, output, size, depth, calls, nesting, templates, "),
        ("steps", "limit 'steps' wants a number, not ''"),
        ("steps=1.5", "limit 'steps' wants a number, not '1.5'"),
        ("steps=0", "limit 'steps' wants a number above 0, not '0'"),
        ("seconds=nan", "limit 'seconds' wants a number above 0, not 'nan'"),
        ("seconds=inf", "limit 'seconds' wants a number above 0, not 'inf'"),
        ("steps=" + "9" * 5000, "limit 'steps' wants a number, not '999"),
    ],
)
def test_others_are_refused(setting: str, message: str) -> None:
    with pytest.raises(LimitsError) as caught:
        changed([setting])
    assert str(caught.value).startswith(message)
