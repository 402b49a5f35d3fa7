"""The revisions of a release: ``GetHistory``."""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.release.model import Release


@record(frozen=True, slots=True)
class HistoryRequest:
    name: str = ""
    max: int = 0


@record(frozen=True, slots=True)
class HistoryResponse:
    releases: tuple[Release, ...] = ()
