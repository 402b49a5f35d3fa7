"""No operation leaves its record pending: whatever is raised, the record says FAILED and why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from helmpy.errors import HelmError
from helmpy.release.error import ReleaseError
from helmpy.release.model import Info, Release, Status, StatusCode
from tiller.actions.environment import Environment
from tiller.storage.storage import Storage

log = logging.getLogger(__name__)


class OperationFailed(ReleaseError):
    """The caller reads the whole message, the record's description only the cause's."""

    def __init__(self, message: str, cause: HelmError) -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(slots=True, eq=False)
class Record:
    """The revision that an operation works on; ``wording`` is the description should it fail now.

    ``final`` says that the store holds the last word already.
    """

    storage: Storage
    release: Release
    wording: str
    final: bool = False

    def change(self, **changes: Any) -> Release:
        """Change fields of the release, not yet in the store."""
        self.release = replace(self.release, **changes)
        return self.release

    def finish(self, code: StatusCode, description: str) -> Release:
        """Store the release with its final status."""
        release = with_status(self.release, code, description)
        self.storage.update(release)
        self.release = release
        return release

    def failure(self, error: BaseException) -> str:
        """The description for a failure by this error."""
        reason = error.cause if isinstance(error, OperationFailed) else error
        cause = str(reason) or type(reason).__name__
        return self.wording.replace("{name}", self.release.name).replace("{error}", cause)

    def fail(self, error: BaseException) -> None:
        """Store the release as FAILED with the error in its description; raises the store's errors."""
        self.finish(StatusCode.FAILED, self.failure(error))


@contextmanager
def recorded(env: Environment, release: Release, wording: str) -> Iterator[Record]:
    """Store FAILED with the message on any exception, then let it through.

    ``wording`` holds ``{name}`` and ``{error}``; an operation may change it on its way. Where the
    store refuses even that, the caller is told both, and the record is marked as soon as the store
    answers again: by this server, by the next operation on the release or by the server's next
    start, whichever is first.
    """
    record = Record(env.storage, release, wording)
    with env.ongoing.watched(record):
        try:
            yield record
        except BaseException as error:
            if record.final:
                raise
            description = record.failure(error)
            log.warning("%s", description)
            try:
                record.fail(error)
            except HelmError as problem:
                log.error("cannot record that %s failed: %s", release.key, problem)  # noqa: TRY400 - the traceback of the operation's own error is the one that matters
                env.ongoing.settle_later(release.name, release.version, description)
                if isinstance(error, HelmError):
                    raise OperationFailed(
                        f"{error}; and the release could not be marked FAILED: {problem}", error
                    ) from error
            raise


def with_status(release: Release, code: StatusCode, description: str | None = None) -> Release:
    """The release with another status, and another description unless it is None."""
    info = release.info or Info()
    info = replace(info, status=replace(info.status or Status(), code=code))
    if description is not None:
        info = replace(info, description=description)
    return replace(release, info=info)
