"""``helm get values``."""

from __future__ import annotations

from helmpy.chart.values import coalesce_values, parse_values
from helmpy.cli import options
from helmpy.cli.command import boolean
from helmpy.cli.command import command as make
from helmpy.cli.get import revision_flag, stored
from helmpy.cli.output import json_text, say, yaml_text
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("values", usage="[flags] RELEASE_NAME", about="Show the values of a release: what the user set, or all.")
@boolean("all", "a", about="with the chart's defaults", name="whole")
@revision_flag
@options.output("yaml", "json", default="yaml", short="")
@options.tls
def command(
    settings: Settings, args: Sequence[str], *, whole: bool, revision: int, output: str, tls: options.TlsFlags
) -> None:
    release = stored(settings, args, revision, tls)
    values = parse_values(release.config.raw if release.config else "")
    if whole and release.chart:
        values = coalesce_values(release.chart, values)
    say(json_text(values) if output == "json" else yaml_text(values))
