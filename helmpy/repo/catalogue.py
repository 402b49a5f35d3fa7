"""What of a repository's index is needed every day, in a form that is read at once.

Reading an index.yaml of 25 MB takes seconds. Beside each cached index stands a catalogue: JSON with
the few facts of each version that searching and fetching want, a line for each chart, so that one is
found without reading the others. It says of which index file it is
made (size and time), is made anew when it is not of the one that stands there, and can always be
thrown away. It also keeps where the index came from and its tag there (ETag): a server that knows it
need not send the index again.
"""

from __future__ import annotations

import os

from helmpy.errors import HelmError
from helmpy.record import record
from helmpy.repo import index as index_file
from helmpy.repo.index import BrokenIndex, NoSuchChart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from helmpy.repo.index import Index

_BUFFER = 2**18  # bytes: with Python's 8 KB, looking for a chart in 20 MB takes twice as long
_FORMAT = 3  # of the catalogue; another one is made anew


@record(frozen=True, slots=True)
class Origin:
    """Where an index came from, and the tag by which it is known there."""

    url: str
    tag: str

    @property
    def line(self) -> str:
        good = self.tag.isprintable() and self.tag and self.url.isprintable() and " " not in self.url
        return f"{self.url} {self.tag}" if good else ""


@record(frozen=True, slots=True)
class Offer:
    """One version of a chart, as far as searching and fetching want it."""

    name: str
    version: str
    app_version: str
    description: str
    keywords: tuple[str, ...]
    deprecated: bool
    removed: bool
    urls: tuple[str, ...]
    digest: str


class Catalogue:
    """The offers of one index: by chart name lists of rows, newest version first."""

    def __init__(self, rows: dict[str, list[list[Any]]]) -> None:
        self.rows = rows

    @classmethod
    def of(cls, index: Index) -> Catalogue:
        return cls({name: [_row(one) for one in versions] for name, versions in index.entries.items()})

    def versions(self, name: str) -> list[Offer]:
        return [offer(row) for row in self.rows.get(name, ())]

    def get(self, name: str, version: str = "") -> Offer:
        """Return what ``Index.get`` returns, by the same rules. Raises NoSuchChart, InvalidConstraint."""
        rows = self.rows.get(name)
        if not rows:
            raise NoSuchChart("no chart name found" if rows is None else "no chart version found")
        for row in rows:
            if version and row[_VERSION] == version:
                return offer(row)
        return offer(rows[index_file.newest((row[_VERSION] for row in rows), version, name)])


_NAME, _VERSION, _APP, _DESCRIPTION, _KEYWORDS, _DEPRECATED, _REMOVED, _URLS, _DIGEST = range(9)


def _row(one: index_file.ChartVersion) -> list[Any]:
    about = one.metadata
    return [
        about.name,
        about.version,
        about.app_version,
        about.description,
        list(about.keywords),
        about.deprecated,
        one.removed,
        list(one.urls),
        one.digest,
    ]


def offer(row: list[Any]) -> Offer:
    name, version, app_version, description, keywords, deprecated, removed, urls, digest = row
    return Offer(name, version, app_version, description, tuple(keywords), deprecated, removed, tuple(urls), digest)


def load(path: str | os.PathLike[str], only: str | None = None) -> Catalogue:
    """Return the catalogue of the index file at ``path``, made anew where it is missing or old.

    Who asks for one chart ``only`` need not get the others. Raises BrokenIndex, or OSError where there is no index file.
    """
    name = os.fspath(path)
    stamp = _stamp(name)
    kept = _kept(_place(name), stamp, only)
    if kept is not None:
        return Catalogue(kept)
    with open(name, "rb") as file:  # noqa: PTH123
        catalogue = Catalogue.of(index_file.parse(file.read(index_file.MAX_BYTES + 1)))
    _keep(_place(name), stamp, catalogue)
    return catalogue


def store(path: str | os.PathLike[str], data: bytes, index: Index, origin: Origin | None = None) -> None:
    """Keep an index that was fetched, and its catalogue. Raises FileTrouble."""
    from helmpy.repo.files import write

    name = os.fspath(path)
    write(name, data)
    _keep(_place(name), _stamp(name), Catalogue.of(index), origin)


def known_tag(path: str | os.PathLike[str], url: str) -> str:
    """Return the tag of the index file at ``path``, empty if it is not known, or not of that URL."""
    name = os.fspath(path)
    try:
        with open(_place(name), encoding="utf-8") as file:  # noqa: PTH123
            current = file.readline() == f"{_stamp(name)}\n"
            origin = file.readline().rstrip("\n")
    except (OSError, ValueError):
        return ""
    place, _, tag = origin.partition(" ")
    return tag if current and place == url else ""


def note_origin(path: str | os.PathLike[str], origin: Origin) -> None:
    """Keep where the index file at ``path`` came from, beside its catalogue. Raises FileTrouble."""
    from helmpy.repo.files import write

    place = _place(os.fspath(path))
    with open(place, encoding="utf-8", errors="surrogatepass") as file:  # noqa: PTH123
        stamp, _, rows = file.readline(), file.readline(), file.read()
    write(place, f"{stamp}{origin.line}\n{rows}".encode("utf-8", "surrogatepass"))


def is_same(path: str | os.PathLike[str], data: bytes) -> bool:
    """Whether the index file at ``path`` holds just that, and has a catalogue."""
    name = os.fspath(path)
    try:
        with open(_place(name), encoding="utf-8") as file:  # noqa: PTH123
            current = file.readline() == f"{_stamp(name)}\n"
        if not current or os.stat(name).st_size != len(data):  # noqa: PTH116 - see below
            return False
        with open(name, "rb") as kept:  # noqa: PTH123
            return kept.read() == data
    except (OSError, ValueError):
        return False


def forget(path: str | os.PathLike[str]) -> None:
    """Remove an index and its catalogue, as far as they are there."""
    name = os.fspath(path)
    for file in (name, _place(name)):
        try:
            os.unlink(file)  # noqa: PTH108
        except FileNotFoundError:
            continue


def _stamp(name: str) -> list[int]:
    status = os.stat(name)  # noqa: PTH116 - pathlib takes 4 ms to import
    return [_FORMAT, status.st_size, status.st_mtime_ns]


def _place(name: str) -> str:
    return name.removesuffix(".yaml") + ".catalogue"


def _kept(place: str, stamp: list[int], only: str | None) -> dict[str, list[list[Any]]] | None:
    import json

    try:
        with open(place, "rb", _BUFFER) as file:  # noqa: PTH123
            if file.readline() != f"{stamp}\n".encode():
                return None
            file.readline()
            rows: Any = json.loads(file.read() if only is None else _entry(file, only))
    except (OSError, ValueError):
        return None
    return rows if isinstance(rows, dict) else None


def _entry(lines: Iterable[bytes], name: str) -> bytes:
    """The JSON of one chart alone. No text in JSON has a line break of its own, so a line is a chart."""
    key = _json(name) + b":"
    return b"{%s}" % next((line.rstrip(b",\n") for line in lines if line.startswith(key)), b"")


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _keep(place: str, stamp: list[int], catalogue: Catalogue, origin: Origin | None = None) -> None:
    """A home that can't be written has no catalogue: slower, not wrong."""
    from helmpy.repo.files import write

    head = f"{stamp}\n{origin.line if origin else ''}\n{{\n".encode()
    charts = b",\n".join(b"%s:%s" % (_json(name), _json(rows)) for name, rows in catalogue.rows.items())
    try:
        write(place, b"%s%s\n}" % (head, charts))
    except HelmError:
        return


__all__ = ["BrokenIndex", "Catalogue", "Offer", "Origin", "load", "offer"]
