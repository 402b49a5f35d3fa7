"""``helm fetch``: download charts, and unpack them where that is asked for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from helmpy.chart import loader
from helmpy.chart.archive import read_files
from helmpy.chart.budget import Budget
from helmpy.cli import repository
from helmpy.cli.command import boolean, string
from helmpy.cli.command import command as make
from helmpy.cli.output import say
from helmpy.cli.pflags import UsageError
from helmpy.cli.repository import Check
from helmpy.errors import HelmError, unmakable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.cli.repository import SourceFlags
    from helmpy.home import Settings

ABOUT = """\
Download charts from a repository, a registry or a URL, and unpack them if asked to.

An archive is compared with what the repository's index or the registry's manifest says of it, and
with --verify with its provenance file, before it is written.

  helm fetch stable/mysql
  helm fetch oci://ghcr.io/example/charts/web --version '~1.2' --untar
"""


class FetchFailed(HelmError):
    """A chart was not written where it should go."""


@make("fetch", usage="[flags] [chart URL | repo/chartname | oci://HOST/REPOSITORY/chartname] [...]", about=ABOUT)
@boolean("prov", about="fetch the provenance file too, do not check it")
@boolean("untar", about="unpack the chart")
@string("destination", "d", about="directory to write to", default=".")
@string("untardir", about="directory below the destination to unpack into", default=".")
@repository.source
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    prov: bool,
    untar: bool,
    destination: str,
    untardir: str,
    source: SourceFlags,
) -> None:
    if not args:
        raise UsageError("need at least one argument, url or repo/name of the chart")
    source.told(settings, original=False)
    check = Check.ALWAYS if source.verify else Check.LATER if prov else Check.NEVER
    for reference in args:
        found = repository.obtain(settings, reference, source, check)
        if found.digest:
            say(f"Pulled: {found.url.removeprefix(repository.OCI)}\nDigest: {found.digest}")
        if found.verification:
            say(f"Verification: {found.verification}")
        if untar:
            _unpack(found.archive, found.file_name, Path(destination, untardir))
        else:
            found.write(destination)


def _unpack(archive: bytes, name: str, directory: Path) -> None:
    """Write a chart's files below ``directory``, all of them or none."""
    chart = loader.load_archive(archive, name)
    if directory.exists() and not directory.is_dir():
        raise FetchFailed(f"Failed to untar: {directory} is not a directory")
    target = directory / chart.name
    if target.exists():
        raise FetchFailed(f"Failed to untar: a file or directory with the name {target} already exists")
    beside = directory / f".{chart.name}.{os.getpid()}.part"
    try:
        for file in read_files(archive, Budget()):
            path = beside / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        beside.rename(target)
    except PermissionError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise FetchFailed(f"Failed to untar (mkdir): {unmakable(str(target), error)}") from error
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise FetchFailed(f"Failed to untar: open {target}: {(error.strerror or str(error)).lower()}") from error
