"""The index of a chart repository: which charts it has, in which versions, and where they are.

``index.yaml`` is Helm 2.17's: entries by name, each a list of Chart.yaml's fields with ``urls``,
``created``, ``removed`` and ``digest``, the newest version first.
"""

from __future__ import annotations

from helmpy.chart import metadata as chart_metadata
from helmpy.chart.model import Metadata
from helmpy.errors import HelmError
from helmpy.gocompat import rfc3339, semver, yaml
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
            raise NoSuchChart("no chart name found" if versions is None else "no chart version found")
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


class _Odd(Exception):  # never leaves this module
    """There is something in an index that may be wrong."""


def parse(text: str | bytes) -> Index:
    """Return the index that an index.yaml holds, its versions sorted.

    Entries that are empty are left out, keys that Chart.yaml does not have are dropped. Raises BrokenIndex,
    which tells what is wrong in Helm 2.17's words. Only where something is odd it is looked at that closely:
    that takes as long as reading it does.
    """
    if len(text) > MAX_BYTES:
        raise BrokenIndex(f"index is larger than the limit of {MAX_BYTES} bytes")
    try:
        value, doubled = yaml.load_noting(text, ints=True)
    except HelmError as error:
        from helmpy.repo.index_check import yaml_complaint

        raise BrokenIndex(yaml_complaint(text) or str(error)) from error
    if not doubled:
        try:
            return _index(value, exact=True)
        except _Odd:
            pass
    _check(text, value)
    return _index(value, exact=False)


def _check(text: str | bytes, value: Any) -> None:
    """Raise BrokenIndex if 2.17 would not read the index."""
    from helmpy.repo import index_check

    wrong = index_check.yaml_complaint(text) or index_check.json_complaint(value)
    if not wrong and (value or {}).get("apiVersion") in (None, ""):
        wrong = index_check.unversioned_complaint(value)
    if wrong:
        raise BrokenIndex(wrong)


def _index(value: Any, *, exact: bool) -> Index:
    """Return the index of a value. ``exact``: raises _Odd for all that is not quite as Helm writes it."""
    if exact and not _is_usual(value):
        raise _Odd
    entries = value.get("entries") or {}
    return Index(
        {name: ordered(_versions(name, listed, exact=exact)) for name, listed in entries.items()},
        yaml.text_of(value.get("generated")),
        tuple(map(yaml.text_of, value.get("publicKeys") or ())),
    )


def _is_usual(value: Any) -> bool:
    if not isinstance(value, dict) or not _TOP.issuperset(value) or not value.get("apiVersion"):
        return False
    return (
        isinstance(value["apiVersion"], str)
        and isinstance(value.get("entries"), dict | None)
        and isinstance(value.get("serverInfo"), dict | None)
        and _are_texts(value.get("publicKeys"))
        and rfc3339.is_time(value.get("generated"))
    )


def _versions(name: str, listed: Any, *, exact: bool) -> Iterable[ChartVersion]:
    if listed is None:
        return
    if exact and listed.__class__ is not list:
        raise _Odd
    for item in listed:
        if item is not None:
            yield _version(name, item, exact=exact)


def _version(name: str, item: dict[str, Any], *, exact: bool) -> ChartVersion:
    if exact and not _is_usual_version(item):
        raise _Odd
    if not exact:
        item = {low if (low := key.lower()) in _OWN_KEYS else key: value for key, value in item.items()}
    about = {key: value for key, value in item.items() if key not in _OWN_KEYS}
    try:
        found = chart_metadata.from_dict(about, exact=exact)
    except HelmError as error:
        if exact:
            raise _Odd from error
        # What Helm 2.17 does not know can't be wrong there.
        found = chart_metadata.from_dict({key: value for key, value in about.items() if key.lower() not in _V2_KEYS})
    return ChartVersion(
        found if found.name else replace(found, name=name),
        tuple(map(yaml.text_of, item.get("urls") or ())),
        yaml.text_of(item.get("created")),
        item.get("removed") is True,
        yaml.text_of(item.get("digest")),
    )


_OWN_KEYS = frozenset({"urls", "created", "removed", "digest"})
_V2_KEYS = frozenset({"type", "dependencies"})
_USUAL = _OWN_KEYS | _V2_KEYS | chart_metadata.KEYS


def _is_usual_version(item: Any) -> bool:
    return (
        item.__class__ is dict
        and (_USUAL.issuperset(item) or not any(key not in _OWN_KEYS and key.lower() in _OWN_KEYS for key in item))
        and _are_texts(item.get("urls"))
        and rfc3339.is_time(item.get("created"))
        and isinstance(item.get("removed"), bool | None)
        and isinstance(item.get("digest"), str | None)
    )


def _are_texts(value: Any) -> bool:
    return value is None or (value.__class__ is list and all(one.__class__ is str for one in value))


def of_archive(data: bytes, name: str, *, url: str = "", created: str = "") -> ChartVersion:
    """Return the entry of an archive called ``name``; ``url`` is where its directory will be. Raises ChartError.

    ``name`` may lead through directories below.
    """
    from hashlib import sha256

    from helmpy.chart import loader

    metadata = loader.load_archive(data, name).metadata
    assert metadata is not None, "a chart that loads has metadata"
    return ChartVersion(metadata, (_address(url, name),), created, removed=False, digest=sha256(data).hexdigest())


def _address(url: str, name: str) -> str:
    """The URL of an archive; where no URL is given names alone stay as they are, as in Helm 2."""
    from helmpy.gocompat.function import FunctionError
    from helmpy.gocompat.url import below

    if not url and "/" not in name:
        return name
    try:
        return below(url, name)
    except FunctionError:
        return f"{url.rstrip('/')}/{name}"


def of_versions(versions: Iterable[ChartVersion], *, generated: str) -> Index:
    """Return the index of some versions, also of several that are called the same. Charts stand by name."""
    entries: dict[str, list[ChartVersion]] = {}
    for one in versions:
        entries.setdefault(one.name, []).append(one)
    return Index({name: ordered(entries[name]) for name in sorted(entries)}, generated)


def with_version(index: Index, one: ChartVersion) -> Index:
    """Return the index with a version of a chart, in the place of one that is called the same."""
    others = [other for other in index.entries.get(one.name, ()) if other.version != one.version]
    return replace(index, entries={**index.entries, one.name: ordered([*others, one])})


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
