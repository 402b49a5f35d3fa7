"""The dependencies of a chart: which versions they resolve to, the lock file, and what charts/ holds.

A v1 chart lists them in requirements.yaml and locks them in requirements.lock (Helm 2.17's formats), a
v2 chart in Chart.yaml and Chart.lock (Helm 3's). Nothing here touches the network.
"""

from __future__ import annotations

from hashlib import sha256

from helmpy.chart import metadata as chart_metadata
from helmpy.chart.model import Chart, Dependency
from helmpy.errors import HelmError
from helmpy.gocompat import json, semver, yaml
from helmpy.record import record
from helmpy.repo import index as index_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from helmpy.repo.repositories import Repositories

LOCK_V1, LOCK_V2 = "requirements.lock", "Chart.lock"
FILE_SCHEME = "file://"
OCI_SCHEME = "oci://"
ALIASES = ("alias:", "@")  # what stands before the name of an added repository


class DependencyError(HelmError):
    """The dependencies of a chart can't be found or do not fit."""


class BrokenLock(DependencyError):
    """The lock file can't be read."""


class OutOfSync(DependencyError):
    """The lock file was made for another list."""


@record(frozen=True, slots=True)
class Lock:
    """What a list resolved to. ``generated`` is RFC 3339 text."""

    dependencies: tuple[Dependency, ...]
    digest: str
    generated: str = ""


def lock_name(chart: Chart) -> str:
    return LOCK_V2 if chart.is_v2 else LOCK_V1


def digest(wanted: Sequence[Dependency], locked: Sequence[Dependency], *, v2: bool) -> str:
    """Return the digest that ties a lock to its list: of Go's JSON of the list, in Helm 3 of both."""
    if v2:
        text = json.dumps([list(map(ordered, wanted)), list(map(ordered, locked))])
    else:
        text = json.dumps(json.Struct(dependencies=list(map(ordered, wanted))))
    return f"sha256:{sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"


def ordered(one: Dependency) -> json.Struct:
    """Return a dependency with its fields in the order of Go's struct; empty ones are left out."""
    known = chart_metadata.dependency_to_dict(one)
    order = ("name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias")
    return json.Struct((key, known[key]) for key in order if key in known)


def parse_lock(text: str | bytes, name: str) -> Lock:
    """Return what a lock file holds. Raises BrokenLock, which names the file."""
    try:
        value = yaml.load(text, ints=True)
        listed = {} if value is None else value
        if not isinstance(listed, dict):
            raise DependencyError("it is no map")
        return Lock(
            chart_metadata.parse_dependencies(listed.get("dependencies")),
            str(listed.get("digest") or ""),
            str(listed.get("generated") or ""),
        )
    except HelmError as error:
        raise BrokenLock(f"{name}: {error}") from error


def lock_yaml(lock: Lock) -> str:
    """Return the text of a lock file."""
    kept = [{"name": one.name, "repository": one.repository, "version": one.version} for one in lock.dependencies]
    return yaml.dump({"dependencies": kept, "digest": lock.digest, "generated": lock.generated})


def check_sync(wanted: Sequence[Dependency], lock: Lock, *, v2: bool) -> None:
    """Raise OutOfSync unless the lock was made for this list."""
    if digest(wanted, lock.dependencies, v2=v2) != lock.digest:
        names = (LOCK_V2, "Chart.yaml") if v2 else (LOCK_V1, "requirements.yaml")
        raise OutOfSync(f"{names[0]} is out of sync with {names[1]}")


def check_repositories(wanted: Iterable[Dependency], added: Repositories) -> None:
    """Demand that every entry names a URL or a repository that was added. Raises DependencyError in Helm's words."""
    missing = [one.repository for one in wanted if not _is_known(one.repository, added)]
    if not missing:
        return
    text = f"no repository definition for {', '.join(missing)}. Please add them via 'helm repo add'"
    if any("//" not in one and not one.startswith(ALIASES) for one in missing):
        text += (
            "\nNote that repositories must be URLs or aliases. For example, to refer to the stable\n"
            'repository, use "https://charts.helm.sh/stable" or "@stable" instead of\n'
            "\"stable\". Don't forget to add the repo, too ('helm repo add')."
        )
    raise DependencyError(text)


def check_added(locked: Iterable[Dependency], added: Repositories) -> None:
    """Demand that every repository of a lock was added, as Helm 2 does of a lock only. Raises DependencyError."""
    missing = [
        one.repository
        for one in locked
        if one.repository
        and not one.repository.startswith((FILE_SCHEME, OCI_SCHEME))
        and not any(same_url(other.url, one.repository) for other in added.entries)
    ]
    if missing:
        raise DependencyError(
            f"no repository definition for {', '.join(missing)}. Please add the missing repos via 'helm repo add'"
        )


def _is_known(repository: str, added: Repositories) -> bool:
    for prefix in ALIASES:
        if repository.startswith(prefix):
            return added.has(repository.removeprefix(prefix))
    scheme, colon, _ = repository.partition(":")
    is_url = repository[:1] in ("", "/") or (bool(colon) and scheme[:1].isalpha() and " " not in scheme)
    return is_url or any(same_url(one.url, repository) for one in added.entries)


@record(frozen=True, slots=True)
class Resolver:
    """Finds the version that each entry of a list means.

    ``versions_of`` gives the versions a repository (by URL) has of a chart, newest first, None where
    the repository is not known, and an empty list where it has no such chart. ``local`` gives the version of
    the chart in a directory, named as the list names it. ``added`` gives the URL of a repository by its name.
    """

    versions_of: Callable[[str, str], Sequence[str] | None]
    local: Callable[[str], str]
    added: Callable[[str], str | None]
    source: str = "requirements.yaml"

    def resolve(self, wanted: Iterable[Dependency]) -> tuple[Dependency, ...]:
        """Return the entries with exact versions and real URLs. Raises DependencyError."""
        found, missing = [], []
        for one in wanted:
            url = self.url(one)
            version = self._version(one, url)
            if version is None:
                missing.append(one.name)
            else:
                found.append(Dependency(name=one.name, repository=url, version=version))
        if missing:
            raise DependencyError(
                f"Can't get a valid version for repositories {', '.join(missing)}. "
                f"Try changing the version constraint in {self.source}"
            )
        return tuple(found)

    def url(self, one: Dependency) -> str:
        """Return an entry's repository, the name of an added one replaced by its URL. Raises DependencyError."""
        for prefix in ALIASES:
            if one.repository.startswith(prefix):
                url = self.added(one.repository.removeprefix(prefix))
                if url is None:
                    raise DependencyError(
                        f"no repository definition for {one.repository}. Please add them via 'helm repo add'"
                    )
                return url
        return one.repository

    def _version(self, one: Dependency, url: str) -> str | None:
        if not url:
            self.local(f"{FILE_SCHEME}charts/{one.name}")
            return one.version
        constraint = constraint_of(one)
        if url.startswith(FILE_SCHEME):
            version = self.local(url)
            if fits(version, constraint):
                return version
            return None if self.source == "Chart.yaml" else one.version  # Helm 2 finds out when it packs the chart
        if url.startswith(OCI_SCHEME) and index_file.is_exact(one.version):
            return one.version  # a registry need not list its tags to everybody who may pull
        versions = self.versions_of(url, one.name)
        if versions is None:
            return one.version
        if not versions:
            raise DependencyError(f"{one.name} chart not found in repo {url}")
        return next((version for version in versions if version == one.version or fits(version, constraint)), None)


def constraint_of(one: Dependency) -> semver.Constraint:
    """Return which versions an entry takes. Raises DependencyError."""
    try:
        return semver.Constraint(one.version, 2)
    except HelmError as error:
        raise DependencyError(f'dependency "{one.name}" has an invalid version/constraint format: {error}') from error


def fits(version: str, constraint: semver.Constraint) -> bool:
    parsed = index_file.parsed_version(version)
    return parsed is not None and constraint.check(parsed)


def same_version(left: str, right: str) -> bool:
    """Whether two texts name one version, as 0.1 and v0.1.0 do."""
    if left == right:
        return True
    one, other = index_file.parsed_version(left), index_file.parsed_version(right)
    return one is not None and other is not None and one.key() == other.key()


def same_url(left: str, right: str) -> bool:
    """Whether two URLs name one repository: a slash at the end makes no difference."""
    return left.rstrip("/") == right.rstrip("/")


@record(frozen=True, slots=True)
class Present:
    """A chart in charts/: ``archive`` is its file's name, empty where it is a directory."""

    name: str
    version: str
    archive: str = ""


def status(one: Dependency, archives: Sequence[Present | str], unpacked: Present | None) -> str:
    """Return what ``helm dependency list`` says of an entry.

    ``archives`` are those in charts/ whose names begin with the entry's: read, or ``corrupt``.
    """
    if len(archives) > 1:
        return "too many matches"
    if archives:
        found = archives[0]
        return found if isinstance(found, str) else _judged(one, found, "ok", "misnamed")
    return "missing" if unpacked is None else _judged(one, unpacked, "unpacked", "misnamed")


def _judged(one: Dependency, found: Present, good: str, other: str) -> str:
    if found.name != one.name:
        return other
    if found.version == one.version:
        return good
    try:
        constraint = semver.Constraint(one.version, 2)
    except HelmError:
        return "invalid version"
    version = index_file.parsed_version(found.version)
    if version is None:
        return "invalid version"
    return good if constraint.check(version) else "wrong version"
