"""``helm repo list``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.output import say, struct_json, table, yaml_text
from helmpy.repo import repositories

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings


@make("list", usage="[flags]", about="List the chart repositories.")
@options.output("table", "json", "yaml", refusal="unsupported format {}")
def command(settings: Settings, args: Sequence[str], *, output: str) -> None:
    del args  # of no meaning here
    entries = repositories.load(settings.home.repository_file).entries
    listed = [{"Name": one.name, "URL": one.url} for one in entries] or None
    if output == "json":
        say(struct_json(listed))
    elif output == "yaml":
        say(yaml_text(listed))
    else:
        say(table([("NAME", "URL"), *((one.name, one.url) for one in entries)]))
