"""``helm inspect chart``."""

from __future__ import annotations

from helmpy.cli.command import command as make
from helmpy.cli.inspect import loaded, show_metadata
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("chart", usage="[CHART] [flags]", about="Show a chart's Chart.yaml.")
def command(settings: Settings, args: Sequence[str]) -> None:
    show_metadata(loaded(settings, args))
