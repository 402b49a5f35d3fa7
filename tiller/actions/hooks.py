"""Running the hooks of an event: create, wait, clean up as their policies say."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from helmpy.errors import HelmError
from helmpy.release import hooks as order
from helmpy.release.error import ReleaseError
from helmpy.release.hooks import Hook, HookDeletePolicy, HookEvent
from helmpy.release.model import Release
from tiller.actions.environment import Environment
from tiller.clock import Deadline
from tiller.kube.cluster import Cluster
from tiller.kube.objects import KubeObject
from tiller.kube.ready import completed, condition
from tiller.kube.transport import Conflict

Leftovers = frozenset[tuple[str, str, str]]  # namespace, kind and name of objects

log = logging.getLogger(__name__)

FIRST_POLL = 0.25  # seconds; each look doubles it
LONGEST_POLL = 2.0


class HookError(ReleaseError):
    """A hook ended badly."""


def run(
    env: Environment,
    release: Release,
    event: HookEvent,
    deadline: Deadline,
    leftovers: Leftovers = frozenset(),
    *,
    stored: bool = False,
) -> Release:
    """Run an event's hooks one after the other; return the release with their last runs noted.

    Each hook has the whole timeout for itself. Raises the first hook's error after deleting what
    its policy says; hooks that succeeded before it stay, as in Helm 2. ``leftovers`` are objects
    of operations that failed: one of them in a hook's way is deleted. Hooks of a ``stored`` release,
    made in API versions that are gone since, run in those that took over.
    """
    chosen = order.for_event(release.hooks, event)
    for hook in chosen:
        _run_one(env, release, hook, event, deadline.restart(), leftovers=leftovers, stored=stored)
    for hook in chosen:
        _delete_if(env, release, hook, HookDeletePolicy.SUCCEEDED, deadline)
    if not chosen:
        return release
    now = env.now()
    done = {id(hook) for hook in chosen}
    hooks = tuple(replace(hook, last_run=now) if id(hook) in done else hook for hook in release.hooks)
    return replace(release, hooks=hooks)


def _run_one(
    env: Environment,
    release: Release,
    hook: Hook,
    event: HookEvent,
    deadline: Deadline,
    *,
    leftovers: Leftovers,
    stored: bool,
) -> None:
    _delete_if(env, release, hook, HookDeletePolicy.BEFORE_HOOK_CREATION, deadline)
    targets = env.cluster.build(hook.manifest, release.namespace, stored=stored, path=hook.path)
    try:
        env.cluster.ensure_namespace(release.namespace)
        for target in targets:
            _create(env.cluster, target, deadline, leftovers)
        for target in targets:
            _wait(env.cluster, target, event, deadline)
    except HelmError as error:
        log.warning("release %s: hook %s could not complete: %s", release.name, hook.path, error)
        _delete_after_failure(env, release, hook, deadline)
        raise


def _create(cluster: Cluster, target: KubeObject, deadline: Deadline, leftovers: Leftovers) -> None:
    try:
        cluster.create(target)
    except Conflict as error:
        if error.reason != "AlreadyExists" or target.identity not in leftovers:
            raise
        log.info("%s %s is left of an operation that failed; replacing it", target.kind, target.name)
        cluster.delete(target)
        cluster.wait_gone(target, deadline.restart())
        cluster.create(target)


def _delete_after_failure(env: Environment, release: Release, hook: Hook, deadline: Deadline) -> None:
    """Delete a failed hook if it asks for it; the hook's own error is the one to report."""
    try:
        _delete_if(env, release, hook, HookDeletePolicy.FAILED, deadline)
    except HelmError as error:
        log.warning("release %s: failed hook %s could not be deleted: %s", release.name, hook.path, error)


def _delete_if(env: Environment, release: Release, hook: Hook, policy: HookDeletePolicy, deadline: Deadline) -> None:
    """Delete a hook's objects if its policies say so, and wait until they are gone, or the caller is."""
    if policy not in hook.delete_policies:
        return
    until = Deadline(env.clock, hook.delete_timeout, cancelled=deadline.cancelled)
    for target in env.cluster.build(hook.manifest, release.namespace, stored=True):
        if env.cluster.delete(target) and hook.delete_timeout > 0:
            env.cluster.wait_gone(target, until)


def _wait(cluster: Cluster, target: KubeObject, event: HookEvent, deadline: Deadline) -> None:
    """Wait for jobs to complete and definitions to be served; all else is done when it exists.

    A job that is gone is done, as in Helm 2: one that is deleted as soon as it has finished is not seen to finish.
    """
    done = _established if event == HookEvent.CRD_INSTALL else _RULES.get(target.kind)
    if done is None or not target.resource.standard:
        return
    poll = FIRST_POLL
    while True:
        live = cluster.get(target)
        if live is None and event != HookEvent.CRD_INSTALL:
            log.info("%s %s is gone before it was seen to end", target.kind, target.name)
            return
        if live is not None and done(live):
            return
        deadline.sleep(poll)
        deadline.check()
        poll = min(poll * 2, LONGEST_POLL)


def established(cluster: Cluster, targets: Sequence[KubeObject], deadline: Deadline) -> None:
    """Wait until the API server serves these definitions."""
    for target in targets:
        _wait(cluster, target, HookEvent.CRD_INSTALL, deadline)


def _established(live: dict[str, Any]) -> bool:
    if live.get("kind") != "CustomResourceDefinition":
        return True
    if condition(live, "NamesAccepted") == "False":
        raise HookError(f"naming conflict detected for CRD {live['metadata']['name']}")
    return condition(live, "Established") == "True"


_RULES = {"Job": completed}
