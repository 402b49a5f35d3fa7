"""Upgrade: a new chart or new values become the next revision of a release."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from helmpy.engine import ReleaseOptions
from helmpy.errors import HelmError
from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.hooks import HookEvent
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.release.requests import UpdateRequest, UpdateResponse
from helmpy.release.reuse import merged
from tiller.actions import hooks
from tiller.actions.environment import Environment
from tiller.actions.install import bring_definitions, install_definitions, validate
from tiller.actions.recorded import recorded, with_status
from tiller.actions.recovery import check_unfinished, is_interrupted, settle
from tiller.actions.render import MissingChart, render_release
from tiller.actions.trail import leftover_hooks, owned, remark, taken, trail, went_well
from tiller.actions.turns import OperationInProgress, Turn
from tiller.actions.uninstall import DELETED, DELETING, delete_objects
from tiller.clock import Deadline
from tiller.kube import apply, wait
from tiller.kube.discovery import UnknownKind
from tiller.kube.objects import KubeObject
from tiller.storage.driver import ReleaseNotFound
from tiller.storage.storage import NoDeployedRelease

log = logging.getLogger(__name__)

COMPLETE = "Upgrade complete"
UNDERWAY = "Preparing upgrade"


class RemovedApi(ReleaseError):
    """A manifest names an API that this cluster does not serve, or no longer."""

    def __init__(self, which: str, error: HelmError) -> None:
        super().__init__(
            f"{which} release manifest contains removed kubernetes api(s) for this kubernetes version and it is "
            "therefore unable to build the kubernetes objects for performing the diff. error from kubernetes: "
            f"{error}"
        )


@dataclass(frozen=True, slots=True)
class Change:
    """From what the cluster holds of a release to its next revision.

    ``known`` are the release's own objects, ``remark`` what its description adds of those in its
    way, ``leftovers`` hooks' objects of failed revisions. ``fresh`` says that no revision was ever
    deployed: namespace and definitions may lack. ``error`` is why the known objects are not known.
    """

    history: Sequence[Release]
    release: Release
    known: Sequence[KubeObject] = ()
    remark: str = ""
    leftovers: hooks.Leftovers = frozenset()
    fresh: bool = False
    error: HelmError | None = None


@dataclass(frozen=True, slots=True)
class How:
    """How objects change: the flags that upgrade and rollback share."""

    deadline: Deadline
    wait: bool = False
    force: bool = False
    recreate: bool = False
    cleanup_on_fail: bool = False


def upgrade(
    env: Environment, request: UpdateRequest, *, cancelled: Callable[[], bool] = lambda: False
) -> UpdateResponse:
    """Upgrade a release; raises HelmError with Helm 2.17's texts.

    With ``force`` a release that cannot be upgraded (nothing deployed, or left pending) is deleted
    and made anew.
    """
    names.check_name(request.name)
    if request.chart is None:
        raise MissingChart
    if request.dry_run:
        return UpdateResponse(_upgrade(env, request, None, env.deadline(request.timeout, cancelled)))
    with env.turn(request.name, "upgrade", request.timeout, cancelled) as (own, turn):
        return UpdateResponse(_upgrade(own, request, turn, own.deadline(request.timeout, cancelled)))


def _upgrade(env: Environment, request: UpdateRequest, turn: Turn | None, deadline: Deadline) -> Release:
    history = _history(env, request)
    try:
        check_unfinished(env, turn, history)
        if turn is not None:
            history = settle(env, history)
        release = _next_revision(env, request, base_of(history), history[0].version + 1)
    except (NoDeployedRelease, OperationInProgress) as error:
        if not request.force:
            raise
        log.info("%s; replacing the release by force", error)
        return _replace(env, request, history[0], deadline)
    fresh = not any(went_well(each) for each in trail(history))
    if not fresh:
        validate_new(env, release)
    if request.dry_run:
        return with_status(release, StatusCode.PENDING_UPGRADE, "Dry run complete")
    return _perform(env, request, plan_change(env, history, release, UNDERWAY), deadline)


def _history(env: Environment, request: UpdateRequest) -> list[Release]:
    """All revisions; what was never there cannot be replaced by force either."""
    try:
        return env.storage.history(request.name)
    except ReleaseNotFound:
        if request.force:
            raise
        raise NoDeployedRelease(request.name) from None


def base_of(history: Sequence[Release]) -> Release:
    """The revision that an upgrade starts from: the newest deployed one; raises NoDeployedRelease.

    Helm 2.17 is at its end where a server died over a release's first revision, or a rollback
    failed; here the newest revision is the base then. A release whose first install failed in the
    ordinary way has nothing to upgrade, as in Helm 2.
    """
    for release in history:
        if release.status == StatusCode.DEPLOYED:
            return release
    newest = history[0]
    if is_interrupted(newest) or (newest.status == StatusCode.FAILED and any(map(went_well, history))):
        return newest
    raise NoDeployedRelease(newest.name)


def _next_revision(
    env: Environment, request: UpdateRequest, base: Release, revision: int, *, anew: bool = False
) -> Release:
    """The revision rendered; made ``anew`` it is an installation's first one to its templates, as in Helm 2."""
    chart, config = merged(request, base)
    now = env.now()
    options = ReleaseOptions(
        name=base.name,
        namespace=base.namespace,
        revision=1 if anew else revision,
        is_install=anew,
        is_upgrade=not anew,
        time=now,
    )
    rendered = render_release(env, chart, config, options, sub_notes=request.sub_notes, dry_run=request.dry_run)
    return Release(
        name=base.name,
        namespace=base.namespace,
        chart=chart,
        config=config,
        manifest=rendered.manifest,
        hooks=rendered.hooks,
        version=revision,
        info=Info(
            status=Status(code=StatusCode.PENDING_UPGRADE, notes=rendered.notes),
            first_deployed=now if anew else base.info.first_deployed if base.info else None,
            last_deployed=now,
            description=UNDERWAY,
        ),
    )


def validate_new(env: Environment, release: Release) -> None:
    """Check that the new manifest's kinds are served (a v2 chart's own definitions come later)."""
    try:
        env.cluster.build(release.manifest, release.namespace)
    except UnknownKind as error:
        raise ReleaseError(str(error)) from error


def plan_change(
    env: Environment, history: Sequence[Release], release: Release, description: str, *, reclaim: bool = False
) -> Change:
    """Find out what the cluster holds of the release; nothing is changed.

    With ``reclaim`` it holds as well what an earlier revision kept and a failed one then had in its way.

    The record says already before anything happens which objects were there, for whoever has to
    go on after a server's death.
    """
    revisions = trail(history)
    fresh = not any(went_well(each) for each in revisions)
    leftovers = leftover_hooks(env, revisions)
    try:
        known = owned(env, revisions, release.namespace, keepers=history if reclaim else ())
    except UnknownKind as error:
        return Change(history, release, error=RemovedApi("current", error), leftovers=leftovers, fresh=fresh)
    try:
        others = taken(env, known, env.cluster.build(release.manifest, release.namespace))
    except UnknownKind:
        others = []
    text = remark(others)
    if text:
        release = with_status(release, StatusCode(release.status), description + text)
    return Change(history, release, known, text, leftovers, fresh)


def _perform(env: Environment, request: UpdateRequest, change: Change, deadline: Deadline) -> Release:
    """Change the cluster; the new revision is DEPLOYED before the old one is SUPERSEDED, so one always is."""
    note = change.remark
    env.storage.create(change.release)
    with recorded(env, change.release, 'Upgrade "{name}" failed: {error}' + note) as record:
        if change.fresh:
            bring_definitions(env, record.release, deadline)
        if not request.disable_hooks:
            record.wording = 'Upgrade "{name}" failed pre-upgrade: {error}' + note
            record.release = hooks.run(env, record.release, HookEvent.PRE_UPGRADE, deadline, change.leftovers)
        record.wording = 'Upgrade "{name}" failed: {error}' + note
        how = How(deadline, request.wait, request.force, request.recreate, request.cleanup_on_fail)
        change_objects(env, change, how)
        if not request.disable_hooks:
            record.wording = 'Upgrade "{name}" failed post-upgrade: {error}' + note
            record.release = hooks.run(env, record.release, HookEvent.POST_UPGRADE, deadline, change.leftovers)
        release = record.finish(StatusCode.DEPLOYED, request.description or COMPLETE)
    supersede(env, [each for each in change.history if each.status == StatusCode.DEPLOYED])
    return release


def supersede(env: Environment, revisions: Iterable[Release]) -> None:
    """Mark revisions SUPERSEDED. One that the store refuses stays as it is until the next upgrade."""
    for each in revisions:
        try:
            env.storage.update(with_status(each, StatusCode.SUPERSEDED))
        except HelmError as error:
            log.warning("cannot mark %s superseded: %s", each.key, error)


def change_objects(env: Environment, change: Change, how: How) -> None:
    """Bring the cluster to the new revision's manifest, and wait if asked.

    Raises RemovedApi, ApplyError, WaitTimeout; ``cleanup_on_fail`` deletes then what this call
    made.
    """
    if change.error is not None:
        raise change.error
    release = change.release
    try:
        new = env.cluster.build(release.manifest, release.namespace)
    except UnknownKind as error:
        raise RemovedApi("new", error) from error
    changes = apply.Changes()
    try:
        if change.fresh:
            env.cluster.ensure_namespace(release.namespace)
        apply.update(
            env.cluster, change.known, new, changes, deadline=how.deadline, force=how.force, recreate=how.recreate
        )
        if how.wait:
            wait.until_ready(env.cluster, new, how.deadline.restart(), jobs=env.wait_for_jobs)
    except HelmError:
        if how.cleanup_on_fail:
            for problem in apply.remove_created(env.cluster, changes):
                log.warning("cleanup after a failure: %s", problem)
        raise


def _replace(env: Environment, request: UpdateRequest, newest: Release, deadline: Deadline) -> Release:
    """Delete the newest revision's objects and make the release anew under the next number."""
    # what is replaced keeps nothing, as in Helm 2: the values are the request's alone
    new = _next_revision(env, replace(request, reset_values=True), newest, newest.version + 1, anew=True)
    if request.dry_run:
        return with_status(new, StatusCode.PENDING_UPGRADE, "Dry run complete")
    info = replace(newest.info or Info(), deleted=env.now())
    with recorded(env, with_status(replace(newest, info=info), StatusCode.DELETING, DELETING), "{error}") as old:
        env.storage.update(old.release)
        if not request.disable_hooks:
            old.release = hooks.run(env, old.release, HookEvent.PRE_DELETE, deadline, stored=True)
        errors = delete_objects(env, old.release).errors
        old.finish(StatusCode.DELETED, DELETED)
    if not request.disable_hooks:
        hooks.run(env, old.release, HookEvent.POST_DELETE, deadline, stored=True)
    if errors:
        raise ReleaseError(
            f"Upgrade --force successfully deleted the previous release, but encountered {len(errors)} error(s) "
            f"and cannot continue: {'; '.join(errors)}"
        )
    return _make_anew(env, request, old.release, new, deadline)


def _make_anew(env: Environment, request: UpdateRequest, old: Release, new: Release, deadline: Deadline) -> Release:
    env.storage.create(new)
    with recorded(env, new, 'Upgrade "{name}" failed: {error}') as record:
        install_definitions(env, new, deadline)
        if not request.disable_hooks:
            record.wording = 'Upgrade "{name}" failed pre-install: {error}'
            record.release = hooks.run(env, record.release, HookEvent.PRE_INSTALL, deadline)
        record.wording = 'Upgrade "{name}" failed: {error}'
        validate(env, record.release)
        how = How(deadline, request.wait, request.force, request.recreate, request.cleanup_on_fail)
        known = env.cluster.build(old.manifest, new.namespace, stored=True)
        change_objects(env, Change((old,), record.release, known), how)
        if not request.disable_hooks:
            record.wording = 'Upgrade "{name}" failed post-install: {error}'
            record.release = hooks.run(env, record.release, HookEvent.POST_INSTALL, deadline)
        return record.finish(StatusCode.DEPLOYED, request.description or COMPLETE)
