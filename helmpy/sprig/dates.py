"""Dates: formatting, reading, moving, and how long ago."""

from __future__ import annotations

from helmpy.gocompat.duration import HOUR, MINUTE, SECOND, Duration, clamp, parse_duration, wrap
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.kinds import Int32, Int64
from helmpy.gocompat.time import LOCAL, UTC, Time, load
from helmpy.gocompat.time_parse import parse
from helmpy.sprig.numbers import parse_decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.sprig.settings import Settings

_DAY = 24 * HOUR
_HTML = "2006-01-02"


def now(settings: Settings) -> Time:
    """Return this moment, in the machine's zone."""
    return Time.of_unix(settings.now())


def _moment(settings: Settings, value: Any, *numbers: type) -> Time:
    """Return a time itself, a number as seconds since 1970, and now for anything else."""
    if isinstance(value, Time):
        return value
    return Time(int(value), 0, LOCAL) if type(value) in numbers else now(settings)


def date(settings: Settings, layout: str, value: Any) -> str:
    """Format a time in the machine's zone."""
    return date_in_zone(settings, layout, value, "Local")


def html_date(settings: Settings, value: Any) -> str:
    """Format a date for an HTML date picker."""
    return date_in_zone(settings, _HTML, value, "Local")


def html_date_in_zone(settings: Settings, value: Any, zone: str) -> str:
    """Format a date for an HTML date picker, in a zone."""
    return date_in_zone(settings, _HTML, value, zone)


def date_in_zone(settings: Settings, layout: str, value: Any, zone: str) -> str:
    """Format a time in a zone; a zone that does not exist is UTC."""
    moment = _moment(settings, value, int, Int64, Int32).within(load(zone) or UTC)
    text = moment.format(layout)
    settings.check_text(len(text))
    return text


def date_modify(duration: str, moment: Time) -> Time:
    """Move a time by a duration; one that cannot be read leaves it."""
    try:
        return moment.add(parse_duration(duration))
    except FunctionError:
        return moment


def must_date_modify(duration: str, moment: Time) -> Time:
    """Move a time by a duration; FunctionError where that cannot be read."""
    return moment.add(parse_duration(duration))


def ago(settings: Settings, value: Any) -> str:
    """Return the time since then, in whole seconds."""
    passed = now(settings).sub(_moment(settings, value, int, Int64))
    return str(passed.rounded(SECOND))


def duration(seconds: Any) -> str:
    """Return int64 seconds, or text of them, as a duration; anything else is none."""
    if isinstance(seconds, str):
        number = parse_decimal(seconds)
    else:
        number = int(seconds) if type(seconds) is Int64 else 0
    return str(wrap(number * SECOND))


_ROUNDED = ((365 * _DAY, "y"), (30 * _DAY, "mo"), (_DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s"))


def duration_round(settings: Settings, value: Any) -> str:
    """Return a duration (text, int64 nanoseconds, time since) in its largest unit."""
    length = abs(int(_duration(settings, value)))
    return next((f"{length // unit}{name}" for unit, name in _ROUNDED if length > unit), "0s")


def _duration(settings: Settings, value: Any) -> Duration:
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except FunctionError:
            return Duration(0)
    if isinstance(value, Time):
        return now(settings).sub(value)
    return clamp(int(value)) if type(value) is Int64 else Duration(0)


def to_date(layout: str, text: str) -> Time:
    """Read a time; what cannot be read is Go's zero time."""
    try:
        return parse(layout, text, LOCAL)
    except FunctionError:
        return Time.zero()


def must_to_date(layout: str, text: str) -> Time:
    """Read a time; FunctionError where it cannot be read."""
    return parse(layout, text, LOCAL)


def unix_epoch(moment: Time) -> str:
    """Return the seconds since 1970."""
    return str(moment.seconds)
