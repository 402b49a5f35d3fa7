"""Copies records from one store to another: how a tiller changes its ``--storage``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tiller.storage.driver import Driver


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of one release's records, in numbers of revisions."""

    name: str
    created: int = 0
    updated: int = 0
    same: int = 0
    newer: int = 0  # the target's newest revision, where it is newer than all there is to copy: nothing was copied


def copy_records(
    source: Driver, target: Driver, turn: Callable[[str], AbstractContextManager[object]]
) -> Iterator[Copied]:
    """Make the target's records of every release those of the source; may be repeated, also after a failure.

    ``turn`` keeps others from working on a release meanwhile. A release that has gone on in the
    target is left alone. Nothing is deleted anywhere. Raises the stores' errors.
    """
    for name in sorted({release.name for release in source.query({})}):
        with turn(name):
            yield _copy_release(source, target, name)


def _copy_release(source: Driver, target: Driver, name: str) -> Copied:
    ours = sorted(source.query({"NAME": name}), key=lambda release: release.version)
    theirs = {release.version: release for release in target.query({"NAME": name})}
    if not ours:  # purged a moment ago
        return Copied(name)
    if theirs and max(theirs) > ours[-1].version:
        return Copied(name, newer=max(theirs))
    counts = {"created": 0, "updated": 0, "same": 0}
    for release in ours:
        if release.version not in theirs:
            target.create(release)
            counts["created"] += 1
        elif release != theirs[release.version]:
            target.update(release)
            counts["updated"] += 1
        else:
            counts["same"] += 1
    return Copied(name, **counts)
