"""Which releases there are: ``ListReleases``."""

from __future__ import annotations

from enum import IntEnum

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.release.model import Release


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
