"""What a client asks of tiller and what it answers: one record per message of the service.

Field names follow Helm 2.17's ``hapi.services.tiller`` messages; timeouts are whole seconds.
"""

from __future__ import annotations

from enum import IntEnum

from helmpy.chart.model import Chart, Config
from helmpy.record import record
from helmpy.release.model import Info, Release


class SortBy(IntEnum):
    UNKNOWN = 0
    NAME = 1
    LAST_RELEASED = 2
    CHART_NAME = 3


class SortOrder(IntEnum):
    ASC = 0
    DESC = 1


@record(frozen=True, slots=True)
class ListRequest:
    limit: int = 0
    offset: str = ""
    sort_by: int = SortBy.UNKNOWN
    filter: str = ""
    sort_order: int = SortOrder.ASC
    status_codes: tuple[int, ...] = ()
    namespace: str = ""


@record(frozen=True, slots=True)
class ListResponse:
    count: int = 0
    next: str = ""
    total: int = 0
    releases: tuple[Release, ...] = ()


@record(frozen=True, slots=True)
class StatusRequest:
    """``version`` 0 asks for the newest revision."""

    name: str = ""
    version: int = 0


@record(frozen=True, slots=True)
class StatusResponse:
    name: str = ""
    info: Info | None = None
    namespace: str = ""


@record(frozen=True, slots=True)
class ContentRequest:
    """``version`` 0 asks for the newest revision."""

    name: str = ""
    version: int = 0


@record(frozen=True, slots=True)
class ContentResponse:
    release: Release | None = None


@record(frozen=True, slots=True)
class InstallRequest:
    chart: Chart | None = None
    values: Config | None = None
    dry_run: bool = False
    name: str = ""
    disable_hooks: bool = False
    namespace: str = ""
    reuse_name: bool = False
    timeout: int = 0
    wait: bool = False
    disable_crd_hook: bool = False
    description: str = ""
    sub_notes: bool = False


@record(frozen=True, slots=True)
class InstallResponse:
    release: Release | None = None


@record(frozen=True, slots=True)
class UpdateRequest:
    name: str = ""
    chart: Chart | None = None
    values: Config | None = None
    dry_run: bool = False
    disable_hooks: bool = False
    recreate: bool = False
    timeout: int = 0
    reset_values: bool = False
    wait: bool = False
    reuse_values: bool = False
    force: bool = False
    description: str = ""
    sub_notes: bool = False
    cleanup_on_fail: bool = False


@record(frozen=True, slots=True)
class UpdateResponse:
    release: Release | None = None


@record(frozen=True, slots=True)
class RollbackRequest:
    """``version`` 0 goes back to the revision before the newest."""

    name: str = ""
    dry_run: bool = False
    disable_hooks: bool = False
    version: int = 0
    recreate: bool = False
    timeout: int = 0
    wait: bool = False
    force: bool = False
    description: str = ""
    cleanup_on_fail: bool = False


@record(frozen=True, slots=True)
class RollbackResponse:
    release: Release | None = None


@record(frozen=True, slots=True)
class UninstallRequest:
    name: str = ""
    disable_hooks: bool = False
    purge: bool = False
    timeout: int = 0
    description: str = ""


@record(frozen=True, slots=True)
class UninstallResponse:
    release: Release | None = None
    info: str = ""


@record(frozen=True, slots=True)
class Version:
    sem_ver: str = ""
    git_commit: str = ""
    git_tree_state: str = ""


@record(frozen=True, slots=True)
class VersionRequest:
    pass


@record(frozen=True, slots=True)
class VersionResponse:
    version: Version | None = None


@record(frozen=True, slots=True)
class HistoryRequest:
    name: str = ""
    max: int = 0


@record(frozen=True, slots=True)
class HistoryResponse:
    releases: tuple[Release, ...] = ()


@record(frozen=True, slots=True)
class TestRequest:
    __test__ = False

    name: str = ""
    timeout: int = 0
    cleanup: bool = False
    parallel: bool = False
    max_parallel: int = 0
    logs: bool = False


@record(frozen=True, slots=True)
class TestResponse:
    """One line of a running test; ``status`` is a TestStatus number."""

    __test__ = False

    msg: str = ""
    status: int = 0
