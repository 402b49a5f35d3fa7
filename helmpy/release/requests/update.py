"""``UpdateRelease``."""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.chart.model import Chart, Config
    from helmpy.release.model import Release


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
