"""Rollback: what an earlier revision was becomes the newest one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from helmpy.errors import HelmError
from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.hooks import HookEvent
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.release.requests import RollbackRequest, RollbackResponse
from tiller.actions import hooks
from tiller.actions.conversion import converted_release
from tiller.actions.environment import Environment
from tiller.actions.install import bring_definitions
from tiller.actions.recorded import Record, recorded
from tiller.actions.recovery import settle
from tiller.actions.upgrade import Change, How, change_objects, plan_change, supersede
from tiller.storage.driver import ReleaseNotFound, key_of


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
    if request.dry_run:
        return RollbackResponse(_next(env, request, env.storage.history(request.name)))
    with env.turn(request.name, "rollback", request.timeout, cancelled) as (own, _):
        own.cluster.discovery.renew()
        history = settle(own, own.storage.history(request.name))
        how = How(
            own.deadline(request.timeout, cancelled),
            request.wait,
            request.force,
            request.recreate,
            request.cleanup_on_fail,
        )
        return RollbackResponse(_perform(own, request, history, how))


def _next(env: Environment, request: RollbackRequest, history: list[Release]) -> Release:
    """The next revision, as the wanted one was."""
    newest = history[0]
    wanted = request.version or newest.version - 1
    target = next((each for each in history if each.version == wanted), None)
    if target is None:
        raise ReleaseNotFound(key_of(request.name, wanted))
    info = target.info or Info()
    return replace(
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


def _perform(env: Environment, request: RollbackRequest, history: list[Release], how: How) -> Release:
    """Change the cluster; the new revision is DEPLOYED before the old ones are SUPERSEDED, so one always is."""
    new = converted_release(env, _next(env, request, history))
    assert new.info is not None
    description = new.info.description
    # As in Helm 2: what the release once kept is in the way of the first rollback and taken over by the second.
    change = plan_change(env, history, new, description, reclaim=True)
    env.storage.create(change.release)
    with recorded(env, change.release, 'Rollback "{name}" failed: {error}' + change.remark) as record:
        _change(env, request, change, record, how)
        release = record.finish(StatusCode.DEPLOYED, description)
    supersede(env, [each for each in history if each is history[0] or each.status == StatusCode.DEPLOYED])
    return release


def _change(env: Environment, request: RollbackRequest, change: Change, record: Record, how: How) -> None:
    if change.fresh:
        bring_definitions(env, record.release, how.deadline)
    if not request.disable_hooks:
        record.wording = 'Rollback "{name}" failed pre-rollback: {error}' + change.remark
        record.release = hooks.run(env, record.release, HookEvent.PRE_ROLLBACK, how.deadline, change.leftovers)
    record.wording = 'Rollback "{name}" failed: {error}' + change.remark
    try:
        change_objects(env, change, how)
    except HelmError:
        # The cluster is no longer what the newest revision says.
        supersede(env, change.history[:1])
        raise
    if not request.disable_hooks:
        record.wording = 'Rollback "{name}" failed post-rollback: {error}' + change.remark
        record.release = hooks.run(env, record.release, HookEvent.POST_ROLLBACK, how.deadline, change.leftovers)
