"""``helm plugin list``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.output import debug, say, struct_json, table, yaml_text
from helmpy.cli.plugins import installed, places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings


@make("list", usage="[flags]", about="List the installed plugins.")
@options.output("table", "json", "yaml", refusal="unsupported format {}")
def command(settings: Settings, args: Sequence[str], *, output: str) -> None:
    del args
    debug(settings, f"pluginDirs: {places(settings)}")
    found = installed(settings)
    shown = [{"name": one.name, "version": one.version, "description": one.description} for one in found]
    if output == "json":
        say(struct_json(shown))
    elif output == "yaml":
        say(yaml_text(shown))
    else:
        rows = [(one.name, one.version, one.description.split("\n")[0]) for one in found]
        say(table([("NAME", "VERSION", "DESCRIPTION"), *rows]))
