"""``RollbackRelease``."""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.release.model import Release


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
