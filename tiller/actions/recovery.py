"""What a dead server left behind: revisions that nobody works on any more are marked FAILED."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from helmpy.errors import HelmError
from helmpy.release.model import PENDING, Release, StatusCode
from tiller.actions.environment import Environment
from tiller.actions.recorded import with_status
from tiller.actions.turns import OperationInProgress, Turn
from tiller.storage.leases import DURATION

log = logging.getLogger(__name__)

INTERRUPTED = "interrupted: "
UNFINISHED = PENDING | {StatusCode.DELETING}
PATIENCE = 300.0  # seconds: Helm 2's default timeout, within which a Tiller without leases may be at work
WAIT = int(2 * DURATION)  # seconds until a dead holder's lease has certainly expired
PAUSE = 2.0  # seconds between looks at a store that does not answer
PARALLEL = 8  # releases at once

_OPERATION = {
    StatusCode.PENDING_INSTALL: "during its install",
    StatusCode.PENDING_UPGRADE: "during its upgrade",
    StatusCode.PENDING_ROLLBACK: "during its rollback",
    StatusCode.DELETING: "while deleting it",
}


def is_interrupted(release: Release) -> bool:
    """Whether the server died over this revision."""
    return release.status == StatusCode.FAILED and bool(
        release.info and release.info.description.startswith(INTERRUPTED)
    )


def settle(env: Environment, history: Sequence[Release]) -> list[Release]:
    """Mark the unfinished revisions of a release FAILED, in its turn; returns the history as it is then."""
    return [_settled(env, release) if release.status in UNFINISHED else release for release in history]


def check_unfinished(env: Environment, turn: Turn | None, history: Sequence[Release]) -> None:
    """Raise OperationInProgress where somebody may be at work on a pending revision.

    In our turn that can only be a Tiller that knows no leases. A revision whose holder died, that
    we could not finish, or that is older than any usual operation is left behind. Without a turn
    (a dry run) every pending revision counts.
    """
    ours = env.ongoing.unsettled()
    for release in history:
        if release.status not in PENDING:
            continue
        if turn is None:
            raise OperationInProgress
        if turn.dead is not None or (release.name, release.version) in ours:
            continue
        started = release.info.last_deployed if release.info else None
        if started is not None and env.clock.now() - started.seconds < PATIENCE:
            raise OperationInProgress


def _settled(env: Environment, release: Release) -> Release:
    text = env.ongoing.unsettled().get((release.name, release.version))
    if text is None:
        text = f"{INTERRUPTED}the server stopped {_OPERATION[StatusCode(release.status)]}"
        if release.info and (remark := release.info.description.partition(REMARK)[2]):
            text += REMARK + remark
    failed = with_status(release, StatusCode.FAILED, text)
    env.storage.update(failed)
    env.ongoing.settled(release.name, release.version)
    log.warning("%s was left unfinished; marked FAILED: %s", release.key, text)
    return failed


REMARK = "; existed before: "  # what a description names after this is not of the revision's making


def recover(env: Environment, *, cancelled: Callable[[], bool] = lambda: False) -> list[Release]:
    """Mark all that nobody works on: called when a server starts. Returns what it marked.

    A release whose holder lives is left to it; a dead one's lease is waited for. Raises the
    store's errors.
    """
    names = {release.name for code in sorted(UNFINISHED) for release in env.storage.list(status=code)}
    if not names:
        return []
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="recovery") as pool:
        found = pool.map(lambda name: _recover_one(env, name, cancelled), sorted(names))
        return [release for marked in found for release in marked]


def _recover_one(env: Environment, name: str, cancelled: Callable[[], bool]) -> list[Release]:
    try:
        with env.turn(name, "recovery", WAIT, cancelled) as (own, _):
            history = own.storage.history(name)
            return [new for old, new in zip(history, settle(own, history), strict=True) if new is not old]
    except OperationInProgress as error:
        log.info("%s", error)
        return []


class Caretaker:
    """A thread that recovers when the server starts, and later settles what a store refused to take."""

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="caretaker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()

    def _work(self) -> None:
        while not self._try(lambda: recover(self._env, cancelled=self._ended.is_set)):
            if self._ended.wait(PAUSE):
                return
        while not self._ended.wait(PAUSE):
            for name, _ in self._env.ongoing.unsettled():
                self._try(lambda name=name: _recover_one(self._env, name, self._ended.is_set))  # type: ignore[misc]  # a default binds the name now

    def _try(self, action: Callable[[], object]) -> bool:
        try:
            action()
        except HelmError as error:
            log.warning("cannot look after interrupted operations: %s", error)
            return False
        return True
