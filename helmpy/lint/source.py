"""Where a chart under test comes from: a directory or an archive, read file by file.

A linter must look at charts that do not load, so it reads the few files it knows by itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from helmpy.chart import archive, loader
from helmpy.chart.metadata import CHARTFILE
from helmpy.chart.model import Chart
from helmpy.errors import HelmError


class LintError(HelmError):
    """A chart that cannot be looked at, so that no rule applies."""


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


class DirectorySource:
    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def directory(self) -> str:
        return self._path.absolute().resolve().name

    def read(self, name: str) -> bytes | None:
        try:
            return (self._path / name).read_bytes()
        except FileNotFoundError:
            return None

    def is_directory(self, name: str) -> bool | None:
        place = self._path / name
        return place.is_dir() if place.exists() else None

    def load(self) -> Chart:
        return loader.load_directory(self._path)


class ArchiveSource:
    def __init__(self, data: bytes, label: str) -> None:
        self._data = data
        self._label = label
        self._files = {file.name: file.data for file in archive.read_files(data, archive.Budget())}

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


def open_source(path: str | os.PathLike[str]) -> Source:
    """Return the files of the chart at ``path``. Raises LintError where no chart can be there."""
    label = os.fspath(path)
    place = Path(label)
    if label.endswith((".tgz", ".tar.gz")):
        try:
            data = place.read_bytes()
        except OSError as error:
            reason = (error.strerror or "").lower()
            raise LintError(f"unable to open tar ball {label}: open {label}: {reason}") from error
        try:
            source: Source = ArchiveSource(data, label)
        except HelmError as error:
            raise LintError(f"unable to extract tar ball: {error}") from error
    else:
        source = DirectorySource(place)
    _check_chartfile(source, place)
    return source


def _check_chartfile(source: Source, place: Path) -> None:
    if isinstance(source, ArchiveSource):
        if source.is_directory(CHARTFILE) is None:
            raise LintError("unable to check Chart.yaml file in chart: no such file or directory")
        return
    chartfile = os.path.normpath(place / CHARTFILE)
    try:
        Path(chartfile).stat()
    except (OSError, ValueError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else str(error)
        raise LintError(f"unable to check Chart.yaml file in chart: stat {chartfile}: {reason}") from error
