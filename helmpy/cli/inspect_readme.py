"""``helm inspect readme``."""

from __future__ import annotations

from helmpy.cli import repository
from helmpy.cli.command import command as make
from helmpy.cli.inspect import loaded, readme
from helmpy.cli.output import say
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.cli.repository import SourceFlags


@make("readme", usage="[CHART] [flags]", about="Show a chart's README.")
@repository.source
def command(settings: Settings, args: Sequence[str], *, source: SourceFlags) -> None:
    text = readme(loaded(settings, args, source))
    if text is not None:
        say(text)
