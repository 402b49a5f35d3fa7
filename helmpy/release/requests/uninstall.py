"""``UninstallRelease``."""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.release.model import Release


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
