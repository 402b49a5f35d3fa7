"""``helm inspect values``."""

from __future__ import annotations

from helmpy.cli import repository
from helmpy.cli.command import command as make
from helmpy.cli.inspect import loaded, show_values
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.cli.repository import SourceFlags


@make("values", usage="[CHART] [flags]", about="Show a chart's values.yaml as it is written, with its comments.")
@repository.source
def command(settings: Settings, args: Sequence[str], *, source: SourceFlags) -> None:
    show_values(loaded(settings, args, source))
