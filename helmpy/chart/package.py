"""Saving charts: as an archive to share, or as a directory to work on."""

from __future__ import annotations

import io
import os
import stat
import struct
import zlib
from pathlib import Path, PurePosixPath

from helmpy.chart.metadata import CHARTFILE, to_dict
from helmpy.chart.model import Chart, ChartError, File
from helmpy.gocompat import yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


VALUESFILE = "values.yaml"

_MODE = 0o755
_MTIME = 0  # equal charts give equal archives, so equal digests
_LEVEL = 9

# What Helm 2 puts into the gzip header and by which its archives are known.
_EXTRA = b"+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo="
_COMMENT = b"Helm"
_HAS_EXTRA, _HAS_COMMENT = 0x04, 0x10
_DEFLATE, _UNKNOWN_SYSTEM = 8, 255


def save(chart: Chart, directory: str | os.PathLike[str]) -> Path:
    """Write ``chart`` to ``directory`` as NAME-VERSION.tgz and return the archive's path.

    Chart.yaml is written anew from its record, all else as it was read; the same chart always
    gives the same bytes. An archive that is there already is replaced. Raises ChartError.
    """
    place = Path(directory)
    try:
        if not stat.S_ISDIR(place.stat().st_mode):
            raise ChartError(f"location {place} is not a directory")
        data = to_archive(chart)
        target = place / archive_name(chart)
        _replace(target, data)
    except OSError as error:
        raise ChartError(f"stat {place}: {_reason(error)}") from error
    return target


def archive_name(chart: Chart) -> str:
    """Return NAME-VERSION.tgz. Raises ChartError where name or version are missing or hold a path."""
    metadata = chart.metadata
    if metadata is None:
        raise ChartError("no Chart.yaml data")
    for value, what in ((metadata.name, "name"), (metadata.version, "version")):
        if not value:
            raise ChartError(f"no chart {what} specified ({CHARTFILE})")
        if any(char in "/\\\0" for char in value):
            raise ChartError(f"chart {what} {value!r} is no part of a file name")
    return f"{metadata.name}-{metadata.version}.tgz"


def to_archive(chart: Chart) -> bytes:
    """Return ``chart`` as a gzipped tar. Raises ChartError."""
    import tarfile

    archive_name(chart)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for file in files_of(chart):
            member = tarfile.TarInfo(f"{chart.name}/{file.name}")
            member.size, member.mode, member.mtime = len(file.data), _MODE, _MTIME
            tar.addfile(member, io.BytesIO(file.data))
    return _gzipped(stream.getvalue())


def files_of(chart: Chart) -> Iterator[File]:
    """Yield every file that ``chart`` is saved as, subcharts unpacked below ``charts/``."""
    yield File(CHARTFILE, chart_yaml(chart))
    if chart.values is not None and chart.values.raw:
        yield File(VALUESFILE, chart.values.raw.encode("utf-8", "surrogateescape"))
    for file in (*chart.templates, *chart.files):
        _check_path(file.name)
        yield file
    for dependency in chart.dependencies:
        archive_name(dependency)
        for file in files_of(dependency):
            yield File(f"charts/{dependency.name}/{file.name}", file.data)


def chart_yaml(chart: Chart) -> bytes:
    """Return a chart's Chart.yaml, written from its record."""
    if chart.metadata is None:
        raise ChartError("no Chart.yaml data")
    return yaml.dump(to_dict(chart.metadata), dialect=3 if chart.is_v2 else 2).encode()


def save_directory(chart: Chart, directory: str | os.PathLike[str]) -> Path:
    """Write ``chart`` as a new directory below ``directory``, its subcharts as archives in ``charts``.

    Returns the new directory. Raises ChartError, also where it is there already.
    """
    if not chart.name or any(char in "/\\\0" for char in chart.name):
        raise ChartError(f"chart name {chart.name!r} is no name of a directory")
    root = Path(directory) / chart.name
    try:
        root.mkdir()
        for folder in ("templates", "charts"):
            (root / folder).mkdir()
        for file in files_of(Chart(chart.metadata, chart.templates, (), chart.values, chart.files)):
            place = root / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.data)
    except OSError as error:
        raise ChartError(f"mkdir {root}: {_reason(error)}") from error
    for dependency in chart.dependencies:
        save(dependency, root / "charts")
    return root


def _check_path(name: str) -> None:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise ChartError(f"chart illegally contains content outside the base directory: {name!r}")


def _gzipped(data: bytes) -> bytes:
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    header = struct.pack("<2sBBLBB", b"\x1f\x8b", _DEFLATE, _HAS_EXTRA | _HAS_COMMENT, 0, 0, _UNKNOWN_SYSTEM)
    extra = struct.pack("<H", len(_EXTRA)) + _EXTRA + _COMMENT + b"\0"
    trailer = struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return header + extra + compressor.compress(data) + compressor.flush() + trailer


def _replace(target: Path, data: bytes) -> None:
    """Write a file whole or not at all; its mode is that of the one before, else what the umask allows.

    A link gives way: what it points to keeps its words, and its mode to itself.
    """
    there = os.path.exists(target)  # noqa: PTH110 - pathlib raises where it may not look
    if there and target.is_dir():
        raise ChartError(f"open {target}: is a directory")
    if there and not os.access(target, os.W_OK):
        raise ChartError(f"open {target}: permission denied")
    temporary = target.parent / f".{os.urandom(6).hex()}.part"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    except PermissionError as error:
        if not there:
            raise ChartError(f"open {target}: {_reason(error)}") from error
        target.write_bytes(data)  # nothing new may be made here
        return
    try:
        with os.fdopen(handle, "wb") as stream:
            if there and not target.is_symlink():
                os.fchmod(handle, stat.S_IMODE(target.stat().st_mode))
            stream.write(data)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _reason(error: OSError) -> str:
    """Return the system's words as Go prints them."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
