"""A moment, as release records keep it."""

from __future__ import annotations

from helmpy.record import record


@record(frozen=True, slots=True, order=True)
class Timestamp:
    """Seconds since 1970 in UTC, and nanoseconds."""

    seconds: int = 0
    nanos: int = 0
