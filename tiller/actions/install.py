"""Install: a chart becomes the first revision of a release."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from helmpy.chart.model import Chart
from helmpy.engine import ReleaseOptions
from helmpy.errors import HelmError
from helmpy.release import hooks as order
from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.hooks import HookEvent
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.release.requests import InstallRequest, InstallResponse
from tiller.actions import hooks
from tiller.actions.environment import Environment
from tiller.actions.recorded import OperationFailed, Record, recorded, with_status
from tiller.actions.recovery import UNFINISHED, settle
from tiller.actions.render import render_release
from tiller.actions.trail import leftover_hooks
from tiller.clock import Deadline
from tiller.kube import apply, wait
from tiller.storage.driver import ReleaseNotFound

log = logging.getLogger(__name__)

DEFAULT_NAMESPACE = "default"


class NameInUse(ReleaseError):
    """The name belongs to a release that is stored already."""


class ValidationFailed(ReleaseError):
    """The manifest cannot be mapped to the cluster's kinds."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an install is about to do; ``replaced`` is the old revision whose name is reused."""

    request: InstallRequest
    release: Release
    replaced: Release | None
    deadline: Deadline
    leftovers: hooks.Leftovers = frozenset()


def install(
    env: Environment, request: InstallRequest, *, cancelled: Callable[[], bool] = lambda: False
) -> InstallResponse:
    """Install a chart; raises HelmError with Helm 2.17's texts.

    The record is written before any effect, so a store that refuses it leaves nothing behind; it
    is taken away again when the install fails before its own objects are made (hooks that come
    first, validation), because the name must stay free then.
    """
    name = choose_name(env, request)
    asked = replace(request, name=name)
    if request.dry_run:
        return InstallResponse(_dry_run(env, _prepare(env, asked, cancelled)))
    with env.turn(name, "install", request.timeout, cancelled) as (own, _):
        # Somebody may have taken the name while we waited, and one left unfinished is free now.
        choose_name(own, asked, settled=True)
        return InstallResponse(_perform(own, _prepare(own, asked, cancelled)))


def choose_name(env: Environment, request: InstallRequest, *, settled: bool = False) -> str:
    """The request's name if it is free or may be reused, else a new one.

    ``settled`` says that it is the release's turn: what a dead server left unfinished is marked
    first. Raises InvalidName, NameInUse, NoFreeName.
    """
    name = request.name
    if not name:
        return names.generate_free(env.random, lambda candidate: _stored(env, candidate) is None)
    names.check_length(name)
    newest = _stored(env, name)
    if newest is None:
        return name
    if not request.reuse_name:
        raise NameInUse(
            f"a release named {name} already exists.\nRun: helm ls --all {name}; to check the status of the release\n"
            f"Or run: helm del --purge {name}; to delete it"
        )
    if settled:
        newest = settle(env, [newest])[0]
    elif newest.status in UNFINISHED:
        return name  # whether somebody works on it is seen in its turn
    if newest.status not in (StatusCode.DELETED, StatusCode.FAILED):
        raise NameInUse(f"a release named {name} is in use, cannot re-use a name that is still in use")
    return name


def _stored(env: Environment, name: str) -> Release | None:
    try:
        return env.storage.last(name)
    except ReleaseNotFound:
        return None


def _prepare(env: Environment, request: InstallRequest, cancelled: Callable[[], bool]) -> _Plan:
    """Render the chart to a pending release; no effects but discovery."""
    now = env.now()
    namespace = request.namespace or DEFAULT_NAMESPACE
    options = ReleaseOptions(
        name=request.name, namespace=namespace, revision=1, is_install=True, is_upgrade=False, time=now
    )
    rendered = render_release(
        env, request.chart, request.values, options, sub_notes=request.sub_notes, dry_run=request.dry_run
    )
    replaced = _stored(env, request.name) if request.reuse_name and not request.dry_run else None
    release = Release(
        name=request.name,
        namespace=namespace,
        chart=request.chart,
        config=request.values,
        manifest=rendered.manifest,
        hooks=rendered.hooks,
        version=replaced.version + 1 if replaced else 1,
        info=Info(
            status=Status(code=StatusCode.PENDING_INSTALL, notes=rendered.notes),
            first_deployed=now,
            last_deployed=now,
            description="Initial install underway",
        ),
    )
    leftovers = leftover_hooks(env, [replaced]) if replaced else frozenset()
    return _Plan(request, release, replaced, env.deadline(request.timeout, cancelled), leftovers)


def _dry_run(env: Environment, plan: _Plan) -> Release:
    brings = any(HookEvent.CRD_INSTALL in hook.events for hook in plan.release.hooks)
    if not plan.request.disable_crd_hook and (brings or definitions(plan.release.chart)):
        text = "Validation skipped because CRDs are not installed"
    else:
        env.cluster.build(plan.release.manifest, plan.release.namespace)  # its error stands alone here, as in Helm 2
        text = "Dry run complete"
    assert plan.release.info is not None
    return replace(plan.release, info=replace(plan.release.info, description=text))


def validate(env: Environment, release: Release) -> None:
    """Check that every object's kind is served; raises ValidationFailed."""
    try:
        env.cluster.build(release.manifest, release.namespace)
    except HelmError as error:
        raise ValidationFailed(f"validation failed: {error}") from error


def _perform(env: Environment, plan: _Plan) -> Release:
    env.storage.create(plan.release)
    with recorded(env, plan.release, 'Release "{name}" failed: {error}') as record:
        with _withdrawn_on_failure(env, record):
            record.release = _before_objects(env, plan)
        if plan.replaced is not None:
            env.storage.update(with_status(plan.replaced, StatusCode.SUPERSEDED))
            record.wording = 'Release replace "{name}" failed: {error}'
        _create(env, plan)
        if not plan.request.disable_hooks:
            record.wording = 'Release "{name}" failed post-install: {error}'
            record.release = hooks.run(env, record.release, HookEvent.POST_INSTALL, plan.deadline, plan.leftovers)
        return record.finish(StatusCode.DEPLOYED, plan.request.description or "Install complete")


@contextmanager
def _withdrawn_on_failure(env: Environment, record: Record) -> Iterator[None]:
    """Take the record away when its install never came to its own objects."""
    try:
        yield
    except HelmError as error:
        release = record.release
        try:
            env.storage.delete(release.name, release.version)
        except HelmError as problem:
            log.warning("cannot withdraw %s: %s", release.key, problem)
            raise error from problem
        record.final = True
        raise


def _before_objects(env: Environment, plan: _Plan) -> Release:
    """Definitions, validation, the hooks that come first; returns the release with their runs noted."""
    request, release = plan.request, plan.release
    if not request.disable_crd_hook:
        install_definitions(env, release, plan.deadline)
        release = hooks.run(env, release, HookEvent.CRD_INSTALL, plan.deadline, plan.leftovers)
    validate(env, release)
    if not request.disable_hooks:
        release = hooks.run(env, release, HookEvent.PRE_INSTALL, plan.deadline, plan.leftovers)
    return release


def definitions(chart: Chart | None) -> str:
    """The CRDs of a v2 chart and its subcharts (files under ``crds/``) as one manifest."""
    if chart is None:
        return ""
    own = [
        file.data.decode(errors="replace")
        for file in sorted(chart.files, key=lambda file: file.name)
        if chart.is_v2 and file.name.startswith("crds/") and file.name.endswith((".yaml", ".yml", ".json"))
    ]
    return "\n---\n".join(part for part in (*own, *map(definitions, chart.dependencies)) if part)


def install_definitions(env: Environment, release: Release, deadline: Deadline) -> None:
    """Create a v2 chart's CRDs that the cluster lacks and wait for them; existing ones stay as they are."""
    text = definitions(release.chart)
    if not text:
        return
    targets = env.cluster.build(text, release.namespace)
    for target in targets:
        if env.cluster.get(target) is None:
            env.cluster.create(target)
    hooks.established(env.cluster, targets, deadline.restart())
    env.cluster.discovery.refresh()


def bring_definitions(env: Environment, release: Release, deadline: Deadline) -> None:
    """Create what definitions an interrupted install did not come to, its crd-install hooks included."""
    install_definitions(env, release, deadline)
    wanted = [
        target
        for hook in order.for_event(release.hooks, HookEvent.CRD_INSTALL)
        for target in env.cluster.build(hook.manifest, release.namespace)
    ]
    for target in wanted:
        if env.cluster.get(target) is None:
            env.cluster.create(target)
    if wanted:
        hooks.established(env.cluster, wanted, deadline.restart())
        env.cluster.discovery.refresh()


def _create(env: Environment, plan: _Plan) -> None:
    release = plan.release
    try:
        wanted = env.cluster.build(release.manifest, release.namespace)
        env.cluster.ensure_namespace(release.namespace)
        if plan.replaced is None:
            apply.create(env.cluster, wanted)
        else:
            old = env.cluster.build(plan.replaced.manifest, release.namespace, stored=True)
            apply.update(env.cluster, old, wanted, apply.Changes(), deadline=plan.deadline)
        if plan.request.wait:
            wait.until_ready(env.cluster, wanted, plan.deadline.restart(), jobs=env.wait_for_jobs)
    except HelmError as error:
        if plan.replaced is not None:
            raise  # where a release is replaced the error stands alone, as in Helm 2
        raise OperationFailed(f"release {release.name} failed: {error}", error) from error
