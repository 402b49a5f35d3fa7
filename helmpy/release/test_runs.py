"""How the tests of a release went, as its record keeps it.

Source of names and numbers: Helm 2.17's hapi messages.
"""

from __future__ import annotations

from enum import IntEnum

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.release.timestamp import Timestamp


class TestStatus(IntEnum):
    __test__ = False  # not a test class, whatever its name says to pytest

    UNKNOWN = 0
    SUCCESS = 1
    FAILURE = 2
    RUNNING = 3


@record(frozen=True, slots=True)
class TestRun:
    __test__ = False

    name: str = ""
    status: int = TestStatus.UNKNOWN
    info: str = ""
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None


@record(frozen=True, slots=True)
class TestSuite:
    __test__ = False

    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    results: tuple[TestRun, ...] = ()
