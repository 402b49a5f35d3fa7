"""Filling a chart's charts/ directory from repositories and neighbouring directories."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from helmpy.chart import loader, package, requirements
from helmpy.cli import repo_update, repository
from helmpy.cli.home_files import now
from helmpy.cli.output import logged, say
from helmpy.cli.repository import AccessFlags
from helmpy.errors import HelmError
from helmpy.gocompat import semver
from helmpy.record import record
from helmpy.repo import dependencies, files, provenance, repositories
from helmpy.repo.dependencies import FILE_SCHEME, OCI_SCHEME, DependencyError, Lock, Resolver, same_url
from helmpy.repo.downloader import Place, absolute_url, access_of, cached, place_in_repository
from helmpy.repo.repositories import Repositories

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from helmpy.chart.model import Chart, Dependency
    from helmpy.cli.repository import Check
    from helmpy.home import Settings
    from helmpy.repo.catalogue import Offer
    from helmpy.repo.downloader import Downloader
    from helmpy.repo.repositories import Repository


@record(frozen=True, slots=True)
class Vendor:
    """Fills charts/ of the chart at ``path``; archives are checked as ``check`` says.

    ``tells`` has what is done with neighbouring directories told, as Helm 2 does of an update with ``--debug``.
    """

    settings: Settings
    path: Path
    check: Check
    keyring: str = ""
    skip_refresh: bool = False
    access: AccessFlags = AccessFlags()  # to registries
    tells: bool = False

    def update(self) -> None:
        """Resolve the list anew, fetch all of it, lock it. Raises HelmError; charts/ is as before then."""
        chart = self._chart()
        wanted = self._wanted(chart)
        if wanted is None:
            say(f"No requirements found in {self.path}/charts.")
            return
        known = self._repositories(wanted)
        resolver = self._resolver(known, chart)
        dependencies.check_repositories(wanted, known)  # an unknown name is said before anything is fetched
        for one in wanted:
            if one.repository.startswith(FILE_SCHEME):
                resolver.local(one.repository)
                self._tell(f"Repository from local path: {one.repository}")
        if not self.skip_refresh:
            self._refresh(known)
        found = resolver.resolve(wanted)
        self._fetch_all(found, known)
        digest = dependencies.digest(wanted, found, v2=chart.is_v2)
        place = self.path / dependencies.lock_name(chart)
        before = self._lock(chart)
        if before is None or before.digest != digest:
            files.write(place, dependencies.lock_yaml(Lock(found, digest, now())).encode())

    def build(self) -> None:
        """Fetch what the lock file says; without one this is ``update``. Raises HelmError."""
        chart = self._chart()
        lock = self._lock(chart)
        if lock is None:
            self.update()
            return
        try:
            wanted = self._wanted(chart) or ()
        except HelmError as error:
            raise DependencyError(f"requirements.yaml cannot be opened: {error}") from error
        dependencies.check_sync(wanted, lock, v2=chart.is_v2)
        known = self._repositories(lock.dependencies)
        dependencies.check_added(lock.dependencies, known)
        if not self.skip_refresh:
            self._refresh(known)
        self._fetch_all(lock.dependencies, known)

    def _chart(self) -> Chart:
        if not self.path.exists():
            raise DependencyError(f"could not find {self.path}: stat {self.path}: no such file or directory")
        if not self.path.is_dir():
            raise DependencyError("only unpacked charts can be updated")
        return loader.load_directory(self.path, warn=logged)

    def _wanted(self, chart: Chart) -> tuple[Dependency, ...] | None:
        listed = requirements.read_list(chart)
        return None if listed is None else listed.dependencies

    def _lock(self, chart: Chart) -> Lock | None:
        place = self.path / dependencies.lock_name(chart)
        text = place.read_bytes() if place.is_file() else b""
        try:
            return dependencies.parse_lock(text, str(place)) if text else None
        except dependencies.BrokenLock:
            return None  # Helm 2 makes a new one

    def _repositories(self, wanted: Iterable[Dependency]) -> Repositories:
        listed = list(wanted)
        if listed and all(one.repository.startswith(OCI_SCHEME) for one in listed):
            return Repositories()  # registries need no repositories.yaml, and no indexes
        return repositories.load(self.settings.home.repository_file)

    def _refresh(self, known: Repositories) -> None:
        if known.entries:
            say("Hang tight while we grab the latest from your chart repositories...", flush=True)
            repo_update.update_all(self.settings, known.entries, local=True)
            say("Update Complete.", flush=True)

    def _resolver(self, known: Repositories, chart: Chart) -> Resolver:
        return Resolver(
            lambda url, name: self._versions(known, url, name),
            lambda url: _local(self.path, url)[1],
            lambda name: known.get(name).url if known.has(name) else None,
            "Chart.yaml" if chart.is_v2 else requirements.FILENAME,
        )

    def _versions(self, known: Repositories, url: str, name: str) -> list[str] | None:
        if url.startswith(OCI_SCHEME):
            from helmpy.repo import oci

            return repository.registry(self.settings, self.access.of()).versions(oci.parse_base(url).below(name))
        owner = _owner(known, url)
        return None if owner is None else [one.version for one in self._offers(owner, name)]

    def _offers(self, owner: Repository, name: str) -> list[Offer]:
        return cached(self.settings.home.cache_index(owner.name), name).versions(name)

    def _fetch_all(self, found: Iterable[Dependency], known: Repositories) -> None:
        """Put all archives into a hidden directory of charts/, then into charts/: all of them or none.

        Whoever is killed in the middle leaves what no chart counts as its own.
        """
        wanted = list(found)
        charts = self.path / "charts"
        if charts.exists() and not charts.is_dir():
            raise DependencyError(f'"{charts}" is not a directory')
        made = not charts.exists()
        beside = charts / f".{os.urandom(6).hex()}.part"
        say(f"Saving {len(wanted)} charts", flush=True)
        try:
            beside.mkdir(parents=True)
            for one in wanted:
                self._fetch(one, known, beside)
            say("Deleting outdated charts", flush=True)
            for one in wanted:
                for old in _archives(charts, one.name):
                    old.unlink()
            for path in sorted(beside.iterdir()):
                path.replace(charts / path.name)
            made = False
        except _Unusable:
            raise  # Helm 2 says no more of this
        except HelmError as error:
            say(f"Save error occurred:  {error}")
            say("Deleting newly downloaded charts, restoring pre-update state", flush=True)
            raise
        except OSError as error:
            raise DependencyError(f"{error.filename}: {(error.strerror or str(error)).lower()}") from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            if made:
                with suppress(OSError):
                    charts.rmdir()

    def _fetch(self, one: Dependency, known: Repositories, directory: Path) -> None:
        if one.repository.startswith(FILE_SCHEME):
            self._tell(f"Archiving {one.name} from repo {one.repository}")
            place, _ = _local(self.path, one.repository)
            chart = loader.load_directory(place, warn=logged)
            version = chart.metadata.version if chart.metadata else ""
            if not dependencies.fits(version, dependencies.constraint_of(one)):
                raise DependencyError(f"can't get a valid version for dependency {one.name}")
            package.save(chart, directory)
            return
        if not one.repository:
            say(f"Dependency {one.name} did not declare a repository. Assuming it exists in the charts directory")
            _check_own(self.path / "charts" / one.name, one)
            return
        say(f"Downloading {one.name} from repo {one.repository}", flush=True)
        downloader = repository.downloader(self.settings, self.access.of())
        place_ = self._place(one, known, downloader)
        try:
            archive, signature = self._download(one, place_, downloader)
        except HelmError as error:
            raise DependencyError(f"could not download {place_.url}: {error}", hint=error.hint) from error
        files.write(directory / place_.file_name, archive)
        if signature is not None:
            files.write(directory / f"{place_.file_name}{provenance.SUFFIX}", signature)

    def _tell(self, text: str) -> None:
        if self.tells:
            say(text, flush=True)

    def _download(self, one: Dependency, place: Place, downloader: Downloader) -> tuple[bytes, bytes | None]:
        with repository.progress(f"{one.name}:") as tell:
            archive = downloader.fetch(place, tell)
        signature = repository.signature(downloader, place, one.name, self.check)
        if signature is not None:
            provenance.verify(archive, place.file_name, signature, self.keyring)
        return archive, signature

    def _place(self, one: Dependency, known: Repositories, downloader: Downloader) -> Place:
        if one.repository.startswith(OCI_SCHEME):
            return downloader.place(f"{one.repository.rstrip('/')}/{one.name}", one.version, self.access.of())
        owner = _owner(known, one.repository)
        return self._place_elsewhere(one) if owner is None else self._place_of(owner, one)

    def _place_of(self, owner: Repository, one: Dependency) -> Place:
        offers = self._offers(owner, one.name)
        if not offers:
            raise DependencyError("could not find : entry not found")
        for offer in offers:
            if dependencies.same_version(offer.version, one.version) and offer.urls:
                return Place(absolute_url(owner.url, offer.urls[0]), access_of(owner), offer.digest)
        raise DependencyError("could not find : no matching version")

    def _place_elsewhere(self, one: Dependency) -> Place:
        """Where a repository that nobody added has a chart: its index is fetched for this one question."""
        getters = repository.getters(self.settings)
        try:
            return place_in_repository(getters, one.repository, one.name, one.version, self.access.of())
        except HelmError as error:
            raise DependencyError(
                f"could not find : chart {one.name} not found in {one.repository}", hint=str(error)
            ) from error


class _Unusable(DependencyError):
    """A chart in charts/ itself can't be held against what the list says of it."""


def _check_own(place: Path, one: Dependency) -> None:
    """Demand that a chart that lies in charts/ anyway has a version that the list wants. Raises DependencyError."""
    try:
        chart = loader.load_directory(place, warn=logged)
    except HelmError as error:
        raise _Unusable(f"Unable to load chart: {error}") from error
    try:
        constraint = semver.Constraint(one.version, 2)
    except HelmError as error:
        raise _Unusable(f"Dependency {one.name} has an invalid version/constraint format: {error}") from error
    version = chart.metadata.version if chart.metadata else ""
    try:
        parsed = semver.Version.parse(version, 2)
    except HelmError as error:
        raise _Unusable(f"Invalid version {one.version} for dependency {one.name}: {error}") from error
    if not constraint.check(parsed):
        raise DependencyError(
            f"Dependency {one.name} at version {version} does not satisfy the constraint {one.version}"
        )


def _owner(known: Repositories, url: str) -> Repository | None:
    return next((one for one in known.entries if same_url(one.url, url)), None)


def _archives(charts: Path, name: str) -> list[Path]:
    """The archives of a chart, by the name in their Chart.yaml; those of others begin alike sometimes."""
    return [path for path in charts.glob(f"{name}-*.tgz") if _name_in(path) == name]


def _name_in(path: Path) -> str:
    try:
        return loader.load_archive(path.read_bytes(), path.name).name
    except HelmError:
        return ""


def _local(chart: Path, url: str) -> tuple[Path, str]:
    """The directory that a ``file://`` URL names as seen from the chart, and its chart's version."""
    name = url.removeprefix(FILE_SCHEME)
    place = Path(name) if name.startswith("/") else Path(os.path.normpath(chart / name))
    if not place.exists():
        raise DependencyError(f"directory {place} not found")
    metadata = loader.check_directory(place)
    return place, metadata.version
