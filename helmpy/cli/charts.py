"""A chart as a command names it: found, loaded, and made ready to be sent to Tiller."""

from __future__ import annotations

import os

from helmpy.chart import loader, requirements
from helmpy.chart.model import Chart, ChartError
from helmpy.cli.output import debug, logged
from helmpy.errors import HelmError
from helmpy.gotemplate import TemplateError
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.cli.repository import SourceFlags


def locate(settings: Settings, name: str, source: SourceFlags) -> str:
    """The chart's file or directory, fetched where no such file is here. Raises HelmError in Helm's words.

    What is looked at, in this order: the path itself, ``$HELM_HOME/repository``, the repositories.
    """
    name = name.strip()
    if name and os.path.exists(name):  # noqa: PTH110 - pathlib takes 5 ms to import
        return _checked(loader.absolute(name), source)
    if name.startswith(("/", ".")):
        raise ChartError(f'path "{name}" not found')
    kept = f"{settings.home}/repository/{name}"
    if os.path.exists(kept):  # noqa: PTH110 - see above
        return kept
    return _fetched(settings, name, source)


def _checked(path: str, source: SourceFlags) -> str:
    if not source.verify:
        return path
    if os.path.isdir(path):  # noqa: PTH112 - see above
        raise ChartError("cannot verify a directory")
    from helmpy.cli.verify import check

    check(path, source.keyring)
    return path


def _fetched(settings: Settings, name: str, source: SourceFlags) -> str:
    from helmpy.cli import repository
    from helmpy.repo.downloader import DownloadError

    check = repository.Check.ALWAYS if source.verify else repository.Check.NEVER
    archive = settings.home.archive
    try:
        found = repository.obtain(settings, name, source, check, kept=archive)
    except HelmError as error:
        if settings.debug or source.repository or name.startswith(repository.OCI):
            raise
        raise DownloadError(f'failed to download "{name}" (hint: running `helm repo update` may help)') from error
    archive.mkdir(parents=True, exist_ok=True)
    path = found.write(archive).absolute()
    debug(settings, f"Fetched {name} to {path}\n")
    return str(path)


def load_complete(path: str) -> Chart:
    """Load a chart whose dependencies must all be there. Raises ChartError."""
    chart = loader.load(path, warn=logged)
    requirements.check_dependencies(chart)
    return chart


def prepared(chart: Chart, values: dict[str, Any], *, complete: bool = True) -> Chart:
    """The chart as it is sent: disabled dependencies gone, import-values done.

    A v2 chart's schema is minded where ``values`` are ``complete``, and not to be joined by those of a release.
    Raises HelmError.
    """
    settled = requirements.process(chart, values, warn=logged)
    if complete and chart.is_v2 and settled.has_schema:
        from helmpy.chart import schema
        from helmpy.chart.values import coalesce_values

        schema.validate(settled, coalesce_values(settled, values))
    return settled


def with_source_line(error: HelmError, chart: Chart) -> HelmError:
    """Tiller's text of a template error with the line it speaks of, which only we can show."""
    import re

    places = re.findall(r"template: ([^\s:]+):(\d+)(?::(\d+))?:", error.message)
    if not places:
        return error
    name, line, column = places[-1]
    lines = _template(chart, chart.name, name).split("\n")
    number = int(line)
    source = lines[number - 1] if 0 < number <= len(lines) else ""
    return TemplateError(
        error.message, name=name, line=number, column=int(column) if column else -1, source_line=source
    )


def _template(chart: Chart, root: str, path: str) -> str:
    """The text of a template by the path that errors use: ``web/charts/db/templates/x.yaml``."""
    for file in chart.templates:
        if f"{root}/{file.name}" == path:
            return file.data.decode(errors="replace")
    for child in chart.dependencies:
        found = _template(child, f"{root}/charts/{child.name}", path)
        if found:
            return found
    return ""
