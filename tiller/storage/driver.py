"""Where records are kept: the Protocol of every store, and the errors they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from helmpy.release.error import ReleaseError
from helmpy.release.model import Release, StatusCode

OWNER = "TILLER"


class ReleaseNotFound(ReleaseError):
    """No record has this key (``NAME.vREVISION``) or this name."""

    def __init__(self, key: str) -> None:
        super().__init__(f'release: "{key}" not found')


class ReleaseExists(ReleaseError):
    """A record has this key already."""

    def __init__(self, key: str) -> None:
        super().__init__(f'release: "{key}" already exists')


class Driver(Protocol):
    """A store of records; a record is found by name and revision. Safe to use from many threads.

    Every method may raise the store's own error (an ApiError of the cluster, say); none is
    swallowed.
    """

    @property
    def name(self) -> str:
        """The store's name as Helm 2 logs it: ``Memory``, ``ConfigMap``, ``Secret``."""
        ...

    def get(self, name: str, version: int) -> Release:
        """Return one record; raises ReleaseNotFound."""
        ...

    def create(self, release: Release) -> None:
        """Store a new record; raises ReleaseExists, also when another process was faster."""
        ...

    def update(self, release: Release) -> None:
        """Replace a record; raises ReleaseNotFound."""
        ...

    def delete(self, name: str, version: int) -> Release:
        """Remove a record and return what it held; raises ReleaseNotFound."""
        ...

    def query(self, labels: Mapping[str, str]) -> list[Release]:
        """Return the records with these labels (NAME, STATUS, VERSION), all for none, in any order."""
        ...

    def counts(self) -> dict[str, int]:
        """Return how many records there are of each status, without reading them."""
        ...


class Fenced:
    """A driver that asks before every change whether it may still make one."""

    def __init__(self, inner: Driver, check: Callable[[], None]) -> None:
        self._inner = inner
        self._check = check
        self.name = inner.name

    def get(self, name: str, version: int) -> Release:
        return self._inner.get(name, version)

    def create(self, release: Release) -> None:
        self._check()
        self._inner.create(release)

    def update(self, release: Release) -> None:
        self._check()
        self._inner.update(release)

    def delete(self, name: str, version: int) -> Release:
        self._check()
        return self._inner.delete(name, version)

    def query(self, labels: Mapping[str, str]) -> list[Release]:
        return self._inner.query(labels)

    def counts(self) -> dict[str, int]:
        return self._inner.counts()


def key_of(name: str, version: int) -> str:
    """A record's key in every store."""
    return f"{name}.v{version}"


def status_name(code: int) -> str:
    """The label's text of a status code; a number this version does not know stays a number."""
    try:
        return StatusCode(code).name
    except ValueError:
        return str(code)


def labels_of(release: Release) -> dict[str, str]:
    """The labels by which a record is found."""
    return {
        "NAME": release.name,
        "OWNER": OWNER,
        "STATUS": status_name(release.status),
        "VERSION": str(release.version),
    }
