"""``helm inspect``: what a chart says of itself, its values and its README."""

from __future__ import annotations

from helmpy.chart import loader, metadata
from helmpy.chart.model import Chart
from helmpy.cli import repository
from helmpy.cli.charts import locate
from helmpy.cli.command import Entry, exactly
from helmpy.cli.command import command as make
from helmpy.cli.output import logged, say, yaml_text
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.cli.repository import SourceFlags


TABLE = {
    "chart": Entry("helmpy.cli.inspect_chart", "show a chart's Chart.yaml"),
    "readme": Entry("helmpy.cli.inspect_readme", "show a chart's README"),
    "values": Entry("helmpy.cli.inspect_values", "show a chart's values.yaml"),
}
README_NAMES = ("readme.md", "readme.txt", "readme")  # the first that is there, in any case
SEPARATOR = "---"


@make(
    "inspect",
    usage="[CHART] [flags]",
    about="Show what a chart is: its Chart.yaml, its values.yaml and its README, with --- between.",
    table=TABLE,
)
@repository.source
def command(settings: Settings, args: Sequence[str], *, source: SourceFlags) -> None:
    chart = loaded(settings, args, source)
    show_metadata(chart)
    if chart.values is not None:
        say(SEPARATOR)
        show_values(chart)
    say(SEPARATOR)  # also where no README follows, as Helm 2 has it
    text = readme(chart)
    if text is not None:
        say(text)


def loaded(settings: Settings, args: Sequence[str], source: SourceFlags) -> Chart:
    """The chart that the one argument names. Raises HelmError."""
    exactly(args, "chart name")
    source.told(settings)
    return loader.load(locate(settings, args[0], source), warn=logged)


def show_metadata(chart: Chart) -> None:
    say(yaml_text(metadata.to_dict(chart.metadata)) if chart.metadata else "")


def show_values(chart: Chart) -> None:
    if chart.values is not None:
        say(chart.values.raw)


def readme(chart: Chart) -> str | None:
    """The text of the chart's README."""
    by_name = {file.name.lower(): file for file in reversed(chart.files)}
    found = next((by_name[name] for name in README_NAMES if name in by_name), None)
    return found.data.decode("utf-8", "replace") if found else None
