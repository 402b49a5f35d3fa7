"""What a rule found, and how grave it is."""

from __future__ import annotations

from enum import IntEnum

from helmpy.record import record


class Severity(IntEnum):
    UNKNOWN = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


@record(frozen=True, slots=True)
class Message:
    """A finding about ``path``, a file of the chart or a directory ending in ``/``."""

    severity: Severity
    path: str
    text: str

    def __str__(self) -> str:
        return f"[{self.severity.name}] {self.path}: {self.text}"
