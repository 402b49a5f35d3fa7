"""A server that dies before any of its changes leaves nothing pending, nothing blocked, nothing unnamed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.release.model import StatusCode
from tests.tiller.faults.scenes import (
    SCENES,
    THIRD,
    Killed,
    Scene,
    cluster,
    do_delete,
    do_rollback,
    do_upgrade,
    history,
    server,
)
from tiller.actions.environment import Environment
from tiller.actions.recovery import UNFINISHED, recover
from tiller.kube.transport import Request
from tiller.sandbox.api import Api


@cache
def changes(name: str) -> tuple[str, ...]:
    """All changes that an undisturbed operation makes."""
    api, clock = cluster()
    scene = SCENES[name]
    first = server(api, clock)
    for step in scene.before:
        step(first.env)
    second = server(api, clock, "two")
    scene.act(second.env)
    return tuple(second.mortal.changes)


def points() -> list[Any]:
    """Every moment between two changes of every operation, the last one after the last change."""
    return [
        pytest.param(name, number, id=f"{name}-{number}")
        for name in SCENES
        for number in range(1, len(changes(name)) + 1)
    ]


@dataclass(frozen=True)
class After:
    """The server that is started after the death of another, and when that was."""

    env: Environment
    api: Api
    died: float


def killed(scene: Scene, at: int) -> After:
    """Let a server die over a scene and start another."""
    api, clock = cluster()
    first = server(api, clock)
    for step in scene.before:
        step(first.env)
    doomed = server(api, clock, "doomed", dies_at=at)
    with pytest.raises(Killed):
        scene.act(doomed.env)
    assert doomed.mortal.dead
    return After(server(api, clock, "next").env, api, clock.now())


def live(api: Api) -> set[tuple[str, str]]:
    """Kind and name of what lives in the release's namespace, but for what controllers made."""
    found = set()
    for plural, kind, root in (
        ("configmaps", "ConfigMap", "/api/v1"),
        ("pods", "Pod", "/api/v1"),
        ("jobs", "Job", "/apis/batch/v1"),
        ("widgets", "Widget", "/apis/example.org/v1"),
    ):
        response = api.send(Request("GET", f"{root}/namespaces/shop/{plural}"))
        for each in json.loads(response.body).get("items") or [] if response.status == 200 else []:
            if not each["metadata"].get("ownerReferences") and each["metadata"]["name"] != "kube-root-ca.crt":
                found.add((kind, each["metadata"]["name"]))
    return found


def named(env: Environment) -> set[tuple[str, str]]:
    """Kind and name of what the records name: objects and hooks of all revisions."""
    found = set()
    for release in history(env):
        for text in (release.manifest, *(hook.manifest for hook in release.hooks)):
            for document in yaml.load_all(text):
                if document:
                    found.add((document["kind"], document["metadata"]["name"]))
    return found


def leases(api: Api) -> list[Any]:
    path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
    found = json.loads(api.send(Request("GET", path)).body)["items"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(("name", "at"), points())
def test_after_a_death_nothing_is_pending_and_nothing_unnamed(name: str, at: int) -> None:
    after = killed(SCENES[name], at)
    unnamed = live(after.api) - named(after.env)
    # A record that was purged takes its hooks' names with it; Helm leaves those objects behind.
    assert {each for each in unnamed if each[0] not in ("Job", "Pod") or "purge" not in name} == set()
    recover(after.env)
    assert after.env.clock.now() - after.died < 10
    revisions = history(after.env)
    assert not [each.key for each in revisions if each.status in UNFINISHED]
    if revisions:
        newest = revisions[0]
        allowed = [StatusCode.DEPLOYED, StatusCode.FAILED]
        # What was finished before the death stays so.
        if "delete" in name or "reuses" in name:
            allowed.append(StatusCode.DELETED)
        assert newest.status in allowed
        assert newest.info is not None
        if newest.status == StatusCode.FAILED:
            assert newest.info.description.startswith("interrupted: the server stopped ")
    versions = [each.version for each in revisions]
    assert versions == list(range(versions[0], versions[-1] - 1, -1)) if versions else True


FOLLOW_UPS: dict[str, Callable[[Environment], None]] = {
    "upgrade": lambda env: do_upgrade(env, THIRD),
    "rollback": lambda env: do_rollback(env, max((each.version for each in history(env)), default=1)),
    "delete": do_delete,
    "purge": lambda env: do_delete(env, purge=True),
}


@pytest.mark.parametrize("follow_up", FOLLOW_UPS)
@pytest.mark.parametrize(("name", "at"), points())
def test_after_a_death_the_next_operation_works(name: str, at: int, follow_up: str) -> None:
    after = killed(SCENES[name], at)
    if at % 2:  # with and without a look at the start: whoever comes next sees to it too
        recover(after.env)
    revisions = history(after.env)
    if not revisions or (revisions[0].status == StatusCode.DELETED and follow_up in ("upgrade", "delete")):
        with pytest.raises(HelmError, match=r"not found|no deployed releases|already deleted"):
            FOLLOW_UPS[follow_up](after.env)
        return
    FOLLOW_UPS[follow_up](after.env)
    after_it = history(after.env)
    assert not [each.key for each in after_it if each.status in UNFINISHED]
    if follow_up in ("upgrade", "rollback"):
        assert after_it[0].status == StatusCode.DEPLOYED
        assert after_it[0].version == revisions[0].version + 1
        assert [each.status for each in after_it].count(StatusCode.DEPLOYED) == 1
        objects = {(kind, each) for kind, each in live(after.api) if kind in ("ConfigMap", "Widget")}
        wanted = {
            (document["kind"], document["metadata"]["name"])
            for document in yaml.load_all(after_it[0].manifest)
            if document
        }
        assert objects == wanted
    else:
        assert {kind for kind, _ in live(after.api)} <= {"Job", "Pod"}
    assert leases(after.api) == []
    if follow_up == "purge":
        assert after_it == []
        return
    do_delete(after.env, purge=True)
    assert history(after.env) == []


def test_the_operations_have_many_moments() -> None:
    for name in SCENES:
        assert len(changes(name)) >= 3, changes(name)
    assert len(changes("upgrade")) > 12, changes("upgrade")
