"""``helm create``: a directory with a chart to start from."""

from __future__ import annotations

from pathlib import Path

from helmpy.chart import create
from helmpy.cli.command import command as make
from helmpy.cli.command import string
from helmpy.cli.output import say
from helmpy.cli.pflags import UsageError
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make(
    "create",
    usage="NAME [flags]",
    about="Make a directory with a chart to start from. NAME may be a path, its last part names the chart.",
)
@string("starter", "p", about="chart below $HELM_HOME/starters, or its absolute path, to copy instead")
def command(settings: Settings, args: Sequence[str], *, starter: str) -> None:
    if not args:
        raise UsageError("the name of the new chart is required")
    if len(args) > 1:
        raise UsageError("command 'create' doesn't support multiple arguments")
    name = args[0]
    place = Path(name)
    say(f"Creating {name}", flush=True)
    create.create(place.name, place.parent, starter=settings.home.starters / starter if starter else None)
