"""The history of releases on top of a driver."""

from __future__ import annotations

import logging
from collections.abc import Callable

from helmpy.errors import HelmError
from helmpy.release.error import ReleaseError
from helmpy.release.model import Release, StatusCode
from tiller.storage.catalogue import Catalogue, Catalogued, Decoded
from tiller.storage.driver import Driver, Fenced, ReleaseNotFound, status_name

log = logging.getLogger(__name__)


class NoDeployedRelease(ReleaseError):
    """A release has revisions, or none, but none of them is deployed."""

    def __init__(self, name: str) -> None:
        super().__init__(f'"{name}" has no deployed releases')


class Storage:
    """Records by name and revision; ``max_history`` 0 keeps all revisions of a release."""

    def __init__(self, driver: Driver, *, max_history: int = 0) -> None:
        self.driver = driver
        self.max_history = max_history

    def fenced(self, check: Callable[[], None]) -> Storage:
        """The same records; ``check`` is asked before every change and may raise."""
        return Storage(Fenced(self.driver, check), max_history=self.max_history)

    def get(self, name: str, version: int) -> Release:
        """Return one revision; raises ReleaseNotFound."""
        return self.driver.get(name, version)

    def create(self, release: Release) -> None:
        """Store a new revision after making room for it; raises ReleaseExists and the store's errors."""
        if self.max_history > 0:
            self._prune(release.name, self.max_history - 1)
        self.driver.create(release)

    def update(self, release: Release) -> None:
        """Replace a revision; raises ReleaseNotFound and the store's errors."""
        self.driver.update(release)

    def delete(self, name: str, version: int) -> Release:
        return self.driver.delete(name, version)

    def history(self, name: str) -> list[Release]:
        """Return all revisions, newest first; raises ReleaseNotFound where there are none."""
        found = self.driver.query({"NAME": name})
        if not found:
            raise ReleaseNotFound(name)
        return sorted(found, key=lambda release: release.version, reverse=True)

    def last(self, name: str) -> Release:
        """Return the newest revision, whatever its status; raises ReleaseNotFound."""
        return self.history(name)[0]

    def deployed(self, name: str) -> Release:
        """Return the newest DEPLOYED revision; raises NoDeployedRelease."""
        found = self.all_deployed(name)
        if not found:
            raise NoDeployedRelease(name)
        return found[0]

    def all_deployed(self, name: str) -> list[Release]:
        """Return every DEPLOYED revision, newest first."""
        found = self.driver.query({"NAME": name, "STATUS": StatusCode.DEPLOYED.name})
        return sorted(found, key=lambda release: release.version, reverse=True)

    def list(self, *, status: int | None = None) -> list[Release]:
        """Return the records of all releases, or those with one status, in any order."""
        return self.driver.query({} if status is None else {"STATUS": status_name(status)})

    def catalogue(self) -> Catalogue:
        """The records for a list."""
        return self.driver.catalogue() if isinstance(self.driver, Catalogued) else Decoded(self.driver)

    def _prune(self, name: str, keep: int) -> None:
        """Delete the oldest revisions down to ``keep``, never the newest deployed one.

        A revision that cannot be deleted stays, is logged and does not stop the operation: the
        history is longer than asked, nothing is lost.
        """
        revisions = sorted(self.driver.query({"NAME": name}), key=lambda release: release.version)
        deployed = [release.version for release in revisions if release.status == StatusCode.DEPLOYED]
        spared = deployed[-1] if deployed else None
        excess = len(revisions) - keep
        for release in revisions:
            if excess <= 0:
                return
            if release.version == spared:
                continue
            try:
                self.driver.delete(release.name, release.version)
            except HelmError as error:
                log.warning("cannot prune %s: %s", release.key, error)
            excess -= 1
