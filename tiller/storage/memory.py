"""Records in memory: for tests and for ``--storage=memory``; gone with the process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

from helmpy.release.model import Release
from tiller.storage.driver import ReleaseExists, ReleaseNotFound, key_of, labels_of, status_name


class MemoryDriver:
    """A dict of frozen records behind a lock, keyed by name and revision (so names may hold ``.v``)."""

    name = "Memory"

    def __init__(self) -> None:
        self._records: dict[tuple[str, int], Release] = {}
        self._lock = threading.Lock()

    def get(self, name: str, version: int) -> Release:
        with self._lock:
            if (name, version) not in self._records:
                raise ReleaseNotFound(key_of(name, version))
            return self._records[name, version]

    def create(self, release: Release) -> None:
        with self._lock:
            if (release.name, release.version) in self._records:
                raise ReleaseExists(release.key)
            self._records[release.name, release.version] = release

    def update(self, release: Release) -> None:
        with self._lock:
            if (release.name, release.version) not in self._records:
                raise ReleaseNotFound(release.key)
            self._records[release.name, release.version] = release

    def delete(self, name: str, version: int) -> Release:
        with self._lock:
            if (name, version) not in self._records:
                raise ReleaseNotFound(key_of(name, version))
            return self._records.pop((name, version))

    def query(self, labels: Mapping[str, str]) -> list[Release]:
        with self._lock:
            return [r for r in self._records.values() if labels.items() <= labels_of(r).items()]

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(Counter(status_name(release.status) for release in self._records.values()))
