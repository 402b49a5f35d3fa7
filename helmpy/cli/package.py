"""``helm package``: archives of chart directories."""

from __future__ import annotations

import os
from pathlib import Path

from helmpy.chart import loader, package, requirements
from helmpy.chart.model import Chart, ChartError, Metadata
from helmpy.cli.command import boolean, string
from helmpy.cli.command import command as make
from helmpy.cli.output import debug, logged, say
from helmpy.cli.pflags import UsageError
from helmpy.cli.repository import KEYRING, Check
from helmpy.errors import HelmError
from helmpy.home import Settings
from helmpy.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


LOCK_PATIENCE = 30.0  # seconds, as for repositories.yaml


@make(
    "package",
    usage="[flags] [CHART_PATH] [...]",
    about="Make an archive NAME-VERSION.tgz of each chart directory; its name must be the chart's.",
)
@boolean("dependency-update", "u", about="fill charts/ first, as helm dependency update does")
@boolean("sign", about="write NAME-VERSION.tgz.prov too, signed with the key that --key names")
@boolean("save", about="keep a copy in $HELM_HOME/repository/local, where that exists", default=True)
@string("app-version", about="put this appVersion into the package's Chart.yaml")
@string("destination", "d", about="directory to write the archives to", default=".")
@string("key", about="a part of the user id of the key to sign with")
@KEYRING
@string("version", about="put this version into the package's Chart.yaml")
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    version: str,
    app_version: str,
    destination: str,
    save: bool,
    sign: bool,
    key: str,
    keyring: str,
    dependency_update: bool,
) -> None:
    if not args:
        raise UsageError("need at least one argument, the path to the chart")
    if sign and not key:
        raise UsageError("--key is required for signing a package")
    if sign and not keyring:
        raise UsageError("--keyring is required for signing a package")
    for path in args:
        if dependency_update:
            from helmpy.cli.dependencies import Vendor

            Vendor(settings, Path(path).absolute(), Check.NEVER, keyring, tells=settings.debug).update()
        chart = _renumbered(settings, loader.load_directory(path, warn=logged), version, app_version)
        _check(chart, loader.absolute(path).rpartition("/")[2])
        archive = _written(chart, destination)
        say(f"Successfully packaged chart and saved it to: {archive}", flush=True)
        if save:
            _keep(settings, archive)
        if sign:
            _sign(settings, archive, chart, keyring, key)


def _renumbered(settings: Settings, chart: Chart, version: str, app_version: str) -> Chart:
    metadata = chart.metadata or Metadata()
    if version:
        from helmpy.gocompat import semver

        semver.Version.parse(version, 3 if chart.is_v2 else 2)  # raises the words that the user reads
        debug(settings, f"Setting version to {version}")
    if app_version:
        debug(settings, f"Setting appVersion to {app_version}")
    return replace(
        chart,
        metadata=replace(
            metadata, version=version or metadata.version, app_version=app_version or metadata.app_version
        ),
    )


def _check(chart: Chart, directory: str) -> None:
    if directory != chart.name:
        raise ChartError(f"directory name ({directory}) and Chart.yaml name ({chart.name}) must match")
    requirements.check_dependencies(chart, requirements.read_list(chart))


def _written(chart: Chart, directory: str) -> Path:
    destination = Path(directory)
    try:
        os.stat(directory)  # noqa: PTH116 - no directory at all is not the current one
        return package.save(chart, destination.absolute() if directory == "." else destination)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        verb = "stat" if isinstance(error, FileNotFoundError | NotADirectoryError) else "write"
        raise ChartError(f"Failed to save: {verb} {error.filename or directory}: {reason}") from error
    except HelmError as error:
        raise ChartError(f"Failed to save: {error}") from error


def _sign(settings: Settings, archive: Path, chart: Chart, keyring: str, key: str) -> None:
    from helmpy.repo import files, provenance

    assert chart.metadata is not None, "a chart that was packaged has metadata"
    signed = provenance.sign(
        archive.read_bytes(), archive.name, chart.metadata, keyring=keyring, identity=key, passphrase=_passphrase
    )
    debug(settings, signed.decode().rstrip("\n"))
    files.write(f"{archive}{provenance.SUFFIX}", signed, mode=0o755)


def _passphrase(user: str) -> str:
    """The passphrase of a key: ``$HELM_KEY_PASSPHRASE``, or what a person types."""
    from helmpy.cli.secret import typed

    known = os.environ.get("HELM_KEY_PASSPHRASE")
    if known:
        return known
    try:
        return typed(f'Password for key "{user}" >  ')
    except EOFError as error:
        raise HelmError(
            "the key needs a passphrase, and nobody is there to give it: set HELM_KEY_PASSPHRASE"
        ) from error


def _keep(settings: Settings, archive: Path) -> None:
    """Put a copy into the local repository and into its index, where ``helm search`` finds it and ``helm serve`` offers it."""
    from helmpy.cli.home_files import LOCAL_URL, now
    from helmpy.repo import files, index

    local = settings.home.local_repository
    if not local.is_dir():
        debug(settings, f"no copy kept: {local} does not exist")
        return
    data = archive.read_bytes()
    files.write(local / archive.name, data)
    entry = index.of_archive(data, archive.name, url=LOCAL_URL, created=now())
    place = local / index.FILENAME
    with files.Lock(f"{settings.home.repository}/local.lock", LOCK_PATIENCE):
        listed = index.parse(place.read_bytes()) if place.exists() else index.Index(generated=now())
        listed = index.with_version(listed, replace(entry, digest=f"sha256:{entry.digest}"))
        files.write(place, index.to_yaml(listed).encode())
    debug(settings, f"Successfully saved {archive} to {local}\n")
