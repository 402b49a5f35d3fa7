"""Reading a time by a Go layout, with Go's error messages."""

from __future__ import annotations

from helmpy.gocompat.duration import quote
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.layout import Field, parts
from helmpy.gocompat.pattern import Pattern
from helmpy.gocompat.time import MONTHS, WEEKDAYS, Time, civil_from_days, days_from_civil, days_in
from helmpy.gocompat.zone import UTC, Fixed, Location

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SIGNED = Pattern(r"(?a)[+-]?[0-9]+")
_ZONE_NAME = Pattern(r"(?a)ChST|MeST|GMT|[A-Z]{1,6}")
_SIGNED_HOURS = Pattern(r"(?a)[+-]([0-9]++)")
_SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
_SHORT_WEEKDAYS = tuple(name[:3] for name in WEEKDAYS)


class _Bad(Exception):  # never leaves this module
    """The value does not fit the layout here."""


class _OutOfRange(Exception):  # never leaves this module
    """A field's number is none that a clock or calendar shows; the text says which field."""


class _Reader:
    """What has been read so far, and the rest of the value."""

    def __init__(self, value: str) -> None:
        self.rest = value
        self.year = 0
        self.month: int | None = None
        self.day: int | None = None
        self.yearday: int | None = None
        self.hour = self.minute = self.second = self.nanosecond = 0
        self.afternoon: bool | None = None
        self.utc = False
        self.offset: int | None = None
        self.zone = ""
        self.fraction_follows = False

    def take(self, count: int) -> str:
        """Return the next ``count`` characters."""
        if len(self.rest) < count:
            raise _Bad
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def number(self, least: int, most: int) -> int:
        """Return the number that the next digits spell, ``least`` to ``most`` of them."""
        count = 0
        while count < most and self.rest[count : count + 1] in _DIGITS:
            count += 1
        if count < least:
            raise _Bad
        return int(self.take(count))

    def skip_blank(self) -> None:
        """Pass one blank, if there is one."""
        self.rest = self.rest.removeprefix(" ")

    def skip(self, literal: str) -> None:
        """Pass the layout's own text, runs of blanks counting as one."""
        while literal:
            if literal[0] == " ":
                if self.rest and self.rest[0] != " ":
                    raise _Bad
                literal, self.rest = literal.lstrip(" "), self.rest.lstrip(" ")
            elif self.rest[:1] == literal[0]:
                literal, self.rest = literal[1:], self.rest[1:]
            else:
                raise _Bad


_DIGITS = frozenset("0123456789")


def _name(names: Sequence[str], reader: _Reader) -> int:
    for index, name in enumerate(names):
        if reader.rest[: len(name)].lower() == name.lower():
            reader.take(len(name))
            return index
    raise _Bad


def _within(number: int, low: int, high: int, field: str) -> int:
    if not low <= number <= high:
        raise _OutOfRange(field)
    return number


def _signed(text: str) -> int:
    if not _SIGNED.fullmatch(text):
        raise _Bad
    return int(text)


def _read_year(reader: _Reader, _: str) -> None:
    year = _signed(reader.take(2))
    reader.year = year + (1900 if year >= 69 else 2000)


def _read_long_year(reader: _Reader, _: str) -> None:
    if reader.rest[:1] not in _DIGITS:
        raise _Bad
    reader.year = _signed(reader.take(4))


def _read_month(reader: _Reader, text: str) -> None:
    reader.month = _within(reader.number(len(text), 2), 1, 12, "month")


def _read_month_name(reader: _Reader, text: str) -> None:
    reader.month = _name(MONTHS if text == "January" else _SHORT_MONTHS, reader) + 1


def _read_weekday(reader: _Reader, text: str) -> None:
    _name(WEEKDAYS if text == "Monday" else _SHORT_WEEKDAYS, reader)


def _read_day(reader: _Reader, text: str) -> None:
    if text[0] == "_":
        reader.skip_blank()
    reader.day = reader.number(2 if text == "02" else 1, 2)


def _read_yearday(reader: _Reader, text: str) -> None:
    if text[0] == "_":
        reader.skip_blank()
        reader.skip_blank()
    reader.yearday = reader.number(3 if text == "002" else 1, 3)


def _read_hour(reader: _Reader, _: str) -> None:
    reader.hour = _within(reader.number(1, 2), 0, 23, "hour")


def _read_hour12(reader: _Reader, text: str) -> None:
    reader.hour = _within(reader.number(len(text), 2), 0, 12, "hour")


def _read_minute(reader: _Reader, text: str) -> None:
    reader.minute = _within(reader.number(len(text), 2), 0, 59, "minute")


def _read_second(reader: _Reader, text: str) -> None:
    """Read seconds, and a fraction that the layout does not mention."""
    reader.second = _within(reader.number(len(text), 2), 0, 59, "second")
    if not reader.fraction_follows:
        _read_short_fraction(reader, "")


def _read_pm(reader: _Reader, text: str) -> None:
    half = reader.take(2)
    if half not in (text, "AM" if text == "PM" else "am"):
        raise _Bad
    reader.afternoon = half == text or reader.afternoon is True  # said twice, the afternoon wins


def _read_offset(reader: _Reader, text: str) -> None:
    if text[0] == "Z" and reader.rest[:1] == "Z":
        reader.take(1)
        reader.utc = True
        return
    body = reader.take(len(text))
    colons = [at for at, char in enumerate(text) if char == ":"]
    if any(body[at] != ":" for at in colons):
        raise _Bad
    sign, digits = body[0], body[1:].replace(":", "", len(colons)) if colons else body[1:]
    if not digits.isascii() or not digits.isdigit():
        raise _Bad
    hours, minutes, seconds = (int(digits[at : at + 2] or "0") for at in (0, 2, 4))
    _within(seconds, 0, 60, "time zone offset second")
    _within(minutes, 0, 60, "time zone offset minute")
    _within(hours, 0, 24, "time zone offset hour")
    if sign not in "+-":
        raise _Bad
    reader.offset = (hours * 3600 + minutes * 60 + seconds) * (-1 if sign == "-" else 1)


def _read_zone(reader: _Reader, _: str) -> None:
    if reader.rest.startswith("UTC"):
        reader.take(3)
        reader.utc = True
        return
    length = _zone_length(reader.rest)
    if not length:
        raise _Bad
    reader.zone = reader.take(length)


def _zone_length(rest: str) -> int:
    """Return how much of ``rest`` is a zone's abbreviation; 0 where it does not look like one."""
    if len(rest) < 3:
        return 0
    if rest[0] in "+-":
        return _hours_length(rest)
    found = _ZONE_NAME.match(rest)
    if found is None:
        return 0
    name = found[0]
    if name in ("ChST", "MeST"):
        return 4
    if name == "GMT":
        return 3 + _hours_length(rest[3:])
    if len(name) == 3 or (len(name) in (4, 5) and name.endswith("T")) or name == "WITA":
        return len(name)
    return 0


def _hours_length(rest: str) -> int:
    found = _SIGNED_HOURS.match(rest)
    return found.end() if found and len(found[1].lstrip("0")) < 3 and int(found[1][-4:]) <= 23 else 0


def _nanoseconds(text: str) -> int:
    if text[0] not in ".,":
        raise _Bad
    number = _signed(text[1:10])
    if number < 0:
        raise _OutOfRange("fractional second")
    return number * int("1".ljust(10 - len(text[1:10]), "0"))


def _read_fraction(reader: _Reader, text: str) -> None:
    reader.nanosecond = _nanoseconds(reader.take(len(text)))


def _read_short_fraction(reader: _Reader, _: str) -> None:
    rest = reader.rest
    if rest[:1] not in (".", ",") or rest[1:2] not in _DIGITS:
        return
    end = 2
    while rest[end : end + 1] in _DIGITS:
        end += 1
    reader.nanosecond = _nanoseconds(reader.take(end))


_READERS: dict[str, Callable[[_Reader, str], None]] = {
    Field.LONG_MONTH: _read_month_name,
    Field.MONTH: _read_month_name,
    Field.NUMBER_MONTH: _read_month,
    Field.ZERO_MONTH: _read_month,
    Field.LONG_WEEKDAY: _read_weekday,
    Field.WEEKDAY: _read_weekday,
    Field.DAY: _read_day,
    Field.PADDED_DAY: _read_day,
    Field.ZERO_DAY: _read_day,
    Field.PADDED_YEARDAY: _read_yearday,
    Field.ZERO_YEARDAY: _read_yearday,
    Field.HOUR: _read_hour,
    Field.HOUR12: _read_hour12,
    Field.ZERO_HOUR12: _read_hour12,
    Field.MINUTE: _read_minute,
    Field.ZERO_MINUTE: _read_minute,
    Field.SECOND: _read_second,
    Field.ZERO_SECOND: _read_second,
    Field.LONG_YEAR: _read_long_year,
    Field.YEAR: _read_year,
    Field.UPPER_PM: _read_pm,
    Field.LOWER_PM: _read_pm,
    Field.ZONE_NAME: _read_zone,
    Field.OFFSET: _read_offset,
    Field.FRACTION: _read_fraction,
    Field.SHORT_FRACTION: _read_short_fraction,
}


def parse(layout: str, value: str, location: Location = UTC) -> Time:
    """Read ``value`` by ``layout``; without a zone in it, it is ``location``'s. FunctionError in Go's words."""
    reader = _Reader(value)
    pieces = parts(layout)
    for index, (before, field, text) in enumerate(pieces):
        try:
            reader.skip(before)
        except _Bad:
            raise _cannot(layout, value, reader.rest, before) from None
        if field is None:
            break
        held = reader.rest
        follower = pieces[index + 1]
        reader.fraction_follows = not follower[0] and follower[1] in (Field.FRACTION, Field.SHORT_FRACTION)
        try:
            _READERS[field](reader, text)
        except _Bad:
            raise _cannot(layout, value, held, text) from None
        except _OutOfRange as error:
            raise _wrong(value, f"{error} out of range") from None
    if reader.rest:
        raise _wrong(value, f"extra text: {quote(reader.rest)}")
    return _moment(reader, value, location)


def _cannot(layout: str, value: str, rest: str, element: str) -> FunctionError:
    return FunctionError(
        f"parsing time {quote(value)} as {quote(layout)}: cannot parse {quote(rest)} as {quote(element)}"
    )


def _wrong(value: str, reason: str) -> FunctionError:
    return FunctionError(f"parsing time {quote(value)}: {reason}")


def _moment(reader: _Reader, value: str, location: Location) -> Time:
    date = _date(reader, value)
    clock = (_hour(reader), reader.minute, reader.second)
    if reader.utc:
        return Time.of_wall(date, clock, reader.nanosecond, UTC)
    if reader.offset is None and not reader.zone:
        return Time.of_wall(date, clock, reader.nanosecond, location)
    moment = Time.of_wall(date, clock, reader.nanosecond, UTC)
    if reader.offset is not None:
        return _at_offset(moment, reader.offset, reader.zone, location)
    offset = location.offset_of(reader.zone, moment.seconds)
    if offset is not None:
        return Time(moment.seconds - offset, moment.nanosecond, location)
    hours = int(reader.zone[3:]) if reader.zone.startswith("GMT") and len(reader.zone) > 3 else 0
    return Time(moment.seconds, moment.nanosecond, Fixed(reader.zone, hours * 3600))  # Go shows it shifted, too


def _at_offset(moment: Time, offset: int, zone: str, location: Location) -> Time:
    seconds = moment.seconds - offset
    name, usual = location.at(seconds)
    fits = usual == offset and zone in ("", name)
    return Time(seconds, moment.nanosecond, location if fits else Fixed(zone, offset))


def _hour(reader: _Reader) -> int:
    if reader.afternoon is True and reader.hour < 12:
        return reader.hour + 12
    return 0 if reader.afternoon is False and reader.hour == 12 else reader.hour


def _date(reader: _Reader, value: str) -> tuple[int, int, int]:
    month, day = reader.month or 1, 1 if reader.day is None else reader.day
    if reader.yearday is not None:
        first = days_from_civil(reader.year, 1, 1)
        if not 1 <= reader.yearday <= days_from_civil(reader.year + 1, 1, 1) - first:
            raise _wrong(value, "day-of-year out of range")
        _, month, day = civil_from_days(first + reader.yearday - 1)
        if reader.month not in (None, month):
            raise _wrong(value, "day-of-year does not match month")
        if reader.day not in (None, day):
            raise _wrong(value, "day-of-year does not match day")
    if not 1 <= day <= days_in(reader.year, month):
        raise _wrong(value, "day out of range")
    return reader.year, month, day
