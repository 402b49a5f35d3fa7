"""What a release is: frozen records with Helm's names and protobuf's numbers.

Source of names and numbers: Helm 2.17's hapi messages. An enum field may hold a plain int where
the other side sent a number that this version does not know.
"""

from __future__ import annotations

from enum import IntEnum

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.chart.model import Chart, Config
    from helmpy.release.hooks import Hook
    from helmpy.release.test_runs import TestSuite
    from helmpy.release.timestamp import Timestamp


class StatusCode(IntEnum):
    UNKNOWN = 0
    DEPLOYED = 1
    DELETED = 2
    SUPERSEDED = 3
    FAILED = 4
    DELETING = 5
    PENDING_INSTALL = 6
    PENDING_UPGRADE = 7
    PENDING_ROLLBACK = 8


PENDING = frozenset({StatusCode.PENDING_INSTALL, StatusCode.PENDING_UPGRADE, StatusCode.PENDING_ROLLBACK})


@record(frozen=True, slots=True)
class Status:
    code: int = StatusCode.UNKNOWN
    resources: str = ""
    notes: str = ""
    last_test_suite_run: TestSuite | None = None


@record(frozen=True, slots=True)
class Info:
    status: Status | None = None
    first_deployed: Timestamp | None = None
    last_deployed: Timestamp | None = None
    deleted: Timestamp | None = None
    description: str = ""


@record(frozen=True, slots=True)
class Release:
    """One revision of a release; ``version`` is the revision's number."""

    name: str = ""
    info: Info | None = None
    chart: Chart | None = None
    config: Config | None = None
    manifest: str = ""
    hooks: tuple[Hook, ...] = ()
    version: int = 0
    namespace: str = ""

    @property
    def status(self) -> int:
        """The status code, UNKNOWN where the record has none."""
        return self.info.status.code if self.info and self.info.status else StatusCode.UNKNOWN

    @property
    def key(self) -> str:
        """The record's name in every store: ``NAME.vREVISION``."""
        return f"{self.name}.v{self.version}"
