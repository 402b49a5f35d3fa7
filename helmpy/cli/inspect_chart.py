"""``helm inspect chart``."""

from __future__ import annotations

from helmpy.cli import repository
from helmpy.cli.command import command as make
from helmpy.cli.inspect import loaded, show_metadata
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.cli.repository import SourceFlags


@make("chart", usage="[CHART] [flags]", about="Show a chart's Chart.yaml.")
@repository.source
def command(settings: Settings, args: Sequence[str], *, source: SourceFlags) -> None:
    show_metadata(loaded(settings, args, source))
