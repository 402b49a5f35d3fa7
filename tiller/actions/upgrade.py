"""Upgrade: a new chart or new values become the next revision of a release."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from helmpy.chart.model import Chart, Config
from helmpy.chart.values import coalesce_values, overlay, parse_values
from helmpy.engine import ReleaseOptions
from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.model import PENDING, HookEvent, Info, Release, Status, StatusCode
from helmpy.release.requests import UpdateRequest, UpdateResponse
from tiller.actions import hooks
from tiller.actions.environment import Environment, OperationInProgress
from tiller.actions.install import install_definitions, validate
from tiller.actions.recorded import recorded, with_status
from tiller.actions.render import MissingChart, render_release
from tiller.actions.uninstall import DELETED, DELETING, delete_objects
from tiller.clock import Deadline
from tiller.kube import apply, wait
from tiller.kube.discovery import UnknownKind
from tiller.kube.objects import KubeObject
from tiller.storage.driver import ReleaseNotFound
from tiller.storage.storage import NoDeployedRelease

log = logging.getLogger(__name__)

COMPLETE = "Upgrade complete"


class RemovedApi(ReleaseError):
    """A manifest names an API that this cluster does not serve, or no longer."""

    def __init__(self, which: str, error: HelmError) -> None:
        super().__init__(
            f"{which} release manifest contains removed kubernetes api(s) for this kubernetes version and it is "
            "therefore unable to build the kubernetes objects for performing the diff. error from kubernetes: "
            f"{error}"
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    request: UpdateRequest
    base: Release
    release: Release
    deadline: Deadline


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
    with env.locks.hold(request.name):
        deadline = env.deadline(request.timeout, cancelled)
        try:
            plan = _prepare(env, request, deadline)
        except (NoDeployedRelease, OperationInProgress) as error:
            if not request.force:
                raise
            if isinstance(error, NoDeployedRelease):
                env.storage.last(request.name)  # what was never there cannot be replaced
            log.info("%s; replacing the release by force", error)
            return UpdateResponse(_replace(env, request, deadline))
        if request.dry_run:
            return UpdateResponse(with_status(plan.release, StatusCode.PENDING_UPGRADE, "Dry run complete"))
        return UpdateResponse(_perform(env, plan))


def _prepare(env: Environment, request: UpdateRequest, deadline: Deadline) -> _Plan:
    """Render the next revision on the newest deployed one; no effects but discovery."""
    if request.chart is None:
        raise MissingChart
    try:
        newest = env.storage.last(request.name)
    except ReleaseNotFound:
        raise NoDeployedRelease(request.name) from None
    if newest.status in PENDING:
        raise OperationInProgress
    base = newest if newest.status == StatusCode.DEPLOYED else env.storage.deployed(request.name)
    release = _next_revision(env, request, base, newest.version + 1)
    validate_new(env, release)
    return _Plan(request, base, release, deadline)


def _next_revision(env: Environment, request: UpdateRequest, base: Release, revision: int) -> Release:
    chart, config = merge_values(request, base)
    now = env.now()
    options = ReleaseOptions(
        name=base.name, namespace=base.namespace, revision=revision, is_install=False, is_upgrade=True, time=now
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
            first_deployed=base.info.first_deployed if base.info else None,
            last_deployed=now,
            description="Preparing upgrade",
        ),
    )


def merge_values(request: UpdateRequest, base: Release) -> tuple[Chart, Config]:
    """The chart and values of the next revision.

    ``reset_values`` takes the request's as they are. ``reuse_values`` takes the old release's
    computed values for the chart's defaults and lays the request's over the old ones. With
    neither, a request without values keeps the old ones, one with any drops them.
    """
    chart, asked = request.chart, request.values or Config()
    assert chart is not None
    old = base.config or Config()
    if request.reset_values:
        return chart, asked
    if request.reuse_values:
        old_values = parse_values(old.raw)
        try:
            computed = coalesce_values(base.chart, old_values) if base.chart else old_values
        except HelmError as error:
            raise ReleaseError(f"failed to rebuild old values: {error}") from error
        merged = overlay(old_values, parse_values(asked.raw))
        return replace(chart, values=Config(raw=yaml.dump(computed))), Config(raw=yaml.dump(merged))
    if asked.raw in ("", "{}\n") and old.raw not in ("", "{}\n"):
        return chart, old
    return chart, asked


def validate_new(env: Environment, release: Release) -> None:
    """Check that the new manifest's kinds are served (a v2 chart's own definitions come later)."""
    try:
        env.cluster.build(release.manifest, release.namespace)
    except UnknownKind as error:
        raise RemovedApi("new", error) from error


def _perform(env: Environment, plan: _Plan) -> Release:
    request = plan.request
    env.storage.create(plan.release)
    with recorded(env.storage, plan.release, 'Upgrade "{name}" failed: {error}') as record:
        if not request.disable_hooks:
            record.wording = 'Upgrade "{name}" failed pre-upgrade: {error}'
            record.release = hooks.run(env, record.release, HookEvent.PRE_UPGRADE, plan.deadline)
        record.wording = 'Upgrade "{name}" failed: {error}'
        how = How(plan.deadline, request.wait, request.force, request.recreate, request.cleanup_on_fail)
        change_objects(env, plan.base, record.release, how)
        if not request.disable_hooks:
            record.wording = 'Upgrade "{name}" failed post-upgrade: {error}'
            record.release = hooks.run(env, record.release, HookEvent.POST_UPGRADE, plan.deadline)
        env.storage.update(with_status(plan.base, StatusCode.SUPERSEDED))
        return record.finish(StatusCode.DEPLOYED, request.description or COMPLETE)


def change_objects(env: Environment, base: Release, release: Release, how: How) -> None:
    """Bring the cluster from one revision's manifest to another's, and wait if asked.

    Raises RemovedApi, ApplyError, WaitTimeout; ``cleanup_on_fail`` deletes then what this call
    made.
    """
    old = _objects(env, base, release.namespace, "current")
    new = _objects(env, release, release.namespace, "new")
    changes = apply.Changes()
    try:
        apply.update(env.cluster, old, new, changes, deadline=how.deadline, force=how.force, recreate=how.recreate)
        if how.wait:
            wait.until_ready(env.cluster, new, how.deadline.restart())
    except HelmError:
        if how.cleanup_on_fail:
            for problem in apply.remove_created(env.cluster, changes):
                log.warning("cleanup after a failure: %s", problem)
        raise


def _objects(env: Environment, release: Release, namespace: str, which: str) -> list[KubeObject]:
    try:
        return env.cluster.build(release.manifest, namespace)
    except UnknownKind as error:
        raise RemovedApi(which, error) from error


def _replace(env: Environment, request: UpdateRequest, deadline: Deadline) -> Release:
    """Delete the newest revision's objects and make the release anew under the next number."""
    newest = env.storage.last(request.name)
    new = _next_revision(env, replace(request, reuse_values=False), newest, newest.version + 1)
    if request.dry_run:
        return with_status(new, StatusCode.PENDING_UPGRADE, "Dry run complete")
    info = replace(newest.info or Info(), deleted=env.now())
    with recorded(
        env.storage, with_status(replace(newest, info=info), StatusCode.DELETING, DELETING), "{error}"
    ) as old:
        env.storage.update(old.release)
        if not request.disable_hooks:
            old.release = hooks.run(env, old.release, HookEvent.PRE_DELETE, deadline)
        errors = delete_objects(env, old.release).errors
        old.finish(StatusCode.DELETED, DELETED)
    if not request.disable_hooks:
        hooks.run(env, old.release, HookEvent.POST_DELETE, deadline)
    if errors:
        raise ReleaseError(
            f"Upgrade --force successfully deleted the previous release, but encountered {len(errors)} error(s) "
            f"and cannot continue: {'; '.join(errors)}"
        )
    return _make_anew(env, request, old.release, new, deadline)


def _make_anew(env: Environment, request: UpdateRequest, old: Release, new: Release, deadline: Deadline) -> Release:
    env.storage.create(new)
    with recorded(env.storage, new, 'Upgrade "{name}" failed: {error}') as record:
        install_definitions(env, new, deadline)
        if not request.disable_hooks:
            record.wording = 'Upgrade "{name}" failed pre-install: {error}'
            record.release = hooks.run(env, record.release, HookEvent.PRE_INSTALL, deadline)
        record.wording = 'Upgrade "{name}" failed: {error}'
        validate(env, record.release)
        how = How(deadline, request.wait, request.force, request.recreate, request.cleanup_on_fail)
        change_objects(env, old, record.release, how)
        if not request.disable_hooks:
            record.wording = 'Upgrade "{name}" failed post-install: {error}'
            record.release = hooks.run(env, record.release, HookEvent.POST_INSTALL, deadline)
        return record.finish(StatusCode.DEPLOYED, request.description or COMPLETE)
