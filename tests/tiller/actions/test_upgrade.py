"""Upgrades and rollbacks on a sandbox."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from helmpy.chart.model import Chart, Config
from helmpy.errors import HelmError
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import RollbackRequest, StatusRequest, UninstallRequest, UpdateRequest
from helmpy.release.reuse import merged
from tests.tiller.world import World, chart, config, make_world
from tiller.actions.query import status
from tiller.actions.recorded import with_status
from tiller.actions.rollback import rollback
from tiller.actions.uninstall import uninstall
from tiller.kube.transport import Request

HOOK = """
apiVersion: batch/v1
kind: Job
metadata: {name: hook-{{ .Release.Revision }}, annotations: {"helm.sh/hook": %s}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"


def back(world: World, version: int = 0, **options: Any) -> Release:
    release = rollback(world.env, RollbackRequest(name="web", version=version, **options)).release
    assert release is not None
    return release


def message(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(HelmError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_an_upgrade_makes_the_next_revision(world: World) -> None:
    first = world.install(chart(config("a"), config("old")))
    world.clock.advance(100)
    second = world.upgrade(chart(config("a", "{{ .Release.Revision }}-{{ .Release.IsUpgrade }}"), config("new")))
    assert world.statuses() == {1: "SUPERSEDED", 2: "DEPLOYED"}
    assert (world.data("a"), world.data("old"), world.data("new")) == ({"key": "2-true"}, None, {"key": "one"})
    assert first.info is not None
    assert second.info is not None
    assert second.info.first_deployed == first.info.first_deployed
    assert second.info.last_deployed != first.info.last_deployed
    assert second.namespace == "shop"
    assert second.info.description == "Upgrade complete"


def test_nothing_to_upgrade(world: World) -> None:
    text = '"web" has no deployed releases'
    assert message(world.upgrade, chart(config("a"))) == text
    assert message(world.upgrade, chart(config("a")), force=True) == 'release: "web" not found'
    world.transport.refuse("POST", "/namespaces/shop/configmaps")
    message(world.install, chart(config("a")))
    world.transport.recover()
    assert message(world.upgrade, chart(config("a"))) == text


@pytest.mark.parametrize("name", ["", "-web", "a b", "a" * 54])
def test_names(world: World, name: str) -> None:
    text = message(world.upgrade, chart(config("a")), name=name)
    assert text.startswith("invalid release name, must match regex" if name else "no release provided")


@pytest.mark.parametrize("code", [StatusCode.PENDING_INSTALL, StatusCode.PENDING_UPGRADE, StatusCode.PENDING_ROLLBACK])
def test_a_pending_revision_blocks_upgrades_but_no_rollback(world: World, code: StatusCode) -> None:
    world.install(chart(config("a")))
    second = world.upgrade(chart(config("a", "two")))
    world.env.storage.update(with_status(second, code))
    assert message(world.upgrade, chart(config("a"))) == "another operation (install/upgrade/rollback) is in progress"
    back(world, 1)
    assert world.statuses() == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "DEPLOYED"}


def test_a_failed_upgrade_leaves_the_old_revision_deployed(world: World) -> None:
    world.install(chart(config("a")))
    world.transport.refuse("PUT", "/configmaps/a", status=422, message="not today")
    assert message(world.upgrade, chart(config("a", "two"))) == "not today"
    assert world.statuses() == {1: "DEPLOYED", 2: "FAILED"}
    assert world.description() == 'Upgrade "web" failed: not today'
    world.transport.recover()
    world.upgrade(chart(config("a", "three")))
    assert world.statuses() == {1: "SUPERSEDED", 2: "FAILED", 3: "DEPLOYED"}
    assert world.data("a") == {"key": "three"}


@pytest.mark.parametrize("event", ["pre-upgrade", "post-upgrade"])
def test_a_failed_hook_leaves_nothing_pending(world: World, event: str) -> None:
    world.install(chart(config("a")))
    world.transport.refuse("POST", "/jobs", message="no jobs")
    assert message(world.upgrade, chart(config("a", "two"), HOOK % event)) == "no jobs"
    assert world.statuses() == {1: "DEPLOYED", 2: "FAILED"}
    assert world.description() == f'Upgrade "web" failed {event}: no jobs'
    world.transport.recover()
    world.upgrade(chart(config("a", "three"), HOOK % event))
    assert world.get("batch/v1/jobs/hook-3") is not None


def test_a_wait_that_fails_can_clean_up() -> None:
    world = make_world(ready_after=1000)
    world.install(chart(config("a")))
    text = message(world.upgrade, chart(config("a"), POD), wait=True, timeout=10, cleanup_on_fail=True)
    assert text == "timed out waiting for the condition"
    assert world.get("pods/p") is None
    message(world.upgrade, chart(config("a"), POD), wait=True, timeout=10)
    assert world.get("pods/p") is not None


def test_a_dry_run(world: World) -> None:
    world.install(chart(config("a")))
    seen = len(world.transport.seen)
    release = world.upgrade(chart(config("a", "two")), dry_run=True)
    assert release.version == 2
    assert release.info is not None
    assert release.info.description == "Dry run complete"
    assert {request.method for request in world.transport.seen[seen:]} == {"GET"}
    assert world.statuses() == {1: "DEPLOYED"}


def test_an_object_without_a_name_cannot_be_upgraded(world: World) -> None:
    world.install(chart(config("a")))
    text = message(world.upgrade, chart(config("a"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: b-}\n"))
    assert text == "Could not get information about the resource: resource name may not be empty"
    assert world.statuses() == {1: "DEPLOYED", 2: "FAILED"}


def test_an_api_that_is_not_served(world: World) -> None:
    made = world.install(chart(config("a")))
    gone = "\n---\n# Source: web/templates/x.yaml\napiVersion: example.org/v1beta1\nkind: Odd\nmetadata: {name: i}"
    text = message(world.upgrade, chart(gone.replace("\n---\n", "", 1)))
    assert text == 'unable to recognize "": no matches for kind "Odd" in version "example.org/v1beta1"'
    assert world.statuses() == {1: "DEPLOYED"}
    world.env.storage.update(replace(made, manifest=made.manifest + gone))
    text = message(world.upgrade, chart(config("a")))
    assert text.startswith("current release manifest contains removed kubernetes api(s) for this kubernetes version")
    assert text.endswith('no matches for kind "Odd" in version "example.org/v1beta1"')


def test_force_makes_a_failed_release_anew(world: World) -> None:
    world.transport.refuse("POST", "/services")
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 1}]}\n"
    message(world.install, chart(config("a"), service))
    world.transport.recover()
    world.clock.advance(100)
    seen = config("a", "{{ .Release.Revision }}-{{ .Release.IsInstall }}-{{ .Release.IsUpgrade }}")
    release = world.upgrade(chart(seen, service), force=True)
    assert release.info is not None
    assert release.info.description == "Upgrade complete"
    assert release.info.first_deployed == release.info.last_deployed
    assert world.statuses() == {1: "DELETED", 2: "DEPLOYED"}
    assert world.data("a") == {"key": "1-true-false"}


def test_force_runs_what_a_deletion_and_an_installation_run_in_order(world: World) -> None:
    events = ["pre-delete", "post-delete", "pre-install", "post-install", "pre-upgrade", "post-upgrade"]

    def made(revision: int, *more: str) -> Chart:
        return chart(*(config(f"{event}-{revision}", hook=event) for event in events), config("a"), *more)

    world.install(made(1, config("old"), config("kept", resource_policy="keep")))
    uninstall(world.env, UninstallRequest("web", disable_hooks=True))
    for name in ("a", "old"):  # as if the deletion had not come to them
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
        world.api.send(_post("/api/v1/namespaces/shop/configmaps", body))
    world.transport.seen.clear()
    assert world.upgrade(made(2, config("new")), force=True).version == 2
    steps = [step for request in world.transport.seen if (step := _step(request))]
    assert steps == [
        "record 1 DELETING",
        "POST pre-delete-1",
        "DELETE a",
        "DELETE old",
        "record 1 DELETED",
        "POST post-delete-1",
        "record 2 PENDING_UPGRADE",
        "POST pre-install-2",
        "POST a",
        "POST new",
        "POST post-install-2",
        "record 2 DEPLOYED",
    ]
    assert world.data("kept") is not None


def _post(path: str, body: dict[str, Any]) -> Request:
    return Request("POST", path, (), {"content-type": "application/json"}, json.dumps(body).encode())


def _step(request: Request) -> str:
    """A change of the cluster in words; nothing for a look, a namespace or a lease."""
    if request.method in ("POST", "PUT", "PATCH") and b'"TILLER"' in request.body:
        labels = json.loads(request.body)["metadata"]["labels"]
        return f"record {labels['VERSION']} {labels['STATUS']}"
    if request.method == "GET" or "/namespaces/shop/" not in request.path:
        return ""
    name = json.loads(request.body)["metadata"]["name"] if request.method == "POST" else request.path.rpartition("/")[2]
    return f"{request.method} {name}"


def test_an_upgrade_makes_no_namespace(world: World) -> None:
    world.install(chart(config("a")))
    world.transport.seen.clear()
    world.upgrade(chart(config("a", "two")))
    assert [
        r.path for r in world.transport.seen if r.path.startswith("/api/v1/namespaces") and r.path.count("/") < 5
    ] == []


def test_history_is_pruned() -> None:
    world = make_world(max_history=2)
    world.install(chart(config("a")))
    for number in range(4):
        world.upgrade(chart(config("a", str(number))))
    assert world.statuses() == {4: "SUPERSEDED", 5: "DEPLOYED"}


# Values

DEFAULTS = "key: default\nother: {x: 1, z: 2}\n"


def old_release(raw: str) -> Release:
    return Release(name="web", chart=chart(values=DEFAULTS), config=Config(raw=raw))


@pytest.mark.parametrize(
    ("old", "asked", "flags", "values"),
    [
        ("key: old\n", "{}\n", {}, "key: old\n"),
        ("key: old\n", "", {}, "key: old\n"),
        ("key: old\n", "a: 1\n", {}, "a: 1\n"),
        ("key: old\n", "{}\n", {"reset_values": True}, "{}\n"),
        ("key: old\n", "a: 1\n", {"reset_values": True, "reuse_values": True}, "a: 1\n"),
        ("key: old\nm: {x: 1, z: 2}\n", "m: {x: 3}\n", {"reuse_values": True}, "key: old\nm:\n  x: 3\n  z: 2\n"),
        ("{}\n", "{}\n", {}, "{}\n"),
    ],
)
def test_values_of_the_next_revision(old: str, asked: str, flags: dict[str, Any], values: str) -> None:
    request = UpdateRequest(chart=chart(values="key: new\n"), values=Config(raw=asked), **flags)
    assert merged(request, old_release(old))[1].raw == values


def test_reused_values_bring_the_old_defaults() -> None:
    new = chart(values="key: new\nadded: 1\n")
    request = UpdateRequest(chart=new, values=Config(raw="{}\n"), reuse_values=True)
    made, _ = merged(request, old_release("other: {x: 9}\n"))
    assert made.values == Config(raw="key: default\nother:\n  x: 9\n  z: 2\n")


# Rollback


def twice(world: World) -> Chart:
    world.install(chart(config("a", "first"), config("old")))
    newer = chart(config("a", "second"), config("new"))
    world.upgrade(newer)
    return newer


def test_back_to_the_revision_before(world: World) -> None:
    twice(world)
    release = back(world)
    assert world.statuses() == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "DEPLOYED"}
    assert (world.data("a"), world.data("old"), world.data("new")) == ({"key": "first"}, {"key": "one"}, None)
    assert release.info is not None
    assert release.info.description == "Rollback to 1"
    assert world.env.storage.get("web", 3) == release


@pytest.mark.parametrize(
    ("version", "text"),
    [(-1, "invalid release revision"), (9, 'release: "web.v9" not found')],
)
def test_revisions_that_are_not_there(world: World, version: int, text: str) -> None:
    twice(world)
    assert message(back, world, version) == text


def test_a_failed_rollback(world: World) -> None:
    twice(world)
    world.transport.refuse("PUT", "/configmaps/a", status=422, message="not today")
    assert message(back, world) == "not today"
    assert world.statuses() == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "FAILED"}
    assert world.description() == 'Rollback "web" failed: not today'


def test_a_failed_hook_of_a_rollback(world: World) -> None:
    world.install(chart(config("a", "first"), HOOK % "pre-rollback"))
    world.upgrade(chart(config("a", "second")))
    world.transport.refuse("POST", "/jobs", message="no jobs")
    assert message(back, world) == "no jobs"
    assert world.statuses() == {1: "SUPERSEDED", 2: "DEPLOYED", 3: "FAILED"}
    assert world.data("a") == {"key": "second"}


def test_a_rollback_may_replace_what_cannot_be_changed(world: World) -> None:
    def made(image: str) -> Chart:
        return chart(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\n"
            f"spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: c, image: {image}}}]}}}}}}\n"
        )

    def image() -> str:
        found = world.get("batch/v1/jobs/once")
        assert found is not None
        return str(found["spec"]["template"]["spec"]["containers"][0]["image"])

    world.install(made("one"))
    world.upgrade(made("two"), force=True)
    assert "field is immutable" in message(back, world, 1)
    assert image() == "two"
    back(world, 1, force=True)
    assert image() == "one"


def test_a_rollback_may_restart_pods(world: World) -> None:
    made = chart(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {selector: {matchLabels: {app: d}}, "
        "template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: i}]}}}\n"
    )

    def pods() -> set[str]:
        return {each["metadata"]["uid"] for each in world.env.cluster.pods("shop", "app=d")}

    world.install(made)
    world.upgrade(made)
    before = pods()
    assert len(before) == 1
    back(world)
    assert pods() == before
    back(world, recreate=True)
    assert not pods() & before


def test_a_rollback_that_fails_can_clean_up() -> None:
    world = make_world(ready_after=1000)
    world.install(chart(config("a"), POD))
    world.upgrade(chart(config("a")))
    assert message(back, world, 1, wait=True, timeout=5) == "timed out waiting for the condition"
    assert world.get("pods/p") is not None
    world.upgrade(chart(config("a")), force=True)
    assert message(back, world, 1, wait=True, timeout=5, cleanup_on_fail=True) == "timed out waiting for the condition"
    assert world.get("pods/p") is None
    assert world.data("a") is not None


def test_a_rollback_to_try(world: World) -> None:
    twice(world)
    assert back(world, 1, dry_run=True).version == 3
    assert world.statuses() == {1: "SUPERSEDED", 2: "DEPLOYED"}


def test_a_description_of_ones_own(world: World) -> None:
    twice(world)
    back(world, 1, description="too loud")
    assert world.description() == "too loud"


# After a failure

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 1}]}\n"


def test_what_a_failed_upgrade_created_does_not_block_the_next(world: World) -> None:
    world.install(chart(config("a")))
    world.transport.refuse("POST", "/services", message="not today")
    assert message(world.upgrade, chart(config("a"), config("new"), SERVICE)).endswith("not today")
    assert world.data("new") is not None
    world.transport.recover()
    world.upgrade(chart(config("a"), config("new", "again"), SERVICE))
    assert world.data("new") == {"key": "again"}
    assert world.statuses() == {1: "SUPERSEDED", 2: "FAILED", 3: "DEPLOYED"}


def test_what_a_failed_upgrade_created_goes_with_the_next_that_lacks_it(world: World) -> None:
    world.install(chart(config("a")))
    world.transport.refuse("POST", "/services", message="not today")
    message(world.upgrade, chart(config("a"), config("new"), SERVICE))
    world.transport.recover()
    world.upgrade(chart(config("a")))
    assert world.data("new") is None


def blocked(name: str) -> str:
    return (
        f'kind ConfigMap with the name "{name}" in "shop" already exists in the cluster and wasn\'t defined in the '
        "previous release. Before upgrading, please either delete the resource from the cluster or remove it from "
        "the chart"
    )


def test_what_was_there_before_a_failed_upgrade_is_never_taken_or_deleted(world: World) -> None:
    world.install(chart(config("a")), name="other")
    world.install(chart(config("b")))
    for _ in range(2):
        assert message(world.upgrade, chart(config("a", "mine"), config("b"))) == blocked("a")
    world.upgrade(chart(config("b", "two")))
    assert world.data("a") == {"key": "one"}
    message(world.upgrade, chart(config("a", "mine"), config("b")))
    back(world, 4)
    assert world.data("a") == {"key": "one"}
    message(world.upgrade, chart(config("a", "mine"), config("b")))
    uninstall(world.env, UninstallRequest(name="web"))
    assert world.data("a") == {"key": "one"}
    assert world.data("b") is None


def test_a_second_rollback_takes_over_what_the_release_once_kept(world: World) -> None:
    kept = config("a", "kept", resource_policy="keep")
    world.install(chart(config("b"), kept))
    world.upgrade(chart(config("b", "two")))
    assert message(back, world, 1) == blocked("a")
    assert world.description().endswith("; existed before: ConfigMap shop/a")
    for _ in range(2):
        assert message(world.upgrade, chart(config("b"), kept)) == blocked("a")
    back(world, 1)
    assert (world.data("a"), world.data("b")) == ({"key": "kept"}, {"key": "one"})
    world.upgrade(chart(config("b"), config("a", "new")))
    assert world.data("a") == {"key": "new"}


def test_a_chart_may_come_to_nothing(world: World) -> None:
    world.install(chart(config("a")))
    world.upgrade(chart("# nothing\n"))
    assert world.data("a") is None
    assert message(status, world.env, StatusRequest("web")) == "no objects visited"
    back(world, 1)
    assert world.data("a") == {"key": "one"}
    back(world, 2)
    assert world.data("a") is None
    assert world.statuses() == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "SUPERSEDED", 4: "DEPLOYED"}


def test_an_object_of_a_name_alone_is_known_after_a_failed_upgrade(world: World) -> None:
    bare = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bare}\n"
    broken = "apiVersion: v1\nkind: Service\nmetadata: {name: BROKEN}\nspec: {ports: [{port: 1}]}\n"
    world.install(chart(config("a")))
    assert "Invalid value" in message(world.upgrade, chart(config("a"), bare, broken))
    assert world.get("configmaps/bare") is not None
    back(world, 1)
    assert world.get("configmaps/bare") is None


def test_a_description_names_all_that_was_there_before(world: World) -> None:
    world.install(chart(config("a"), config("c")), name="other")
    world.install(chart(config("b")))
    message(world.upgrade, chart(config("a"), config("b"), config("c")))
    assert world.description().startswith(f'Upgrade "web" failed: {blocked("a")}')
    assert world.description().endswith("; existed before: ConfigMap shop/a, ConfigMap shop/c")


def test_a_release_whose_rollback_failed_can_be_upgraded(world: World) -> None:
    twice(world)
    world.transport.refuse("PUT", "/configmaps/a", status=422, message="not today")
    assert message(back, world) == "not today"
    world.transport.recover()
    world.upgrade(chart(config("a", "third")))
    assert world.statuses() == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "FAILED", 4: "DEPLOYED"}
    assert (world.data("a"), world.data("old"), world.data("new")) == ({"key": "third"}, None, None)


def test_a_hook_that_a_failed_upgrade_left_does_not_block_the_next(world: World) -> None:
    hook = (HOOK % "pre-upgrade").replace("hook-{{ .Release.Revision }}", "hook")
    world.install(chart(config("a")))
    world.transport.refuse("PUT", "/configmaps/a", status=422, message="not today")
    assert message(world.upgrade, chart(config("a", "two"), hook)) == "not today"
    world.transport.recover()
    world.upgrade(chart(config("a", "two"), hook))
    text = message(world.upgrade, chart(config("a", "three"), hook))
    assert text == 'jobs.batch "hook" already exists'  # as in Helm 2: it asks for no deletion


def test_one_revision_stays_deployed_when_the_old_one_cannot_be_marked(world: World) -> None:
    world.install(chart(config("a")))
    world.transport.refuse("PUT", "/configmaps/web.v1", message="not today")
    world.upgrade(chart(config("a", "two")))
    assert world.statuses() == {1: "DEPLOYED", 2: "DEPLOYED"}
    world.transport.recover()
    world.upgrade(chart(config("a", "three")))
    assert world.statuses() == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "DEPLOYED"}


def test_a_pending_revision_older_than_any_operation_is_left_behind(world: World) -> None:
    world.install(chart(config("a")))
    second = world.upgrade(chart(config("a", "two")))
    world.env.storage.update(with_status(second, StatusCode.PENDING_UPGRADE))
    world.clock.advance(301)
    world.upgrade(chart(config("a", "three")))
    assert world.statuses() == {1: "SUPERSEDED", 2: "FAILED", 3: "DEPLOYED"}
