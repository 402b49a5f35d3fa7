"""``InstallRelease``."""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.chart.model import Chart, Config
    from helmpy.release.model import Release


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
