"""``helm plugin remove``."""

from __future__ import annotations

from helmpy import plugin_source
from helmpy.cli.command import command as make
from helmpy.cli.output import say
from helmpy.cli.pflags import UsageError
from helmpy.cli.plugins import each, run_hook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings
    from helmpy.plugin import Plugin


@make("remove", usage="<plugin>... [flags]", about="Remove plugins.")
def command(settings: Settings, args: Sequence[str]) -> None:
    if not args:
        raise UsageError("please provide plugin name to remove")

    def remove(one: Plugin) -> None:
        plugin_source.remove(one.directory)
        run_hook(settings, one, "delete")
        say(f"Removed plugin: {one.name}")

    each(settings, dict.fromkeys(args), remove, "remove")
