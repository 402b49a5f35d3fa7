"""What a rule found, and how grave it is."""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar


@record(frozen=True, slots=True, order=True)
class Severity:
    """How grave a finding is. No enum: importing that takes 4 ms."""

    rank: int
    name: str

    UNKNOWN: ClassVar[Severity]
    INFO: ClassVar[Severity]
    WARNING: ClassVar[Severity]
    ERROR: ClassVar[Severity]


Severity.UNKNOWN = Severity(0, "UNKNOWN")
Severity.INFO = Severity(1, "INFO")
Severity.WARNING = Severity(2, "WARNING")
Severity.ERROR = Severity(3, "ERROR")


@record(frozen=True, slots=True)
class Message:
    """A finding about ``path``, a file of the chart or a directory ending in ``/``.

    ``hint`` says more to a person, on lines of its own: where Helm's own words must stay as they are.
    """

    severity: Severity
    path: str
    text: str
    hint: str = ""

    def __str__(self) -> str:
        return f"[{self.severity.name}] {self.path}: {self.text}"
