"""What was stored of a release: ``GetReleaseContent``."""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.release.model import Release


@record(frozen=True, slots=True)
class ContentRequest:
    """``version`` 0 asks for the newest revision."""

    name: str = ""
    version: int = 0


@record(frozen=True, slots=True)
class ContentResponse:
    release: Release | None = None
