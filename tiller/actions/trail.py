"""What of the cluster is a release's: the objects of its newest good revision, and what failed ones made since.

Helm 2 knows only the deployed revision, so an object that a failed upgrade created blocks every
later one. Here the revisions since count too, each object on evidence: it is there, tiller wrote
it, and no revision found it there before itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from helmpy.errors import HelmError
from helmpy.release.model import Release, StatusCode
from tiller.actions.environment import Environment
from tiller.actions.recovery import INTERRUPTED, REMARK
from tiller.kube.apply import HELM_2_MANAGER
from tiller.kube.cluster import FIELD_MANAGER
from tiller.kube.discovery import UnknownKind
from tiller.kube.objects import RESOURCE_POLICY, KubeObject

Identity = tuple[str, str, str]  # namespace, kind, name

_EXISTED = re.compile(r'kind (\S+) with the name "([^"]*)" in "([^"]*)" already exists in the cluster')
_FAILED = re.compile(r'(Release|Release replace|Upgrade|Rollback) "[^"]*" failed')


def trail(history: Sequence[Release]) -> list[Release]:
    """The revisions whose objects may live, newest first: back to the newest one that went well."""
    found: list[Release] = []
    for release in history:
        if found and release.info and release.info.deleted:
            break  # its objects are gone
        found.append(release)
        if went_well(release):
            break
    return found


def went_well(release: Release) -> bool:
    """Whether the revision was deployed once and not deleted since."""
    if release.status == StatusCode.DEPLOYED:
        return True
    if release.status != StatusCode.SUPERSEDED or release.info is None or release.info.deleted:
        return False
    text = release.info.description
    return not (_FAILED.match(text) or text.startswith(INTERRUPTED))


def owned(
    env: Environment, revisions: Sequence[Release], namespace: str, *, keepers: Sequence[Release] = ()
) -> list[KubeObject]:
    """The objects of a trail that are the release's own; raises UnknownKind for a good revision's kinds.

    What a failed revision found in its way is somebody else's, unless one of ``keepers`` once left it there.
    """
    *failed, last = revisions
    if not went_well(last):
        failed.append(last)
    trusted = env.cluster.build(last.manifest, namespace, stored=True) if went_well(last) else []
    known = {each.identity: each for each in trusted}
    foreign = {identity for release in failed for identity in existed_before(release)}
    if foreign:
        foreign -= _kept_by(env, keepers, namespace)
    for release in failed:
        for each in _objects(env, release, namespace):
            if each.identity not in known and each.identity not in foreign and _made_by_tiller(env, each):
                known[each.identity] = each
    return list(known.values())


def _kept_by(env: Environment, revisions: Sequence[Release], namespace: str) -> set[Identity]:
    """The objects that good revisions asked to be kept, so that they may stand there still."""
    return {
        each.identity
        for release in revisions
        if RESOURCE_POLICY in release.manifest and went_well(release)
        for each in _objects(env, release, namespace)
        if each.kept
    }


def taken(env: Environment, known: Sequence[KubeObject], wanted: Sequence[KubeObject]) -> list[KubeObject]:
    """The wanted objects that exist and are somebody else's."""
    own = {each.identity for each in known}
    return [each for each in wanted if each.identity not in own and each.name and env.cluster.get(each) is not None]


def remark(others: Sequence[KubeObject]) -> str:
    """What a description says of objects that were there before; empty for none."""
    return REMARK + ", ".join(f"{each.kind} {each.namespace}/{each.name}" for each in others) if others else ""


def existed_before(release: Release) -> set[Identity]:
    """The objects that this revision found in its way, by its description."""
    text = release.info.description if release.info else ""
    found = {(namespace, kind, name) for kind, name, namespace in _EXISTED.findall(text)}
    for entry in text.partition(REMARK)[2].split(", "):
        kind, _, place = entry.partition(" ")
        namespace, _, name = place.partition("/")
        found.add((namespace, kind, name))
    return found


def leftover_hooks(env: Environment, revisions: Sequence[Release]) -> frozenset[Identity]:
    """The hooks' objects that failed revisions of a trail may have left, by identity."""
    found = set()
    for release in revisions:
        text = release.info.description if release.info else ""
        if went_well(release) or "already exists" in text:
            continue
        for hook in release.hooks:
            try:
                targets = env.cluster.build(hook.manifest, release.namespace, stored=True)
                found |= {each.identity for each in targets}
            except HelmError:
                continue  # what cannot be built was never made
    return frozenset(found)


def _objects(env: Environment, release: Release, namespace: str) -> list[KubeObject]:
    try:
        return env.cluster.build(release.manifest, namespace, stored=True)
    except UnknownKind:
        return []  # it failed, and what the cluster does not serve it did not make


def _made_by_tiller(env: Environment, target: KubeObject) -> bool:
    live = env.cluster.get(target) if target.name else None
    return live is not None and is_tillers(live)


def is_tillers(live: dict[str, Any]) -> bool:
    """Whether a Tiller, ours or Helm 2's, is among those who wrote the object.

    Of one that has a name and nothing else, as many a service account, the API server notes no writer.
    """
    managers = {each.get("manager") for each in (live.get("metadata") or {}).get("managedFields") or []}
    return not managers or bool(managers & {FIELD_MANAGER, HELM_2_MANAGER})
