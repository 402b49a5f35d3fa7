"""Uninstall: hooks, objects in reverse order, and the record marked DELETED or purged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, replace

from helmpy.errors import HelmError
from helmpy.release import manifest as manifests
from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.hooks import HookEvent
from helmpy.release.model import Info, Release, StatusCode
from helmpy.release.requests import UninstallRequest, UninstallResponse
from tiller.actions import hooks
from tiller.actions.environment import Environment
from tiller.actions.recorded import Record, recorded, with_status
from tiller.actions.recovery import is_interrupted, settle
from tiller.actions.trail import Identity, existed_before, leftover_hooks, owned, trail
from tiller.clock import Deadline
from tiller.kube.discovery import UnknownKind
from tiller.kube.transport import ApiError
from tiller.storage.driver import ReleaseNotFound

log = logging.getLogger(__name__)

DELETING = "Deletion in progress (or silently failed)"
DELETED = "Deletion complete"
KEPT = "These resources were kept due to the resource policy:"


class DeletionError(ReleaseError):
    """Objects could not be deleted, or there is nothing to delete."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What deleting a manifest came to: lines of kept objects, texts of errors."""

    kept: tuple[str, ...]
    errors: tuple[str, ...]


def uninstall(
    env: Environment, request: UninstallRequest, *, cancelled: Callable[[], bool] = lambda: False
) -> UninstallResponse:
    """Delete a release's objects; ``purge`` removes its records too.

    Raises DeletionError with every object's error; the records stay then, also with ``purge``, so
    that what was left behind can still be found.
    """
    names.check_name(request.name)
    with env.turn(request.name, "delete", request.timeout, cancelled) as (own, _):
        history = own.storage.history(request.name)
        if history[0].status == StatusCode.DELETED:
            if not request.purge:
                raise DeletionError(f'the release named "{history[0].name}" is already deleted')
            _purge(own, history)
            return UninstallResponse(history[0])
        own.cluster.discovery.renew()
        return _uninstall(own, request, settle(own, history), cancelled)


def _uninstall(
    env: Environment, request: UninstallRequest, history: list[Release], cancelled: Callable[[], bool]
) -> UninstallResponse:
    newest = history[0]
    deadline = env.deadline(request.timeout, cancelled)
    info = replace(newest.info or Info(), deleted=env.now())
    release = with_status(replace(newest, info=info), StatusCode.DELETING, DELETING)
    # Before any effect, so that a server's death among the hooks leaves a trace.
    env.storage.update(release)
    revisions = trail(history)
    leftovers = leftover_hooks(env, revisions)
    with recorded(env, release, 'Deletion of "{name}" failed: {error}') as record:
        if not request.disable_hooks:
            with _restored_on_failure(env, record, newest):
                record.release = hooks.run(env, record.release, HookEvent.PRE_DELETE, deadline, leftovers, stored=True)
        removed = delete_objects(
            env, record.release, spared=existed_before(newest), missing_kinds=is_interrupted(newest)
        )
        errors = [*removed.errors, *_delete_older(env, record.release, revisions[1:])]
        late = [] if request.disable_hooks else _post_delete(env, record, deadline.restart(), leftovers)
        if request.purge and late and not errors:
            # Nothing of the release is left, so its name is free, as in Helm 2.
            log.warning("purging %s although its deletion is not complete: %s", request.name, late[0])
        elif errors := [*errors, *late]:
            failure = f"deletion completed with {len(errors)} error(s): {'; '.join(errors)}"
            record.finish(StatusCode.DELETED, failure)
            record.final = True
            raise DeletionError(failure)
        if request.purge:
            record.release = with_status(record.release, StatusCode.DELETED, request.description or DELETED)
            _purge(env, history)
        else:
            record.finish(StatusCode.DELETED, request.description or DELETED)
    return UninstallResponse(record.release, kept_text(removed.kept))


@contextmanager
def _restored_on_failure(env: Environment, record: Record, before: Release) -> Iterator[None]:
    """Write the record as it was: a pre-delete hook that fails leaves the release as it found it."""
    try:
        yield
    except HelmError:
        env.storage.update(before)
        record.final = True
        raise


def _delete_older(env: Environment, release: Release, revisions: list[Release]) -> list[str]:
    """Delete what older revisions made and a failed newest one neither names nor came to delete."""
    if not revisions:
        return []
    try:
        named = {each.identity for each in env.cluster.build(release.manifest, release.namespace, stored=True)}
        for each in owned(env, revisions, release.namespace):
            if each.identity not in named and not each.kept:
                env.cluster.delete(each)
    except UnknownKind as error:
        log.warning("uninstall of %s: older revisions are left alone: %s", release.name, error)
        return [] if env.cluster.discovery.is_gone(error) else [str(error)]
    except HelmError as error:
        return [str(error)]
    return []


def _post_delete(env: Environment, record: Record, deadline: Deadline, leftovers: hooks.Leftovers) -> list[str]:
    try:
        record.release = hooks.run(env, record.release, HookEvent.POST_DELETE, deadline, leftovers, stored=True)
    except HelmError as error:
        return [str(error)]
    return []


def delete_objects(
    env: Environment, release: Release, *, spared: AbstractSet[Identity] = frozenset(), missing_kinds: bool = False
) -> Removed:
    """Delete the manifest's objects in uninstall order, one document at a time, without waiting.

    ``spared`` objects are somebody else's: the release only found them in its way. Objects whose definition is gone
    are gone, too. With ``missing_kinds`` no kind that the cluster does not serve is an error: an install that did not
    come to its definitions made no such objects.

    Raises DeletionError where the stored manifest cannot be read at all.
    """
    try:
        documents = manifests.documents(release.manifest)
    except HelmError as error:
        raise DeletionError(f"corrupted release record. You must manually delete the resources: {error}") from error
    kept: list[str] = []
    errors: list[str] = []
    for document in manifests.sort_manifests(documents, manifests.UNINSTALL_ORDER):
        try:
            _delete_document(env, release, document, spared, kept)
        except UnknownKind as error:
            if not missing_kinds and not env.cluster.discovery.is_gone(error):
                errors.append(str(error))
        except HelmError as error:
            log.warning("uninstall of %s: %s", release.name, error)
            errors.append(str(error))
    return Removed(tuple(kept), tuple(errors))


def _delete_document(
    env: Environment, release: Release, document: manifests.Manifest, spared: AbstractSet[Identity], kept: list[str]
) -> None:
    for target in env.cluster.build(document.content, release.namespace, stored=True):
        if target.identity in spared:
            log.info("uninstall of %s: %s %s was there before it and stays", release.name, target.kind, target.name)
        elif target.kept:
            if env.cluster.get(target) is not None:
                kept.append(f"[{target.kind}] {target.name}")
        elif not env.cluster.delete(target):
            log.info("uninstall of %s: %s %s was gone already", release.name, target.kind, target.name)


def kept_text(kept: tuple[str, ...]) -> str:
    """What the caller reads about objects that outlive the release."""
    return "".join([f"{KEPT}\n", *(f"{line}\n" for line in kept)]) if kept else ""


def _purge(env: Environment, history: list[Release]) -> None:
    """Remove every record, the newest last, because it says how the release stands.

    All are tried before the first refusal is raised; then the newest stays.
    """
    refused: list[HelmError] = []
    for release in reversed(history):
        if refused and release is history[0]:
            break
        try:
            env.storage.delete(release.name, release.version)
        except ReleaseNotFound:
            continue
        except (ApiError, ReleaseError) as error:
            refused.append(error)
    if refused:
        raise refused[0]
