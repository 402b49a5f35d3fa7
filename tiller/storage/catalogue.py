"""What a list needs to know of records before it reads any, and the messages of those that it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from helmpy import wire
from helmpy.release.model import Info, Release
from helmpy.release.timestamp import Timestamp
from tiller.storage.codec import Head
from tiller.storage.driver import Driver, key_of, status_name


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as its labels tell of it; ``stamp`` changes with every write."""

    name: str
    version: int
    status: str
    stamp: str = ""

    @property
    def key(self) -> str:
        """The record's name in every store."""
        return key_of(self.name, self.version)


class Catalogue(Protocol):
    """The records of a store, read as little as a list allows. Raises the store's errors.

    A record that is broken, or gone by the time it is read, is missing from the answers.
    """

    def entries(self, codes: Collection[int]) -> list[Entry]:
        """The records with one of these status codes, in any order."""
        ...

    def heads(self, entries: Sequence[Entry], *, namespaces: bool = False) -> dict[Entry, Head]:
        """What the entries are sorted and filtered by; ``namespaces`` asks for those, too."""
        ...

    def messages(self, entries: Sequence[Entry]) -> Iterator[bytes]:
        """The releases' protobuf messages in the entries' order."""
        ...


@runtime_checkable
class Catalogued(Protocol):
    """A store with a catalogue of its own."""

    def catalogue(self) -> Catalogue:
        """The store's records for lists."""
        ...


class Decoded:
    """The catalogue of a store that can only give whole releases; good for one list."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._releases: dict[Entry, Release] = {}

    def entries(self, codes: Collection[int]) -> list[Entry]:
        for code in codes:
            for release in self._driver.query({"STATUS": status_name(code)}):
                self._releases[Entry(release.name, release.version, status_name(release.status))] = release
        return list(self._releases)

    def heads(self, entries: Sequence[Entry], *, namespaces: bool = False) -> dict[Entry, Head]:  # noqa: ARG002 - all is known
        return {entry: _head(self._releases[entry]) for entry in entries}

    def messages(self, entries: Sequence[Entry]) -> Iterator[bytes]:
        for entry in entries:
            yield wire.to_proto(self._releases[entry]).SerializeToString()


def _head(release: Release) -> Head:
    last = (release.info or Info()).last_deployed or Timestamp()
    return Head(last, release.chart.name if release.chart else "", release.namespace)
