"""``helm dependency list``."""

from __future__ import annotations

from pathlib import Path

from helmpy.chart import loader
from helmpy.chart.requirements import read_list
from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.output import logged, say, structured, table, warn
from helmpy.errors import HelmError
from helmpy.repo.dependencies import Present, status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helmpy.chart.model import Dependency
    from helmpy.home import Settings

HEADERS = ("NAME", "VERSION", "REPOSITORY", "STATUS")
WIDTH = 80  # columns of a cell


@make("list", usage="[flags] CHART", about="List a chart's dependencies and what charts/ has of each.")
@options.output("table", "json", "yaml", refusal="unsupported format {}")
def command(_settings: Settings, args: Sequence[str], *, output: str) -> None:
    path = Path(args[0] if args else ".").absolute()
    chart = loader.load(path, warn=logged)
    listed = read_list(chart)
    tell = say if output == "table" else warn
    if listed is None:
        tell(f"WARNING: no requirements at {path}/charts")
        if output != "table":
            say(structured([], output))
        return
    rows = [(one.name, one.version, one.repository, status_of(path, one)) for one in listed.dependencies]
    if output == "table":
        say(table([HEADERS, *rows], max_width=WIDTH) + "\n")
    else:
        names = [header.lower() for header in HEADERS]
        say(structured([dict(zip(names, row, strict=True)) for row in rows], output))
    for warning in _strangers(path, [one.name for one in listed.dependencies]):
        tell(warning)


def status_of(chart: Path, one: Dependency) -> str:
    """What charts/ has of an entry, in Helm's words."""
    charts = chart / "charts"
    archives = [path for path in sorted(charts.glob(f"{one.name}-*.tgz")) if _may_be(path.name, one.name)]
    read = [_read(path) for path in archives] if len(archives) < 2 else ["", ""]
    directory = charts / one.name
    if archives or not directory.is_dir():
        return status(one, read, None)
    try:
        found = loader.load_directory(directory)
    except HelmError:
        return "corrupt"
    return status(one, (), Present(found.name, found.metadata.version if found.metadata else ""))


def _may_be(file: str, name: str) -> bool:
    """Whether a version follows the name: ``lib-1.0.0.tgz`` may be ``lib``, ``lib-b-1.0.0.tgz`` is not."""
    rest = file.removeprefix(f"{name}-").removeprefix("v")
    return rest[:1].isdigit()


def _read(path: Path) -> Present | str:
    try:
        found = loader.load_archive(path.read_bytes(), path.name)
    except HelmError:
        return "corrupt"
    return Present(found.name, found.metadata.version if found.metadata else "", path.name)


def _strangers(chart: Path, listed: list[str]) -> Iterator[str]:
    """Warnings for what charts/ holds and nobody lists."""
    charts = chart / "charts"
    for path in sorted(charts.iterdir()) if charts.is_dir() else ():
        if path.name.startswith((".", "_")) or not (path.is_dir() or path.name.endswith(".tgz")):
            continue
        try:
            name = loader.load(path).name
        except HelmError:
            yield f'WARNING: "{path}" is not a chart.'
            continue
        if name not in listed:
            yield f'WARNING: "{path}" is not in requirements.yaml.'
