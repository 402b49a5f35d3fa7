"""How a release is: ``GetReleaseStatus``."""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.release.model import Info


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
