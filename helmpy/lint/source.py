"""Where a chart under test comes from: a directory or an archive, read file by file.

A linter must look at charts that do not load, so it reads the few files it knows by itself.
"""

from __future__ import annotations

import os

from helmpy.chart import archive, loader
from helmpy.chart import metadata as chart_metadata
from helmpy.chart.budget import Budget
from helmpy.chart.metadata import CHARTFILE
from helmpy.chart.model import Chart, ChartError
from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Source(Protocol):
        """A chart's files. ``directory`` is the name it lies under, "" where that is unknown."""

        @property
        def directory(self) -> str: ...

        def read(self, name: str) -> bytes | None:
            """Return a file's bytes, None where it does not exist. Raises OSError."""

        def is_directory(self, name: str) -> bool | None:
            """Tell whether ``name`` is a directory, None where it does not exist."""

        def load(self) -> Chart:
            """Return the whole chart. Raises ChartError and what else loading raises."""


class LintError(HelmError):
    """A chart that cannot be looked at, so that no rule applies."""


class DirectorySource:
    """Files of a directory. By os and not pathlib, which takes 5 ms to import."""

    def __init__(self, path: str, warn: Callable[[str], None] | None = None) -> None:
        self._path = path
        self._warn = warn

    @property
    def directory(self) -> str:
        return loader.absolute(self._path).rpartition("/")[2]

    def read(self, name: str) -> bytes | None:
        try:
            with open(f"{loader.absolute(self._path)}/{name}", "rb") as file:  # noqa: PTH123 - see above
                return file.read()
        except FileNotFoundError:
            return None

    def is_directory(self, name: str) -> bool | None:
        place = f"{self._path}/{name}"
        return os.path.isdir(place) if os.path.exists(place) else None  # noqa: PTH110, PTH112 - see above

    def load(self) -> Chart:
        return loader.load_directory(self._path, warn=self._warn)


class ArchiveSource:
    def __init__(self, data: bytes, label: str) -> None:
        self._data = data
        self._label = label
        self._files = {file.name: file.data for file in archive.read_files(data, Budget())}
        if not chart_metadata.parse_metadata(self._files.get(CHARTFILE, b"")).name:
            raise ChartError("chart name not specified")  # Helm unpacks it first, below that name

    @property
    def directory(self) -> str:
        return ""

    def read(self, name: str) -> bytes | None:
        return self._files.get(name)

    def is_directory(self, name: str) -> bool | None:
        if any(path.startswith(f"{name}/") for path in self._files):
            return True
        return False if name in self._files else None

    def load(self) -> Chart:
        return loader.load_archive(self._data, self._label)


def open_source(path: str | os.PathLike[str], *, warn: Callable[[str], None] | None = None) -> Source:
    """Return the files of the chart at ``path``; ``warn`` hears of symbolic links. Raises LintError where no chart can be there."""
    label = os.fspath(path)
    if label.endswith((".tgz", ".tar.gz")):
        try:
            with open(label, "rb") as file:  # noqa: PTH123 - see above
                data = file.read()
        except OSError as error:
            reason = (error.strerror or "").lower()
            raise LintError(f"unable to open tar ball {label}: open {label}: {reason}") from error
        try:
            source: Source = ArchiveSource(data, label)
        except HelmError as error:
            raise LintError(f"unable to extract tar ball: {error}") from error
    else:
        source = DirectorySource(label, warn)
    _check_chartfile(source, label)
    return source


def _check_chartfile(source: Source, place: str) -> None:
    if isinstance(source, ArchiveSource):
        return
    chartfile = os.path.normpath(f"{place}/{CHARTFILE}" if place else CHARTFILE)
    try:
        os.stat(chartfile)  # noqa: PTH116 - see above
    except (OSError, ValueError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else str(error)
        raise LintError(f"unable to check Chart.yaml file in chart: stat {chartfile}: {reason}") from error
