"""No operation leaves its record pending: whatever is raised, the record says FAILED and why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from helmpy.errors import HelmError
from helmpy.release.error import ReleaseError
from helmpy.release.model import PENDING, Info, Release, Status, StatusCode
from tiller.storage.storage import Storage

log = logging.getLogger(__name__)


class OperationFailed(ReleaseError):
    """The caller reads the whole message, the record's description only the cause's."""

    def __init__(self, message: str, cause: HelmError) -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(slots=True)
class Record:
    """The revision that an operation works on; ``wording`` is the description should it fail now."""

    storage: Storage
    release: Release
    wording: str

    def change(self, **changes: Any) -> Release:
        """Change fields of the release, not yet in the store."""
        self.release = replace(self.release, **changes)
        return self.release

    def finish(self, code: StatusCode, description: str) -> Release:
        """Store the release with its final status."""
        self.release = with_status(self.release, code, description)
        self.storage.update(self.release)
        return self.release


@contextmanager
def recorded(storage: Storage, release: Release, wording: str) -> Iterator[Record]:
    """Store FAILED with the message on any exception, then let it through.

    ``wording`` holds ``{name}`` and ``{error}``; an operation may change it on its way. A store
    that refuses even that is logged; the record stays pending and the next start of the server
    marks it.
    """
    record = Record(storage, release, wording)
    try:
        yield record
    except BaseException as error:
        fail(record, error)
        raise


def fail(record: Record, error: BaseException) -> None:
    """Store the record as FAILED with the error in its description."""
    reason = error.cause if isinstance(error, OperationFailed) else error
    cause = str(reason) or type(reason).__name__
    name = record.release.name
    description = record.wording.replace("{name}", name).replace("{error}", cause)
    log.warning("%s", description)
    try:
        record.finish(StatusCode.FAILED, description)
    except HelmError as problem:
        log.error("cannot record that %s failed: %s", record.release.key, problem)  # noqa: TRY400 - the traceback of the operation's own error is the one that matters


def with_status(release: Release, code: StatusCode, description: str | None = None) -> Release:
    """The release with another status, and another description unless it is None."""
    info = release.info or Info()
    info = replace(info, status=replace(info.status or Status(), code=code))
    if description is not None:
        info = replace(info, description=description)
    return replace(release, info=info)


def fail_interrupted(storage: Storage) -> list[Release]:
    """Mark every pending revision FAILED: called when a server starts, before it serves.

    Whoever worked on them was this server's predecessor, which is gone. Returns what it marked.
    """
    marked = []
    for code in sorted(PENDING):
        for release in storage.list(status=code):
            text = f"interrupted: the server stopped during {_OPERATION[code]}"
            failed = with_status(release, StatusCode.FAILED, text)
            storage.update(failed)
            log.warning("%s was left pending; marked FAILED", release.key)
            marked.append(failed)
    return marked


_OPERATION = {
    StatusCode.PENDING_INSTALL: "its install",
    StatusCode.PENDING_UPGRADE: "its upgrade",
    StatusCode.PENDING_ROLLBACK: "its rollback",
}
