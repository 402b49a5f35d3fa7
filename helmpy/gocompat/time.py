"""Go's time.Time: layouts, calendar and the methods that charts call."""

from __future__ import annotations

from helmpy.gocompat.duration import Duration, clamp, parse_duration
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.kinds import Int64
from helmpy.gocompat.layout import Field, parts
from helmpy.gocompat.methods import MethodObject
from helmpy.gocompat.zone import LOCAL, UTC, Fixed, Location, load
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, ClassVar

    from helmpy.gocompat.methods import Method

__all__ = ["LOCAL", "UTC", "Duration", "Fixed", "Location", "Month", "Time", "Weekday", "load", "parse_duration"]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00"
_PRINTED = "2006-01-02 15:04:05.999999999 -0700 MST"

_DAY = 86400
_NANOS = 1_000_000_000
_ZERO_SECONDS = -62135596800  # January 1 of the year 1, in seconds from 1970
_UNIX_TO_INTERNAL = -_ZERO_SECONDS


def days_from_civil(year: int, month: int, day: int) -> int:
    """Return the days from 1970-01-01 to a date of the proleptic Gregorian calendar."""
    year -= month <= 2
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + day_of_year - 719468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Return year, month and day, ``days`` after 1970-01-01."""
    era, day_of_era = divmod(days + 719468, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day


def days_in(year: int, month: int) -> int:
    """Return how many days a month has."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return days_from_civil(*following, 1) - days_from_civil(year, month, 1)


class Month(int, MethodObject):
    """A time.Month; prints as its English name."""

    __slots__ = ()
    go_type: ClassVar[str] = "time.Month"
    go_kind: ClassVar[str] = "int"
    methods: ClassVar[Mapping[str, Method]] = {"String": (str, "", "string")}

    def __str__(self) -> str:
        return MONTHS[self - 1]


class Weekday(int, MethodObject):
    """A time.Weekday, Sunday 0; prints as its English name."""

    __slots__ = ()
    go_type: ClassVar[str] = "time.Weekday"
    go_kind: ClassVar[str] = "int"
    methods: ClassVar[Mapping[str, Method]] = {"String": (str, "", "string")}

    def __str__(self) -> str:
        return WEEKDAYS[self]


@record(frozen=True, slots=True)
class Wall:
    """What clock and calendar show: a moment in its zone, taken apart."""

    year: int
    month: int
    day: int
    weekday: int
    yearday: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    zone: str
    offset: int


@record(frozen=True, slots=True, eq=False)
class Time(MethodObject):
    """A moment: seconds from 1970 (UTC), nanoseconds within, and the zone to show it in."""

    seconds: int
    nanosecond: int = 0
    location: Location = UTC

    go_type: ClassVar[str] = "time.Time"
    methods: ClassVar[Mapping[str, Method]] = {}

    @classmethod
    def zero(cls) -> Time:
        """Return Go's zero time, the first moment of the year 1."""
        return cls(_ZERO_SECONDS)

    @classmethod
    def of_unix(cls, nanoseconds: int, location: Location = LOCAL) -> Time:
        """Return the moment ``nanoseconds`` after 1970."""
        seconds, rest = divmod(nanoseconds, _NANOS)
        return cls(seconds, rest, location)

    @classmethod
    def of_wall(cls, date: tuple[int, int, int], clock: tuple[int, int, int], nanosecond: int, at: Location) -> Time:
        """Return the moment at which clock and calendar of ``at`` show this."""
        seconds = days_from_civil(*date) * _DAY + clock[0] * 3600 + clock[1] * 60 + clock[2]
        offset = at.at(seconds)[1]
        if offset:
            offset = at.at(seconds - offset)[1]
        return cls(seconds - offset, nanosecond, at)

    def __eq__(self, other: object) -> bool:
        """Tell whether all of both is the same, as Go's == does."""
        return isinstance(other, Time) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[int, int, str]:
        return self.seconds, self.nanosecond, str(self.location)

    def __str__(self) -> str:
        return self.format(_PRINTED)

    def go_string(self) -> str:
        """Return Go's expression for the time, what ``%#v`` prints."""
        wall = self.wall()
        zone = {"UTC": "time.UTC", "Local": "time.Local"}.get(str(self.location), f'time.Location("{self.location}")')
        date = f"{wall.year}, time.{MONTHS[wall.month - 1]}, {wall.day}"
        return f"time.Date({date}, {wall.hour}, {wall.minute}, {wall.second}, {wall.nanosecond}, {zone})"

    def nanoseconds(self) -> int:
        """Return the nanoseconds from 1970, of any size."""
        return self.seconds * _NANOS + self.nanosecond

    def wall(self) -> Wall:
        """Return what clock and calendar show."""
        zone, offset = self.location.at(self.seconds)
        days, rest = divmod(self.seconds + offset, _DAY)
        year, month, day = civil_from_days(days)
        return Wall(
            year=year,
            month=month,
            day=day,
            weekday=(days + 4) % 7,
            yearday=days - days_from_civil(year, 1, 1) + 1,
            hour=rest // 3600,
            minute=rest // 60 % 60,
            second=rest % 60,
            nanosecond=self.nanosecond,
            zone=zone,
            offset=offset,
        )

    def format(self, layout: str) -> str:
        """Return the time as the Go layout shows it."""
        wall = self.wall()
        out: list[str] = []
        for before, field, text in parts(layout):
            out.append(before)
            if field is not None:
                out.append(_WRITERS[field](wall, text))
        return "".join(out)

    def within(self, location: Location) -> Time:
        """Return the same moment, shown in another zone."""
        return Time(self.seconds, self.nanosecond, location)

    def add(self, duration: int) -> Time:
        """Return the moment ``duration`` nanoseconds later."""
        return Time.of_unix(self.nanoseconds() + duration, self.location)

    def add_date(self, years: int, months: int, days: int) -> Time:
        """Return the same clock time on another date; days that a month lacks run into the next."""
        wall = self.wall()
        year, month = divmod((wall.year + years) * 12 + wall.month - 1 + months, 12)
        seconds = (days_from_civil(year, month + 1, 1) + wall.day - 1 + days) * _DAY
        date = civil_from_days(seconds // _DAY)
        return Time.of_wall(date, (wall.hour, wall.minute, wall.second), self.nanosecond, self.location)

    def sub(self, other: Time) -> Duration:
        """Return the time from ``other`` to this, the nearest that int64 holds."""
        return clamp(self.nanoseconds() - other.nanoseconds())

    def truncated(self, unit: int) -> Time:
        """Return the moment cut to a multiple of ``unit`` nanoseconds since the year 1."""
        return self.add(-self._beyond(unit)) if unit > 0 else self

    def rounded(self, unit: int) -> Time:
        """Return the moment rounded to a multiple of ``unit`` nanoseconds since the year 1."""
        if unit <= 0:
            return self
        beyond = self._beyond(unit)
        return self.add(-beyond if beyond * 2 < unit else unit - beyond)

    def _beyond(self, unit: int) -> int:
        return (self.nanoseconds() + _UNIX_TO_INTERNAL * _NANOS) % unit

    def is_zero(self) -> bool:
        """Tell whether this is Go's zero time."""
        return self.seconds == _ZERO_SECONDS and self.nanosecond == 0

    def compare(self, other: Time) -> int:
        """Return -1, 0 or 1 as this is before, at or after ``other``."""
        mine, theirs = self.nanoseconds(), other.nanoseconds()
        return (mine > theirs) - (mine < theirs)

    def json_value(self) -> str:
        """Return what encoding/json writes, without the quotes; FunctionError past the year 9999."""
        if not 0 <= self.wall().year <= 9999:
            raise FunctionError("Time.MarshalJSON: year outside of range [0,9999]")
        return self.format(RFC3339_NANO)


def _int64(number: int) -> Int64:
    return Int64(((number + (1 << 63)) & 0xFFFFFFFFFFFFFFFF) - (1 << 63))


def _of_wall(name: str, kind: Callable[[int], Any] = int) -> Callable[[Time], Any]:
    return lambda self: kind(getattr(self.wall(), name))


Time.methods = {
    "Add": (Time.add, "time.Duration", "time.Time"),
    "AddDate": (Time.add_date, "int int int", "time.Time"),
    "After": (lambda self, other: self.compare(other) > 0, "time.Time", "bool"),
    "Before": (lambda self, other: self.compare(other) < 0, "time.Time", "bool"),
    "Compare": (Time.compare, "time.Time", "int"),
    "Day": (_of_wall("day"), "", "int"),
    "Equal": (lambda self, other: self.compare(other) == 0, "time.Time", "bool"),
    "Format": (Time.format, "string", "string"),
    "GoString": (Time.go_string, "", "string"),
    "Hour": (_of_wall("hour"), "", "int"),
    "In": (Time.within, "*time.Location", "time.Time"),
    "IsZero": (Time.is_zero, "", "bool"),
    "Local": (lambda self: self.within(LOCAL), "", "time.Time"),
    "Location": (lambda self: self.location, "", "*time.Location"),
    "Minute": (_of_wall("minute"), "", "int"),
    "Month": (_of_wall("month", Month), "", "time.Month"),
    "Nanosecond": (_of_wall("nanosecond"), "", "int"),
    "Round": (Time.rounded, "time.Duration", "time.Time"),
    "Second": (_of_wall("second"), "", "int"),
    "String": (str, "", "string"),
    "Sub": (Time.sub, "time.Time", "time.Duration"),
    "Truncate": (Time.truncated, "time.Duration", "time.Time"),
    "UTC": (lambda self: self.within(UTC), "", "time.Time"),
    "Unix": (lambda self: _int64(self.seconds), "", "int64"),
    "UnixMicro": (lambda self: _int64(self.nanoseconds() // 1000), "", "int64"),
    "UnixMilli": (lambda self: _int64(self.nanoseconds() // 1_000_000), "", "int64"),
    "UnixNano": (lambda self: _int64(self.nanoseconds()), "", "int64"),
    "Weekday": (_of_wall("weekday", Weekday), "", "time.Weekday"),
    "Year": (_of_wall("year"), "", "int"),
    "YearDay": (_of_wall("yearday"), "", "int"),
}


# -- writing --------------------------------------------------------------------------------------


def _padded(number: int, width: int) -> str:
    return f"-{-number:0{width}d}" if number < 0 else f"{number:0{width}d}"


def _hour12(wall: Wall) -> int:
    return wall.hour % 12 or 12


def _write_offset(wall: Wall, text: str) -> str:
    if text[0] == "Z" and wall.offset == 0:
        return "Z"
    minutes = abs(wall.offset) // 60
    sign = "-" if wall.offset <= -60 else "+"
    colon = ":" if ":" in text else ""
    out = f"{sign}{minutes // 60:02d}"
    if len(text) > 3:
        out += f"{colon}{minutes % 60:02d}"
    if text.endswith(("070000", "07:00:00")):
        # Less than a minute west, Go writes the sign + and negative seconds.
        out += f"{colon}{abs(wall.offset) % 60 if sign == '-' else min(wall.offset, wall.offset % 60):02d}"
    return out


def _write_zone(wall: Wall, _: str) -> str:
    if wall.zone:
        return wall.zone
    minutes = abs(wall.offset) // 60
    return f"{'-' if wall.offset <= -60 else '+'}{minutes // 60:02d}{minutes % 60:02d}"


def _write_fraction(wall: Wall, text: str) -> str:
    return text[0] + f"{wall.nanosecond:09d}"[: len(text) - 1]


def _write_short_fraction(wall: Wall, text: str) -> str:
    digits = f"{wall.nanosecond:09d}"[: len(text) - 1].rstrip("0")
    return text[0] + digits if digits else ""


_WRITERS: dict[str, Callable[[Wall, str], str]] = {
    Field.LONG_MONTH: lambda wall, _: MONTHS[wall.month - 1],
    Field.MONTH: lambda wall, _: MONTHS[wall.month - 1][:3],
    Field.NUMBER_MONTH: lambda wall, _: str(wall.month),
    Field.ZERO_MONTH: lambda wall, _: f"{wall.month:02d}",
    Field.LONG_WEEKDAY: lambda wall, _: WEEKDAYS[wall.weekday],
    Field.WEEKDAY: lambda wall, _: WEEKDAYS[wall.weekday][:3],
    Field.DAY: lambda wall, _: str(wall.day),
    Field.PADDED_DAY: lambda wall, _: f"{wall.day:2d}",
    Field.ZERO_DAY: lambda wall, _: f"{wall.day:02d}",
    Field.PADDED_YEARDAY: lambda wall, _: f"{wall.yearday:3d}",
    Field.ZERO_YEARDAY: lambda wall, _: f"{wall.yearday:03d}",
    Field.HOUR: lambda wall, _: f"{wall.hour:02d}",
    Field.HOUR12: lambda wall, _: str(_hour12(wall)),
    Field.ZERO_HOUR12: lambda wall, _: f"{_hour12(wall):02d}",
    Field.MINUTE: lambda wall, _: str(wall.minute),
    Field.ZERO_MINUTE: lambda wall, _: f"{wall.minute:02d}",
    Field.SECOND: lambda wall, _: str(wall.second),
    Field.ZERO_SECOND: lambda wall, _: f"{wall.second:02d}",
    Field.LONG_YEAR: lambda wall, _: _padded(wall.year, 4),
    Field.YEAR: lambda wall, _: f"{abs(wall.year) % 100:02d}",
    Field.UPPER_PM: lambda wall, _: "PM" if wall.hour >= 12 else "AM",
    Field.LOWER_PM: lambda wall, _: "pm" if wall.hour >= 12 else "am",
    Field.ZONE_NAME: _write_zone,
    Field.OFFSET: _write_offset,
    Field.FRACTION: _write_fraction,
    Field.SHORT_FRACTION: _write_short_fraction,
}
