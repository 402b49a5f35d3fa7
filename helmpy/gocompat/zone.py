"""Time zones: UTC, fixed offsets, the IANA database, and the machine's own."""

from __future__ import annotations

import time as clock
from abc import ABC, abstractmethod

from helmpy.gocompat.memo import memo
from helmpy.gocompat.methods import MethodObject
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import ClassVar
    from zoneinfo import ZoneInfo

    from helmpy.gocompat.methods import Method

# 400 years after which the calendar repeats, in seconds, and the span in which zones are looked up.
_CYCLE = 146097 * 86400
_FIRST = -62135596800 + 2 * 366 * 86400
_LAST = 253402300799 - 2 * 366 * 86400


def _into_span(seconds: int) -> int:
    """Return a moment with the same zone rules that Python's datetime can hold."""
    if seconds > _LAST:
        return seconds - ((seconds - _LAST) // _CYCLE + 1) * _CYCLE
    return max(seconds, _FIRST)


class Location(MethodObject, ABC):
    """A *time.Location: the abbreviation and offset in force at any moment."""

    __slots__ = ()
    go_type: ClassVar[str] = "*time.Location"
    go_kind: ClassVar[str] = "ptr"
    methods: ClassVar[Mapping[str, Method]] = {"String": (str, "", "string")}

    @abstractmethod
    def at(self, seconds: int) -> tuple[str, int]:
        """Return abbreviation and offset east of UTC in seconds, ``seconds`` after 1970."""

    def offset_of(self, name: str, seconds: int) -> int | None:
        """Return the offset that the abbreviation ``name`` has here about that moment, None if none."""
        found, offset = self.at(seconds)
        return offset if found == name else None


@record(frozen=True, slots=True)
class Fixed(Location):
    """One offset for ever."""

    name: str
    offset: int

    def at(self, seconds: int) -> tuple[str, int]:  # noqa: ARG002  # the same at any moment
        """Return the name and the offset."""
        return self.name, self.offset

    def __str__(self) -> str:
        return self.name


@record(frozen=True, slots=True)
class Named(Location):
    """A zone of the IANA database."""

    name: str
    rules: ZoneInfo

    def at(self, seconds: int) -> tuple[str, int]:
        """Return what the database says for that moment."""
        from datetime import UTC, datetime, timedelta

        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        moment = (epoch + timedelta(seconds=_into_span(seconds))).astimezone(self.rules)
        offset = moment.utcoffset()
        assert offset is not None  # a ZoneInfo always knows
        return moment.tzname() or "", int(offset.total_seconds())

    def __str__(self) -> str:
        return self.name


@record(frozen=True, slots=True)
class Local(Location):
    """The machine's zone."""

    def at(self, seconds: int) -> tuple[str, int]:
        """Return what the C library says for that moment."""
        moment = clock.localtime(_into_span(seconds))
        return moment.tm_zone, moment.tm_gmtoff

    def offset_of(self, name: str, seconds: int) -> int | None:
        """Return the offset of ``name`` at that moment, or in the other half of the year."""
        for moment in (seconds, seconds + 182 * 86400):
            found, offset = self.at(moment)
            if found == name:
                return offset
        return None

    def __str__(self) -> str:
        return "Local"


UTC = Fixed("UTC", 0)
LOCAL = Local()


@memo(64)
def load(name: str) -> Location | None:
    """Return the zone called ``name`` ("" and UTC are UTC, Local the machine's), None where there is none."""
    if name in ("", "UTC"):
        return UTC
    if name == "Local":
        return LOCAL
    if len(name) > 255 or not name.isascii() or not name.isprintable():
        return None
    from zoneinfo import ZoneInfo

    try:
        return Named(name, ZoneInfo(name))
    except (ValueError, OSError, KeyError):  # no zone's name, no zone, no zone's file
        return None
