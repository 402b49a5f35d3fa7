"""Rollback: what an earlier revision was becomes the newest one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.model import HookEvent, Info, Release, Status, StatusCode
from helmpy.release.requests import RollbackRequest, RollbackResponse
from tiller.actions import hooks
from tiller.actions.environment import Environment
from tiller.actions.recorded import Record, recorded, with_status
from tiller.actions.upgrade import How, change_objects


class InvalidRevision(ReleaseError):
    """There can be no such revision."""

    def __init__(self) -> None:
        super().__init__("invalid release revision")


def rollback(
    env: Environment, request: RollbackRequest, *, cancelled: Callable[[], bool] = lambda: False
) -> RollbackResponse:
    """Go back to a revision, the one before the newest for 0; raises HelmError with Helm 2.17's texts.

    A pending newest revision does not stop it: this is the way out of one.
    """
    names.check_name(request.name)
    if request.version < 0:
        raise InvalidRevision
    with env.locks.hold(request.name):
        newest, new = _prepare(env, request)
        if request.dry_run:
            return RollbackResponse(new)
        how = How(
            env.deadline(request.timeout, cancelled),
            request.wait,
            request.force,
            request.recreate,
            request.cleanup_on_fail,
        )
        return RollbackResponse(_perform(env, request, newest, new, how))


def _prepare(env: Environment, request: RollbackRequest) -> tuple[Release, Release]:
    newest = env.storage.last(request.name)
    wanted = request.version or newest.version - 1
    target = env.storage.get(request.name, wanted)
    info = target.info or Info()
    new = replace(
        target,
        version=newest.version + 1,
        name=newest.name,
        namespace=newest.namespace,
        info=Info(
            status=Status(code=StatusCode.PENDING_ROLLBACK, notes=(info.status or Status()).notes),
            first_deployed=(newest.info or Info()).first_deployed,
            last_deployed=env.now(),
            description=request.description or f"Rollback to {wanted}",
        ),
    )
    return newest, new


def _perform(env: Environment, request: RollbackRequest, newest: Release, new: Release, how: How) -> Release:
    assert new.info is not None
    description = new.info.description
    env.storage.create(new)
    with recorded(env.storage, new, 'Rollback "{name}" failed: {error}') as record:
        _change(env, request, newest, record, how)
        for each in env.storage.all_deployed(request.name):
            env.storage.update(with_status(each, StatusCode.SUPERSEDED))
        if newest.status != StatusCode.DEPLOYED:
            env.storage.update(with_status(newest, StatusCode.SUPERSEDED))
        return record.finish(StatusCode.DEPLOYED, description)


def _change(env: Environment, request: RollbackRequest, newest: Release, record: Record, how: How) -> None:
    if not request.disable_hooks:
        record.wording = 'Rollback "{name}" failed pre-rollback: {error}'
        record.release = hooks.run(env, record.release, HookEvent.PRE_ROLLBACK, how.deadline)
    record.wording = 'Rollback "{name}" failed: {error}'
    try:
        change_objects(env, newest, record.release, how)
    except BaseException:
        # The cluster is no longer what the newest revision says.
        env.storage.update(with_status(newest, StatusCode.SUPERSEDED))
        raise
    if not request.disable_hooks:
        record.wording = 'Rollback "{name}" failed post-rollback: {error}'
        record.release = hooks.run(env, record.release, HookEvent.POST_ROLLBACK, how.deadline)
