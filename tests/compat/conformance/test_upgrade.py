"""Upgrade: values, order, changes of objects, force, drift, pruning, cleanup."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import pytest

from helmpy.chart.model import Config
from helmpy.release.model import StatusCode
from tests.compat.clusters import Ground, describe, refusal
from tests.compat.conformance.everything import PLACES, everything, settled
from tests.compat.conformance.manifests import config, hooked, job, manifest, pod, service, workload
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]


def test_an_upgrade_makes_the_next_revision(ground: Ground) -> None:
    first = ground.install(chart(config("up-a", v="1"), config("up-old")), "up")
    second = ground.upgrade(chart(config("up-a", v="{{ .Release.Revision }}"), config("up-new")), "up")
    assert ground.statuses("up") == {1: "SUPERSEDED", 2: "DEPLOYED"}
    assert ground.descriptions("up") == {1: "Install complete", 2: "Upgrade complete"}
    assert ground.data("up-a") == {"v": "2"}
    assert ground.get("configmaps/up-old") is None
    assert ground.get("configmaps/up-new") is not None
    assert first.info is not None
    assert second.info is not None
    assert second.info.first_deployed == first.info.first_deployed
    assert describe(ground.upgrade(chart(config("up-a")), "up", description="mine")) == "mine"


def test_nothing_deployed_is_nothing_to_upgrade(ground: Ground) -> None:
    assert refusal(ground.upgrade, chart(config("x")), "nobody") == '"nobody" has no deployed releases'
    refusal(ground.install, chart("# empty\n"), "failed")
    assert refusal(ground.upgrade, chart(config("failed-a")), "failed") == '"failed" has no deployed releases'
    ground.install(chart(config("away-a")), "away")
    ground.delete("away")
    assert refusal(ground.upgrade, chart(config("away-a")), "away") == '"away" has no deployed releases'


def test_an_upgrade_is_based_on_the_newest_deployed_revision(ground: Ground) -> None:
    ground.install(chart(config("base-a"), config("base-b")), "base")
    refusal(ground.upgrade, chart(config("base-a"), manifest("v1", "Service", "base-s", spec={"ports": [{}]})), "base")
    assert ground.statuses("base") == {1: "DEPLOYED", 2: "FAILED"}
    assert ground.upgrade(chart(config("base-a")), "base").version == 3
    assert ground.get("configmaps/base-b") is None
    assert ground.statuses("base") == {1: "SUPERSEDED", 2: "FAILED", 3: "DEPLOYED"}


def test_a_failed_upgrade_leaves_the_old_revision_deployed(ground: Ground) -> None:
    ground.install(chart(config("fail-a", v="1")), "fail")
    bad = chart(config("fail-a", v="2"), manifest("v1", "Service", "fail-s", spec={"ports": [{"port": 0}]}))
    text = refusal(ground.upgrade, bad, "fail")
    assert text.startswith('failed to create resource: Service "fail-s" is invalid: ')
    assert ground.statuses("fail") == {1: "DEPLOYED", 2: "FAILED"}
    assert ground.descriptions("fail")[2] == f'Upgrade "fail" failed: {text}'


VALUES: list[tuple[str, str, dict[str, Any], str]] = [
    # old values, asked ones, flags, what the template sees of a, b and d (whose default changed)
    ("a: 1\n", "", {}, "1 - old"),
    ("a: 1\n", "{}\n", {}, "1 - old"),
    ("a: 1\n", "b: 2\n", {}, "- 2 new"),
    ("a: 1\n", "{}\n", {"reset_values": True}, "- - new"),
    ("a: 1\n", "b: 2\n", {"reset_values": True}, "- 2 new"),
    ("a: 1\n", "b: 2\n", {"reuse_values": True}, "1 2 old"),
    ("a: 1\nb: 3\n", "b: 2\n", {"reuse_values": True}, "1 2 old"),
    ("a: 1\n", "b: 2\n", {"reuse_values": True, "reset_values": True}, "- 2 new"),
]


@pytest.mark.parametrize(("number", "case"), list(enumerate(VALUES)))
def test_values_of_the_next_revision(ground: Ground, number: int, case: tuple[str, str, dict[str, Any], str]) -> None:
    old, asked, flags, seen = case
    name = f"val-{number}"
    text = config(f"{name}-a", seen="{{ .Values.a | default `-` }} {{ .Values.b | default `-` }} {{ .Values.d }}")
    ground.install(chart(text, values="d: old\n"), name, values=Config(raw=old))
    ground.upgrade(chart(text, values="d: new\n"), name, values=Config(raw=asked), **flags)
    # Old values that are kept come with the new chart's defaults, reused ones with the old chart's.
    if not flags and asked in ("", "{}\n"):
        seen = seen.replace("old", "new")
    assert ground.data(f"{name}-a") == {"seen": seen}


def test_the_record_stays_pending_while_hooks_run(ground: Ground) -> None:
    ground.install(chart(config("pend-a")), "pend")
    ground.transport.seen.clear()
    ground.upgrade(chart(config("pend-a"), config("pend-h", hooked("pre-upgrade"))), "pend")
    steps = [r for r in ground.transport.seen if r.method in {"POST", "PUT", "PATCH"}]
    records = [json.loads(r.body)["metadata"]["labels"]["STATUS"] for r in steps if b'"TILLER"' in r.body]
    assert records[0] == "PENDING_UPGRADE"
    assert sorted(records[1:]) == ["DEPLOYED", "SUPERSEDED"]
    first = next(i for i, r in enumerate(steps) if b"PENDING_UPGRADE" in r.body)
    hook = next(i for i, r in enumerate(steps) if b"pend-h" in r.body and b'"TILLER"' not in r.body)
    assert first < hook


@pytest.mark.parametrize("event", ["pre-upgrade", "post-upgrade"])
def test_a_failed_hook_leaves_the_revision_failed_and_nothing_blocked(ground: Ground, event: str) -> None:
    name = f"hk-{event}"
    ground.install(chart(config(f"{name}-a", v="1")), name)
    made = chart(config(f"{name}-a", v="2"), job(f"{name}-h", hooked(event, "hook-failed"), fails=True))
    assert refusal(ground.upgrade, made, name) == "Job failed: BackoffLimitExceeded"
    assert ground.statuses(name) == {1: "DEPLOYED", 2: "FAILED"}
    assert ground.data(f"{name}-a") == {"v": "1" if event == "pre-upgrade" else "2"}
    assert ground.upgrade(chart(config(f"{name}-a", v="3")), name).version == 3


def test_an_object_that_was_not_of_the_release_stops_the_upgrade(ground: Ground) -> None:
    ground.install(chart(config("own-1")), "own")
    ground.make("configmaps/own-2", {"metadata": {"name": "own-2"}})
    text = refusal(ground.upgrade, chart(config("own-1"), config("own-2", v="1")), "own")
    assert text == (
        f'kind ConfigMap with the name "own-2" in "{ground.namespace}" already exists in the cluster and wasn\'t '
        "defined in the previous release. Before upgrading, please either delete the resource from the cluster or "
        "remove it from the chart"
    )
    assert ground.data("own-2") is None


def test_an_object_that_went_missing_is_made_again(ground: Ground) -> None:
    made = chart(config("back-a", v="1"))
    ground.install(made, "back")
    ground.remove("configmaps/back-a")
    ground.upgrade(made, "back")
    assert ground.data("back-a") == {"v": "1"}


def test_objects_are_matched_by_name_namespace_and_kind(ground: Ground) -> None:
    old = manifest(
        "autoscaling/v1", "HorizontalPodAutoscaler", "match-h", spec=_scaled(targetCPUUtilizationPercentage=50)
    )
    new = manifest("autoscaling/v2", "HorizontalPodAutoscaler", "match-h", spec=_scaled())
    ground.install(chart(old), "match")
    before = ground.get("autoscaling/v2/horizontalpodautoscalers/match-h")
    ground.upgrade(chart(new), "match")
    after = ground.get("autoscaling/v2/horizontalpodautoscalers/match-h")
    assert before is not None
    assert after is not None
    assert before["metadata"]["uid"] == after["metadata"]["uid"]


def _scaled(**more: Any) -> dict[str, Any]:
    return {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}, **more}


def test_fields_and_list_items_that_the_new_manifest_lacks_go(ground: Ground) -> None:
    def text(*names: str, **extra: Any) -> str:
        ports = [{"name": name, "port": 80 + i} for i, name in enumerate(names)]
        return service("less-s", ports=ports, **extra)

    ground.install(chart(text("a", "b", sessionAffinity="ClientIP"), config("less-a", x="1", y="2")), "less")
    ground.upgrade(chart(text("a"), config("less-a", x="1")), "less")
    found = ground.get("services/less-s")
    assert found is not None
    assert [port["name"] for port in found["spec"]["ports"]] == ["a"]
    assert found["spec"]["sessionAffinity"] == "None"
    assert ground.data("less-a") == {"x": "1"}


def test_what_was_upgraded_is_as_if_it_had_been_made_so(ground: Ground) -> None:
    ground.install(chart(*everything("as-it", full=True)), "as-it")
    ground.upgrade(chart(*everything("as-it", full=False)), "as-it")
    ground.install(chart(*everything("as-new", full=False)), "as-new")
    for place in PLACES:
        upgraded, new = (settled(ground.get(f"{place}/{each}")) for each in ("as-it", "as-new"))
        assert json.loads(json.dumps(upgraded).replace("as-it", "as-new")) == new, place
    ground.rollback("as-it", 1)
    ground.purge("as-it")
    ground.purge("as-new")


def test_fields_of_others_stay(ground: Ground) -> None:
    made = workload("Deployment", "oth-d", replicas=None, ready=False)
    ground.install(chart(made), "oth")
    ground.change(
        "apps/v1/deployments/oth-d", {"metadata": {"annotations": {"their": "note"}}, "spec": {"replicas": 3}}
    )
    sidecar = [{"op": "add", "path": "/spec/template/spec/containers/-", "value": {"name": "side", "image": "busybox"}}]
    path = f"{ground.path('apps/v1/deployments/oth-d')}?fieldManager=injector"
    assert ground.send("PATCH", path, sidecar, "application/json-patch+json").status == 200
    ground.upgrade(chart(made.replace('"app": "oth-d"}}}', '"app": "oth-d", "more": "label"}}}')), "oth")
    found = ground.get("apps/v1/deployments/oth-d")
    assert found is not None
    assert found["spec"]["replicas"] == 3
    assert found["metadata"]["annotations"]["their"] == "note"
    assert [each["name"] for each in found["spec"]["template"]["spec"]["containers"]] == ["c", "side"]


@pytest.mark.parametrize("kind", ["configmaps", "secrets"])
def test_what_others_write_between_revisions_stays_and_what_is_ours_follows_the_manifest(
    ground: Ground, kind: str
) -> None:
    name = f"turns-{kind[0]}"

    def revision(**data: str) -> Any:
        made = {key: said(value) for key, value in data.items()}
        return chart(manifest("v1", "Secret" if kind == "secrets" else "ConfigMap", name, data=made))

    def data() -> dict[str, str]:
        found = (ground.get(f"{kind}/{name}") or {}).get("data") or {}
        return {key: b64decode(value).decode() if kind == "secrets" else value for key, value in found.items()}

    def said(text: str) -> str:
        return b64encode(text.encode()).decode() if kind == "secrets" else text

    ground.install(revision(a="1", b="1", c="1"), name)
    ground.upgrade(revision(a="2", b="1"), name)
    assert data() == {"a": "2", "b": "1"}
    ground.change(f"{kind}/{name}", {"data": {"a": said("drifted"), "theirs": said("x")}})
    ground.upgrade(revision(a="3"), name)
    assert data() == {"a": "3", "theirs": "x"}
    ground.upgrade(revision(a="4", d="4"), name)
    assert data() == {"a": "4", "d": "4", "theirs": "x"}
    ground.change(f"{kind}/{name}", {"data": {"theirs": None}})
    ground.upgrade(revision(d="5"), name)
    assert data() == {"d": "5"}
    ground.upgrade(revision(e="6"), name)
    assert data() == {"e": "6"}
    found = ground.get(f"{kind}/{name}")
    assert found is not None
    assert {each["manager"] for each in found["metadata"]["managedFields"]} == {"tiller"}


@pytest.mark.parametrize("number", [1, 5])  # of five a list tells the metadata alone
def test_what_a_limit_range_gave_a_pod_stays(ground: Ground, number: int) -> None:
    limits = {"limits": [{"type": "Container", "default": {"cpu": "100m"}}]}
    name = f"limited-{number}"
    names = [f"{name}-{count}" for count in range(number)]
    ground.install(chart(manifest("v1", "LimitRange", name, spec=limits)), f"{name}-range")
    try:
        ground.install(chart(*map(pod, names)), name)
        ground.upgrade(chart(*(pod(each, {"a": "b"}) for each in names)), name)
    finally:
        ground.delete(f"{name}-range")
    found = ground.get(f"pods/{names[-1]}")
    assert found is not None
    assert found["metadata"]["annotations"]["a"] == "b"


def test_drift_of_what_the_manifest_names_is_repaired(ground: Ground) -> None:
    made = chart(config("drift-a", v="1"))
    ground.install(made, "drift")
    ground.change("configmaps/drift-a", {"data": {"v": "changed", "w": "added"}})
    ground.upgrade(made, "drift")
    assert ground.data("drift-a") == {"v": "1", "w": "added"}


def test_refused_changes_are_collected(ground: Ground) -> None:
    def text(name: str, key: str) -> str:
        return manifest("v1", "Secret", name, immutable=True, stringData={"k": key})

    ground.install(chart(text("many-a", "1"), text("many-b", "1"), config("many-c", v="1")), "many")
    bad = chart(text("many-a", "2"), text("many-b", "2"), config("many-c", v="2"))
    text_ = refusal(ground.upgrade, bad, "many")
    assert text_.count(" && ") == 1
    assert 'Secret "many-a" is invalid: data: Forbidden: field is immutable when `immutable` is set' in text_
    assert 'Secret "many-b" is invalid' in text_
    assert ground.data("many-c") == {"v": "2"}


def test_force_replaces_what_cannot_be_changed(ground: Ground) -> None:
    def text(label: str) -> str:
        return job("force-j").replace(
            '"metadata": {"annotations": {}}', f'"metadata": {{"labels": {{"l": "{label}"}}}}'
        )

    ground.install(chart(text("1")), "force")
    before = ground.get("batch/v1/jobs/force-j")
    assert 'Job.batch "force-j" is invalid: spec.template' in refusal(ground.upgrade, chart(text("2")), "force")
    ground.upgrade(chart(text("2")), "force", force=True)
    after = ground.get("batch/v1/jobs/force-j")
    assert before is not None
    assert after is not None
    assert before["metadata"]["uid"] != after["metadata"]["uid"]
    assert after["spec"]["template"]["metadata"]["labels"]["l"] == "2"


def test_force_makes_a_failed_release_anew(ground: Ground) -> None:
    refusal(ground.install, chart(config("anew-a"), manifest("v1", "Service", "anew-s", spec={"ports": [{}]})), "anew")
    assert ground.statuses("anew") == {1: "FAILED"}
    made = chart(
        config("anew-a", v="2"),
        config("anew-pd", hooked("pre-install")),
    )
    assert ground.upgrade(made, "anew", force=True).version == 2
    assert ground.data("anew-a") == {"v": "2"}
    assert ground.get("configmaps/anew-pd") is not None
    assert ground.statuses("anew") == {1: "DELETED", 2: "DEPLOYED"}


def pods_of(ground: Ground, app: str) -> dict[str, str]:
    path = f"/api/v1/namespaces/{ground.namespace}/pods?labelSelector=app={app}"
    items = ground.send("GET", path).json()["items"]
    return {p["metadata"]["uid"]: p["metadata"]["name"] for p in items if "deletionTimestamp" not in p["metadata"]}


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_recreate_replaces_the_pods(ground: Ground, kind: str) -> None:
    name = f"rec-{kind.lower()}"
    made = chart(workload(kind, name))
    ground.install(made, name)
    ground.until(lambda: len(pods_of(ground, name)) == 1)
    before = pods_of(ground, name)
    ground.upgrade(made, name)
    assert pods_of(ground, name) == before
    ground.upgrade(made, name, recreate=True)
    ground.until(lambda: len(pods_of(ground, name)) == 1 and not before.keys() & pods_of(ground, name).keys())


def test_what_is_kept_outlives_its_manifest(ground: Ground) -> None:
    keep = {"helm.sh/resource-policy": "keep"}
    gone = {"helm.sh/resource-policy": "delete"}
    ground.install(chart(config("keep-a", keep), config("keep-b", gone), config("keep-c")), "keep")
    ground.upgrade(chart(config("keep-c")), "keep")
    assert ground.get("configmaps/keep-a") is not None
    assert ground.get("configmaps/keep-b") is None


def test_what_cannot_be_deleted_is_left_and_no_error(ground: Ground) -> None:
    ground.install(chart(config("orph-a"), config("orph-b")), "orph")
    ground.transport.refuse("DELETE", "configmaps/orph-b")
    assert ground.upgrade(chart(config("orph-a")), "orph").status == StatusCode.DEPLOYED
    assert ground.get("configmaps/orph-b") is not None


def test_cleanup_on_fail_takes_away_what_this_upgrade_made(ground: Ground) -> None:
    ground.install(chart(config("cof-a")), "cof")
    bad = chart(config("cof-a"), config("cof-b"), pod("cof-p", ready=False))
    text = refusal(ground.upgrade, bad, "cof", wait=True, timeout=2, cleanup_on_fail=True)
    assert text == "timed out waiting for the condition"
    assert ground.get("configmaps/cof-a") is not None
    assert ground.get("configmaps/cof-b") is None
    ground.gone("pods/cof-p")
    refusal(ground.upgrade, bad, "cof", wait=True, timeout=1)
    assert ground.get("configmaps/cof-b") is not None


def test_a_dry_run_of_an_upgrade_changes_nothing(ground: Ground) -> None:
    ground.install(chart(config("updry-a", v="1")), "updry")
    made = ground.upgrade(chart(config("updry-a", v="2")), "updry", dry_run=True)
    assert describe(made) == "Dry run complete"
    assert made.version == 2
    assert ground.data("updry-a") == {"v": "1"}
    assert ground.statuses("updry") == {1: "DEPLOYED"}


def test_an_unknown_kind_fails_before_any_record(ground: Ground) -> None:
    ground.install(chart(config("napi-a")), "napi")
    text = refusal(ground.upgrade, chart(config("napi-a"), manifest("none.example/v1", "Nothing", "n")), "napi")
    assert text == 'unable to recognize "": no matches for kind "Nothing" in version "none.example/v1"'
    assert ground.statuses("napi") == {1: "DEPLOYED"}


def test_history_is_pruned_to_its_limit_and_spares_the_deployed_one(ground: Ground) -> None:
    ground.env.storage.max_history = 3
    try:
        ground.install(chart(config("hist-a")), "hist")
        for _ in range(3):
            refusal(
                ground.upgrade,
                chart(config("hist-a"), "# none\n", manifest("v1", "Service", "hs", spec={"ports": [{}]})),
                "hist",
            )
        assert ground.statuses("hist") == {1: "DEPLOYED", 3: "FAILED", 4: "FAILED"}
        ground.upgrade(chart(config("hist-a")), "hist")
        assert sorted(ground.statuses("hist")) == [1, 4, 5]
        ground.upgrade(chart(config("hist-a")), "hist")
        assert sorted(ground.statuses("hist")) == [4, 5, 6]
    finally:
        ground.env.storage.max_history = 0


def test_a_field_that_forbids_the_defaults_of_another_is_taken(ground: Ground) -> None:
    def made(probe: dict[str, Any], **more: Any) -> str:
        found = json.loads(workload("Deployment", "uni-d", ready=False, **more))
        found["spec"]["template"]["spec"]["containers"][0]["livenessProbe"] = probe
        return json.dumps(found)

    one = chart(made({"httpGet": {"path": "/", "port": 80}}))
    two = chart(made({"tcpSocket": {"port": 80}}, strategy={"type": "Recreate"}))
    ground.install(one, "uni")
    for each in (one, two, one, two):
        ground.upgrade(each, "uni")
    found = ground.get("apps/v1/deployments/uni-d")
    assert found is not None
    assert found["spec"]["strategy"] == {"type": "Recreate"}
    probe = found["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]
    assert "httpGet" not in probe
    assert probe["tcpSocket"] == {"port": 80}
