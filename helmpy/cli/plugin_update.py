"""``helm plugin update``."""

from __future__ import annotations

from functools import partial

from helmpy import plugin, plugin_source
from helmpy.cli.command import command as make
from helmpy.cli.output import debug, say
from helmpy.cli.pflags import UsageError
from helmpy.cli.plugins import each, run_hook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings
    from helmpy.plugin import Plugin


@make("update", usage="<plugin>... [flags]", about="Bring plugins from repositories to their newest state.")
def command(settings: Settings, args: Sequence[str]) -> None:
    if not args:
        raise UsageError("please provide plugin name to update")

    def update(one: Plugin) -> None:
        plugin_source.update(one.directory, partial(debug, settings))
        debug(settings, f"loading plugin from {one.directory}")
        run_hook(settings, plugin.load(one.directory), "update")
        say(f"Updated plugin: {one.name}")

    each(settings, dict.fromkeys(args), update, "update")
