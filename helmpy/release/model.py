"""What a release is: frozen records with Helm's names and protobuf's numbers.

Source of names and numbers: Helm 2.17's hapi messages. An enum field may hold a plain int where
the other side sent a number that this version does not know.
"""

from __future__ import annotations

from enum import IntEnum

from helmpy.chart.model import Chart, Config
from helmpy.record import record
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


class HookEvent(IntEnum):
    UNKNOWN = 0
    PRE_INSTALL = 1
    POST_INSTALL = 2
    PRE_DELETE = 3
    POST_DELETE = 4
    PRE_UPGRADE = 5
    POST_UPGRADE = 6
    PRE_ROLLBACK = 7
    POST_ROLLBACK = 8
    RELEASE_TEST_SUCCESS = 9
    RELEASE_TEST_FAILURE = 10
    CRD_INSTALL = 11


class HookDeletePolicy(IntEnum):
    SUCCEEDED = 0
    FAILED = 1
    BEFORE_HOOK_CREATION = 2


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
class Hook:
    """A manifest that runs at events; ``delete_timeout`` in seconds."""

    name: str = ""
    kind: str = ""
    path: str = ""
    manifest: str = ""
    events: tuple[int, ...] = ()
    last_run: Timestamp | None = None
    weight: int = 0
    delete_policies: tuple[int, ...] = ()
    delete_timeout: int = 0


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
