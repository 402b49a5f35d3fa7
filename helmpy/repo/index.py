"""The index of a chart repository: which charts it has, in which versions, and where they are.

``index.yaml`` is Helm 2.17's: entries by name, each a list of Chart.yaml's fields with ``urls``,
``created``, ``removed`` and ``digest``, the newest version first.
"""

from __future__ import annotations

from helmpy.chart import metadata as chart_metadata
from helmpy.chart.model import Metadata
from helmpy.errors import HelmError
from helmpy.gocompat import semver, yaml
from helmpy.record import field, record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

FILENAME = "index.yaml"
API_VERSION = "v1"
MAX_BYTES = 200 * 2**20  # of an index; the largest public ones have 30 MiB

_TOP = frozenset({"apiVersion", "entries", "generated", "publicKeys", "serverInfo"})


class BrokenIndex(HelmError):
    """An index that can't be read."""


class NoSuchChart(HelmError):
    """An index has no chart of a name, or none of its versions fits."""


@record(frozen=True, slots=True)
class ChartVersion:
    """One version of a chart. ``created`` is RFC 3339 text, ``digest`` the archive's SHA-256 in hex."""

    metadata: Metadata
    urls: tuple[str, ...] = ()
    created: str = ""
    removed: bool = False
    digest: str = ""

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def version(self) -> str:
        return self.metadata.version


@record(frozen=True, slots=True)
class Index:
    """Entries by chart name, each with its versions, newest first."""

    entries: Mapping[str, tuple[ChartVersion, ...]] = field(default_factory=dict)
    generated: str = ""
    public_keys: tuple[str, ...] = ()

    def get(self, name: str, version: str = "") -> ChartVersion:
        """Return the version that is called so, else the newest within the constraint.

        No version means the newest that is no prerelease. Raises NoSuchChart, InvalidConstraint.
        """
        versions = self.entries.get(name)
        if not versions:
            raise NoSuchChart("no chart name found")
        for one in versions:
            if version and one.version == version:
                return one
        return versions[newest([one.version for one in versions], version, name)]

    def merged(self, other: Index) -> Index:
        """Return this index with what only ``other`` has; a version of both stays as it is here."""
        entries = {name: list(versions) for name, versions in self.entries.items()}
        for name, versions in other.entries.items():
            own = entries.setdefault(name, [])
            present = {one.version for one in own}
            own += [one for one in versions if one.version not in present]
        return replace(self, entries={name: ordered(versions) for name, versions in entries.items()})


def newest(versions: Iterable[str], wanted: str, name: str) -> int:
    """Return the place of the first version within the constraint. Raises NoSuchChart."""
    constraint = semver.Constraint(wanted or "*", 2)
    for place, version in enumerate(versions):
        parsed = parsed_version(version)
        if parsed is not None and constraint.check(parsed):
            return place
    raise NoSuchChart(f"No chart version found for {name}-{wanted}")


def parsed_version(text: str) -> semver.Version | None:
    """Return a chart's version, None where it is none."""
    try:
        return semver.Version.parse(text, 2)
    except HelmError:
        return None


def is_exact(text: str) -> bool:
    """Whether a constraint names one version with all its numbers, ``1.2.3`` or ``1.2.3-rc.1+build``."""
    core = text.partition("+")[0].partition("-")[0]
    return core.count(".") == 2 and core.replace(".", "0").isdecimal() and parsed_version(text) is not None


def ordered(versions: Iterable[ChartVersion]) -> tuple[ChartVersion, ...]:
    """Return versions, newest first; those that are no versions come last."""
    lowest = semver.Version.parse("0.0.0-0", 2).key()

    def key(one: ChartVersion) -> tuple[bool, Any]:
        parsed = parsed_version(one.version)
        return (parsed is not None, lowest if parsed is None else parsed.key())

    return tuple(sorted(versions, key=key, reverse=True))


def parse(text: str | bytes) -> Index:
    """Return the index that an index.yaml holds, its versions sorted.

    Entries that are empty are left out, keys that Chart.yaml does not have are dropped. Raises
    BrokenIndex with one line for everything else that is wrong.
    """
    if len(text) > MAX_BYTES:
        raise BrokenIndex(f"index is larger than the limit of {MAX_BYTES} bytes")
    try:
        value = yaml.load(text, ints=True)
    except HelmError as error:
        raise BrokenIndex(str(error).replace("error converting YAML to JSON: ", "")) from error
    if not isinstance(value, dict):
        raise BrokenIndex("no API version specified")
    unknown = sorted(set(value) - _TOP)
    if unknown and value.get("apiVersion"):
        raise BrokenIndex(f"unknown field {unknown[0]!r}: this is no index of a chart repository")
    if not value.get("apiVersion"):
        raise BrokenIndex("no API version specified")
    entries = value.get("entries") or {}
    if not isinstance(entries, dict):
        raise BrokenIndex("entries is no map of chart names to lists of versions")
    return Index(
        {str(name): ordered(_versions(str(name), listed)) for name, listed in entries.items()},
        _text(value.get("generated")),
        tuple(map(str, value.get("publicKeys") or ())),
    )


def _versions(name: str, listed: Any) -> Iterable[ChartVersion]:
    if listed is None:
        return
    if not isinstance(listed, list):
        raise BrokenIndex(f"entries of chart {name!r} are no list of versions")
    for item in listed:
        if item is None:
            continue
        if not isinstance(item, dict):
            raise BrokenIndex(f"an entry of chart {name!r} is no map")
        yield _version(name, item)


def _version(name: str, item: dict[str, Any]) -> ChartVersion:
    try:
        found = chart_metadata.from_dict({key: value for key, value in item.items() if key not in _OWN_KEYS})
    except HelmError as error:
        raise BrokenIndex(f"entry of chart {name!r}: {error}") from error
    urls = item.get("urls") or []
    if not isinstance(urls, list):
        raise BrokenIndex(f"urls of chart {name!r} are no list")
    return ChartVersion(
        found if found.name else replace(found, name=name),
        tuple(map(str, urls)),
        _text(item.get("created")),
        item.get("removed") is True,
        _text(item.get("digest")),
    )


_OWN_KEYS = frozenset({"urls", "created", "removed", "digest"})


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def of_archive(data: bytes, name: str, *, url: str = "", created: str = "") -> ChartVersion:
    """Return the entry of an archive called ``name``; ``url`` is where its directory will be. Raises ChartError."""
    from hashlib import sha256

    from helmpy.chart import loader

    metadata = loader.load_archive(data, name).metadata
    assert metadata is not None, "a chart that loads has metadata"
    place = f"{url.rstrip('/')}/{name}" if url else name
    return ChartVersion(metadata, (place,), created, removed=False, digest=sha256(data).hexdigest())


def of_versions(versions: Iterable[ChartVersion], *, generated: str) -> Index:
    """Return the index of some versions; of two that are called the same the first stays. Charts stand by name."""
    entries: dict[str, dict[str, ChartVersion]] = {}
    for one in versions:
        entries.setdefault(one.name, {}).setdefault(one.version, one)
    return Index({name: ordered(entries[name].values()) for name in sorted(entries)}, generated)


def to_dict(index: Index) -> dict[str, Any]:
    """Return the map that an index.yaml is written from."""
    shown: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "entries": {name: [_entry(one) for one in versions] for name, versions in index.entries.items()},
        "generated": index.generated,
    }
    if index.public_keys:
        shown["publicKeys"] = list(index.public_keys)
    return shown


def _entry(one: ChartVersion) -> dict[str, Any]:
    shown = chart_metadata.to_dict(one.metadata)
    shown["urls"] = list(one.urls)
    if one.created:
        shown["created"] = one.created
    if one.removed:
        shown["removed"] = True
    if one.digest:
        shown["digest"] = one.digest
    return shown


def to_yaml(index: Index) -> str:
    """Return the text of an index.yaml: keys sorted, so that equal indexes are equal bytes."""
    return yaml.dump(to_dict(index))
