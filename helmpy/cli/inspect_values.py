"""``helm inspect values``."""

from __future__ import annotations

from helmpy.cli.command import command as make
from helmpy.cli.inspect import loaded, show_values
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("values", usage="[CHART] [flags]", about="Show a chart's values.yaml as it is written, with its comments.")
def command(settings: Settings, args: Sequence[str]) -> None:
    show_values(loaded(settings, args))
