"""Uninstall: hooks, objects in reverse order, and the record marked DELETED or purged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from helmpy.errors import HelmError
from helmpy.release import manifest as manifests
from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.model import HookEvent, Info, Release, StatusCode
from helmpy.release.requests import UninstallRequest, UninstallResponse
from tiller.actions import hooks
from tiller.actions.environment import Environment
from tiller.actions.recorded import Record, recorded, with_status
from tiller.kube.transport import ApiError

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
    with env.locks.hold(request.name):
        history = env.storage.history(request.name)
        newest = history[0]
        if newest.status == StatusCode.DELETED:
            if not request.purge:
                raise DeletionError(f'the release named "{newest.name}" is already deleted')
            _purge(env, history)
            return UninstallResponse(newest)
        return _uninstall(env, request, newest, history, cancelled)


def _uninstall(
    env: Environment,
    request: UninstallRequest,
    newest: Release,
    history: list[Release],
    cancelled: Callable[[], bool],
) -> UninstallResponse:
    deadline = env.deadline(request.timeout, cancelled)
    info = replace(newest.info or Info(), deleted=env.now())
    release = with_status(replace(newest, info=info), StatusCode.DELETING, DELETING)
    if not request.disable_hooks:
        # Its failure leaves the record as it was.
        release = hooks.run(env, release, HookEvent.PRE_DELETE, deadline)
    env.storage.update(release)
    with recorded(env.storage, release, "{error}") as record:
        removed = delete_objects(env, record.release)
        errors = list(removed.errors)
        if not request.disable_hooks:
            errors += _post_delete(env, record, request)
        failure = f"deletion completed with {len(errors)} error(s): {'; '.join(errors)}" if errors else ""
        record.release = with_status(record.release, StatusCode.DELETED, request.description or DELETED)
        if errors:
            record.finish(StatusCode.DELETED, failure)
    if errors:
        raise DeletionError(failure)
    if request.purge:
        _purge(env, history)
    else:
        env.storage.update(record.release)
    return UninstallResponse(record.release, kept_text(removed.kept))


def _post_delete(env: Environment, record: Record, request: UninstallRequest) -> list[str]:
    try:
        record.release = hooks.run(env, record.release, HookEvent.POST_DELETE, env.deadline(request.timeout))
    except HelmError as error:
        return [str(error)]
    return []


def delete_objects(env: Environment, release: Release) -> Removed:
    """Delete the manifest's objects in uninstall order, one document at a time, without waiting.

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
            _delete_document(env, release, document, kept)
        except HelmError as error:
            log.warning("uninstall of %s: %s", release.name, error)
            errors.append(str(error))
    return Removed(tuple(kept), tuple(errors))


def _delete_document(env: Environment, release: Release, document: manifests.Manifest, kept: list[str]) -> None:
    for target in env.cluster.build(document.content, release.namespace):
        if target.kept:
            if env.cluster.get(target) is not None:
                kept.append(f"[{target.kind}] {target.name}")
        elif not env.cluster.delete(target):
            log.info("uninstall of %s: %s %s was gone already", release.name, target.kind, target.name)


def kept_text(kept: tuple[str, ...]) -> str:
    """What the caller reads about objects that outlive the release."""
    return "".join([f"{KEPT}\n", *(f"{line}\n" for line in kept)]) if kept else ""


def _purge(env: Environment, history: list[Release]) -> None:
    """Remove every record; all are tried before the first refusal is raised."""
    refused: list[HelmError] = []
    for release in history:
        try:
            env.storage.delete(release.name, release.version)
        except (ApiError, ReleaseError) as error:
            refused.append(error)
    if refused:
        raise refused[0]
