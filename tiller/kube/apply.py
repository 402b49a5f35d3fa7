"""Manifests to objects: first creation, change from one revision to the next, removal.

Objects of one kind are written in parallel, with a barrier at every change of kind, as Helm 2 does.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from helmpy.errors import HelmError
from tiller.clock import Deadline
from tiller.kube.cluster import FIELD_MANAGER, Cluster, selector_of
from tiller.kube.objects import KubeObject, Nameless
from tiller.kube.transport import ApiError, Conflict, Forbidden, Invalid, NotFound

log = logging.getLogger(__name__)

PARALLEL = 8  # requests at once for one operation
WORTH_A_LIST = 5  # objects of one kind from which on their kind is listed instead
LISTED = 500  # objects of a kind at most that are looked through

WORKLOADS = frozenset({"ReplicationController", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "Job"})

# Kinds to whose objects the API server adds nothing: no defaults, no numbers, no names.
_WHOLE = frozenset({"ConfigMap", "Secret"})

# As whom Helm 2's Tiller wrote: it named no field manager, so its HTTP library's name was noted.
HELM_2_MANAGER = "Go-http-client"

# The API server's words for an object that server-side apply cannot take although a plain write
# can: a field the schema lacks, or a list with one key twice.
_UNTYPED = ("field not declared in schema", "duplicate entries for key", "failed to create typed patch object")


class ApplyError(HelmError):
    """Objects could not be written; the message joins every refusal as Helm 2 does."""


@dataclass(slots=True)
class Changes:
    """What an update did so far; ``created`` is what ``cleanup_on_fail`` takes away again."""

    created: list[KubeObject] = field(default_factory=list)
    updated: list[KubeObject] = field(default_factory=list)
    deleted: list[KubeObject] = field(default_factory=list)


def create(cluster: Cluster, wanted: Sequence[KubeObject]) -> None:
    """Create all objects; one that exists is an error in the API server's words (``… already exists``)."""
    if not wanted:
        raise ApplyError("no objects visited")
    for batch in _batches(wanted):
        errors = _parallel(cluster.create, batch)
        if errors:
            raise errors[0]


def update(
    cluster: Cluster,
    old: Sequence[KubeObject],
    new: Sequence[KubeObject],
    changes: Changes,
    *,
    deadline: Deadline,
    force: bool = False,
    recreate: bool = False,
) -> None:
    """Change the cluster from the old objects to the new ones.

    New objects are created, others applied; afterwards what only ``old`` names is deleted unless
    its resource policy keeps it. ``changes`` is filled on the way, also when an error is raised.

    Raises ApplyError: a creation that fails stops the work, refused changes are collected.
    """
    known = {each.identity: each for each in old}
    change = _Change(cluster, known, changes, deadline, force=force, recreate=recreate)
    refused: list[HelmError] = []
    for batch in _batches(new):
        errors = _parallel(replace(change, seen=_seen(cluster, batch)), batch)
        stop = next((error for error in errors if isinstance(error, _Stop)), None)
        if stop is not None:
            raise ApplyError(str(stop))
        refused += errors
    if refused:
        raise ApplyError(" && ".join(str(error) for error in refused))
    wanted = {each.identity for each in new}
    prune(cluster, [each for each in old if each.identity not in wanted], changes)


def prune(cluster: Cluster, gone: Iterable[KubeObject], changes: Changes) -> None:
    """Delete what the new revision lacks. A refusal is logged and leaves an orphan, as in Helm 2."""
    for each in gone:
        try:
            live = cluster.get(each)
            if live is None:
                continue
            if each.kept or KubeObject(each.resource, each.namespace, each.name, live).kept:
                log.info("keeping %s %s: its resource policy says so", each.kind, each.name)
                continue
            cluster.delete(each)
            changes.deleted.append(each)
        except ApiError as error:
            log.warning("cannot delete %s %s: %s", each.kind, each.name, error)


def remove_created(cluster: Cluster, changes: Changes) -> list[str]:
    """Delete what this run created, newest first; returns the texts of what could not be deleted."""
    problems = []
    for each in reversed(changes.created):
        try:
            cluster.delete(each)
        except ApiError as error:
            problems.append(f"{each.kind} {each.name}: {error}")
    return problems


def _seen(cluster: Cluster, batch: list[KubeObject]) -> dict[str, dict[str, Any]]:
    """The metadata of a batch's live objects by path, as far as one list shows them: for many it is one request."""
    resource, places = batch[0].resource, {each.namespace for each in batch}
    if len(batch) < WORTH_A_LIST or len(places) > 1:
        return {}
    namespace = places.pop()
    try:
        found = cluster.list_metadata(resource, namespace, LISTED)
    except ApiError:
        return {}  # to be allowed to list is not needed: each is asked for then
    return {resource.path(namespace, str(each["metadata"]["name"])): each for each in found}


class _Stop(HelmError):
    """An error that ends the update at once."""


@dataclass(frozen=True, slots=True)
class _Change:
    """Brings one object to its new form."""

    cluster: Cluster
    known: dict[tuple[str, str, str], KubeObject]
    changes: Changes
    deadline: Deadline
    force: bool
    recreate: bool
    seen: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, target: KubeObject) -> None:
        live = self._live(target)
        if live is None:
            self._create(target)
            return
        if target.identity not in self.known:
            raise _Stop(
                f'kind {target.kind} with the name "{target.name}" in "{target.namespace}" already exists in the '
                "cluster and wasn't defined in the previous release. Before upgrading, please either delete the "
                "resource from the cluster or remove it from the chart"
            )
        self._apply(target, live)
        self.changes.updated.append(target)
        if self.recreate and target.kind in WORKLOADS and target.resource.standard:
            selector = selector_of(target.body) or selector_of(self.cluster.get(target) or {})
            if selector:
                self.cluster.delete_pods(target.namespace, selector)

    def _live(self, target: KubeObject) -> dict[str, Any] | None:
        try:
            return self.seen.get(target.path) or self.cluster.get(target)
        except Nameless as error:
            raise _Stop(str(error)) from None
        except ApiError as error:
            raise _Stop(f"could not get information about the resource: {error}") from None

    def _create(self, target: KubeObject) -> None:
        try:
            self.cluster.create(target)
        except ApiError as error:
            raise _Stop(f"failed to create resource: {error}") from None
        self.changes.created.append(target)

    def _apply(self, target: KubeObject, live: dict[str, Any]) -> None:
        plain = target.without_nulls()
        try:
            if self._replaced(plain, live):
                return
            adopt(self.cluster, plain, live, self.known[target.identity].body)
            try:
                self.cluster.apply(plain)
            except Invalid:
                if not claim(self.cluster, target, self.known[target.identity].body):
                    raise
                self.cluster.apply(target)
            except ApiError as error:
                if not any(words in str(error) for words in _UNTYPED):
                    raise
                patch = merge_patch(self.known[target.identity].body, target.body)
                self.cluster.patch(target, patch, "application/merge-patch+json")
        except (Invalid, Conflict):
            if not self.force:
                raise
            self._make_again(target)

    def _make_again(self, target: KubeObject) -> None:
        log.info("replacing %s %s by force", target.kind, target.name)
        self.cluster.delete(target)
        self.cluster.wait_gone(target, self.deadline.restart())
        try:
            self.cluster.create(target)
        except ApiError as error:
            raise ApplyError(f"Failed to recreate resource: {error}") from error

    def _replaced(self, target: KubeObject, live: dict[str, Any]) -> bool:
        """Write an object whole that nobody but us has ever written: what an apply does, at half its cost.

        False where others have, maybe since we looked: then it is for an apply to tell theirs from ours.
        """
        metadata = live.get("metadata") or {}
        managers = {each.get("manager") for each in metadata.get("managedFields") or []}
        if target.kind not in _WHOLE or target.resource.group or managers != {FIELD_MANAGER}:
            return False
        try:
            self.cluster.replace(target, str(metadata.get("resourceVersion")))
        except (Conflict, NotFound, Forbidden):  # to be allowed to update is not needed
            return False
        return True


def adopt(cluster: Cluster, target: KubeObject, live: dict[str, Any], before: dict[str, Any]) -> None:
    """Make fields that tiller once wrote plainly ones that it applied, so that apply may drop them.

    Creation writes plainly, and so did Helm 2's Tiller; the API server would keep such a field
    for ever as somebody else's. ``before`` is the object in the manifest that was in force until
    now, ``target`` has no nulls. Done once in an object's life, and after every turn of Helm 2's.
    """

    def adopted(live: dict[str, Any]) -> list[dict[str, Any]] | None:
        entries = (live.get("metadata") or {}).get("managedFields") or []
        if _stays(entries, target.body):
            return None
        listed = live.keys() <= {"apiVersion", "kind", "metadata"}  # then it may be but the metadata
        return _adopted(entries, before, (cluster.get(target) or {}) if listed else live)

    _own(cluster, target, live, adopted)


def _stays(entries: list[dict[str, Any]], wanted: dict[str, Any]) -> bool:
    """Whether the manifest names all that a Tiller wrote plainly, so that no field has to go."""
    plain = [
        each.get("fieldsV1") or {}
        for each in entries
        if each.get("operation") == "Update"
        and each.get("manager") in (FIELD_MANAGER, HELM_2_MANAGER)
        and not each.get("subresource")
    ]
    return not any(_without(fields, _named(fields, wanted)) for fields in plain)


def _adopted(
    entries: list[dict[str, Any]], before: dict[str, Any], live: dict[str, Any]
) -> list[dict[str, Any]] | None:
    """The entries with tiller's plain ones joined into its applied one; None where there are none.

    Where ours has written already, a nameless program may be Helm 2's Tiller, in turn with us, or
    some other: of its fields only those are taken over that the manifest ``before`` names.
    """
    mine = [each for each in entries if not each.get("subresource")]
    ours = [each for each in mine if each.get("manager") == FIELD_MANAGER]
    theirs = [each for each in mine if each.get("manager") == HELM_2_MANAGER]
    others = [each for each in entries if not any(each is one for one in (*ours, *theirs))]
    if not ours:
        ours, theirs = theirs, []
    for each in theirs:
        fields = each.get("fieldsV1") or {}
        named = _named(fields, before)
        if named:
            ours.append({**each, "fieldsV1": named})
        rest = _without(fields, named)
        if rest:
            others.append({**each, "fieldsV1": rest})
    if not any(each.get("operation") == "Update" for each in ours):
        return None
    joined: dict[str, Any] = {}
    for entry in ours:
        joined = _union(joined, entry.get("fieldsV1") or {})
    joined = _without(joined, _filled(joined, before, live))
    newest = max(ours, key=lambda each: str(each.get("time") or ""))
    return [{**newest, "manager": FIELD_MANAGER, "operation": "Apply", "fieldsV1": joined}, *others]


def _filled(fields: dict[str, Any], before: Any, live: Any) -> dict[str, Any]:
    """The part of a tree of fields (FieldsV1) that was written empty, for no manifest's sake, and holds something now.

    A container without ``resources`` is written with empty ones, and a LimitRange's defaults that
    come into them are nobody's: with the field they would go, which a pod cannot bear.
    """
    found: dict[str, Any] = {}
    for word, below in fields.items():
        (part, _), (named, _) = _part(word, live), _part(word, before)
        if below:
            rest = _filled(below, named, part)
            if rest:
                found[word] = rest
        elif isinstance(part, dict) and part and not named:
            found[word] = {}
    return found


def _named(fields: dict[str, Any], body: Any) -> dict[str, Any]:
    """The part of a tree of fields (FieldsV1) that is also in a manifest's object."""
    found: dict[str, Any] = {}
    for word, below in fields.items():
        if word == ".":
            continue
        part, there = _part(word, body)
        if not there:
            continue
        rest = _named(below, part) if below.keys() - {"."} else below
        if rest or not below:
            found[word] = {".": {}, **rest} if "." in below else rest
    return found


def _part(word: str, body: Any) -> tuple[Any, bool]:
    """What stands under one word of FieldsV1, and whether anything does."""
    sort, _, rest = word.partition(":")
    if sort == "f" and isinstance(body, dict) and rest in body:
        return body[rest], True
    if sort == "v" and isinstance(body, list):
        return None, json.loads(rest) in body
    if sort == "k" and isinstance(body, list):
        keys = json.loads(rest)
        for item in body:
            # A key that the item leaves to its default (a port's protocol) fits any.
            if isinstance(item, dict) and all(item.get(key, value) == value for key, value in keys.items()):
                return item, True
    return None, False


def _without(fields: dict[str, Any], gone: dict[str, Any]) -> dict[str, Any]:
    left = {}
    for word, below in fields.items():
        if word not in gone:
            left[word] = below
        elif (rest := _without(below, gone[word])).keys() - {"."}:
            left[word] = rest
    return left


def _union(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    both = {key: _union(left[key], right[key]) for key in left.keys() & right.keys()}
    return {**left, **right, **both}


# Where one value of a field forbids another field, which the API server may have set by default.
_FORBIDDEN = {
    ("Deployment", "strategy"): "Recreate",
    ("DaemonSet", "updateStrategy"): "OnDelete",
    ("StatefulSet", "updateStrategy"): "OnDelete",
}


def claim(cluster: Cluster, target: KubeObject, before: dict[str, Any]) -> bool:
    """Own what lives of the fields that only the manifest ``before`` has, so that apply takes them whole.

    The defaults inside a field are nobody's, and apply leaves them: a probe that changes from HTTP
    to TCP would be of two kinds then, and be refused. False where there is nothing to own.
    """

    def claimed(live: dict[str, Any]) -> list[dict[str, Any]] | None:
        return _claimed((live.get("metadata") or {}).get("managedFields") or [], left_over(before, target.body, live))

    live = cluster.get(target)
    return live is not None and _own(cluster, target, live, claimed)


def _own(
    cluster: Cluster,
    target: KubeObject,
    live: dict[str, Any],
    entries_of: Callable[[dict[str, Any]], list[dict[str, Any]] | None],
) -> bool:
    """Write an object's managedFields; a conflict means that it changed meanwhile: look again."""
    for _ in range(5):
        entries = entries_of(live)
        if entries is None:
            return False
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": entries},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": live["metadata"].get("resourceVersion")},
        ]
        try:
            cluster.patch(target, patch, "application/json-patch+json")
        except Conflict:
            again = cluster.get(target)
            if again is None:
                return False
            live = again
        else:
            return True
    return False


def _claimed(entries: list[dict[str, Any]], wanted: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The entries with the wanted fields in tiller's applied one; None where there is none, or nothing wanted."""
    ours = [each for each in entries if each.get("manager") == FIELD_MANAGER and each.get("operation") == "Apply"]
    if not wanted or not ours:
        return None
    found = []
    for each in entries:
        fields = each.get("fieldsV1") or {}
        if each is ours[0]:
            fields = _union(fields, wanted)
        elif each.get("manager") == HELM_2_MANAGER and not each.get("subresource"):
            fields = _without(fields, wanted)  # defaults that came with a write of its
        if fields:
            found.append({**each, "fieldsV1": fields})
    return found


def left_over(old: dict[str, Any], new: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    """The live fields (FieldsV1) that the old manifest has and the new one lacks, defaults inside them too."""
    found = _left_over({"spec": old.get("spec")}, {"spec": new.get("spec")}, live)
    for (kind, name), value in _FORBIDDEN.items():
        asked = ((new.get("spec") or {}).get(name) or {}).get("type")
        rolling = ((live.get("spec") or {}).get(name) or {}).get("rollingUpdate")
        if new.get("kind") == kind and asked == value and rolling is not None:
            path = {"f:spec": {f"f:{name}": {"f:rollingUpdate": _leaves(rolling)}}}
            found = _union(found, path)
    return found


def _left_over(old: Any, new: Any, live: Any) -> dict[str, Any]:
    found = {}
    if isinstance(old, dict) and isinstance(new, dict) and isinstance(live, dict):
        for key in old.keys() & live.keys():
            below = _left_over(old[key], new[key], live[key]) if key in new else None
            if below is None:
                found[f"f:{key}"] = _leaves(live[key])
            elif below:
                found[f"f:{key}"] = below
    elif isinstance(old, list) and isinstance(new, list) and isinstance(live, list):
        olds, news, lives = _by_name(old), _by_name(new), _by_name(live)
        for name in olds.keys() & news.keys() & lives.keys():
            if below := _left_over(olds[name], news[name], lives[name]):
                found[f"k:{json.dumps({'name': name}, separators=(',', ':'))}"] = below
    return found


def _by_name(items: list[Any]) -> dict[str, Any]:
    return {each["name"]: each for each in items if isinstance(each, dict) and isinstance(each.get("name"), str)}


def _leaves(value: Any) -> dict[str, Any]:
    return {f"f:{key}": _leaves(each) for key, each in value.items()} if isinstance(value, dict) else {}


def merge_patch(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A JSON merge patch that sets all of ``new`` and takes away what only ``old`` has."""
    patch: dict[str, Any] = dict.fromkeys(old.keys() - new.keys())
    for key, value in new.items():
        before = old.get(key)
        both = isinstance(value, dict) and isinstance(before, dict)
        patch[key] = merge_patch(before, value) if both else value  # type: ignore[arg-type]  # both are dicts
    return patch


def _batches(wanted: Sequence[KubeObject]) -> list[list[KubeObject]]:
    return [list(batch) for _, batch in groupby(wanted, key=lambda each: (each.resource.api_version, each.kind))]


def _parallel(action: Callable[[KubeObject], object], batch: list[KubeObject]) -> list[HelmError]:
    """Act on all, whatever fails; return the errors in the batch's order."""

    def attempt(target: KubeObject) -> HelmError | None:
        try:
            action(target)
        except HelmError as error:
            return error
        return None

    if len(batch) == 1:
        errors = [attempt(batch[0])]
    else:
        with ThreadPoolExecutor(min(PARALLEL, len(batch)), thread_name_prefix="apply") as pool:
            errors = list(pool.map(attempt, batch))
    return [error for error in errors if error is not None]
