"""From rendered text to objects: splitting, order, batches, namespaces, kinds found by discovery."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from helmpy.chart.model import File
from tests.compat.clusters import Ground, refusal
from tests.compat.conformance.manifests import config, definition, manifest, pod, service, widget, workload
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]


def made(ground: Ground, part: str) -> list[str]:
    """Kinds of the created objects whose name holds ``part``, in order."""
    bodies = [json.loads(r.body) for r in ground.transport.seen if r.method == "POST" and b"TILLER" not in r.body]
    return [str(body["kind"]) for body in bodies if part in body.get("metadata", {}).get("name", "")]


def test_objects_are_created_in_install_order(ground: Ground) -> None:
    rbac = "rbac.authorization.k8s.io/v1"
    role = f"{ground.namespace}-ord"
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "ord-r"}
    backend = {"service": {"name": "ord-s", "port": {"number": 80}}}
    documents = [
        manifest("networking.k8s.io/v1", "Ingress", "ord-i", spec={"defaultBackend": backend}),
        workload("Deployment", "ord-d"),
        workload("StatefulSet", "ord-ss"),
        manifest("batch/v1", "CronJob", "ord-cj", spec=_cron()),
        service("ord-s"),
        manifest(rbac, "RoleBinding", "ord-rb", roleRef=ref, subjects=[]),
        manifest(rbac, "Role", "ord-r", rules=[]),
        manifest(rbac, "ClusterRole", role, rules=[]),
        manifest("v1", "ServiceAccount", "ord-sa"),
        config("ord-cm"),
        manifest("v1", "Secret", "ord-se"),
        manifest("policy/v1", "PodDisruptionBudget", "ord-pdb", spec={"minAvailable": 0}),
        manifest("v1", "LimitRange", "ord-lr", spec={"limits": []}),
        manifest("v1", "ResourceQuota", "ord-rq", spec={"hard": {"services": "100"}}),
        manifest("networking.k8s.io/v1", "NetworkPolicy", "ord-np", spec={"podSelector": {"matchLabels": {"x": "y"}}}),
        manifest("coordination.k8s.io/v1", "Lease", "ord-l", spec={}),
    ]
    release = ground.install(chart(*documents), "ord")
    assert made(ground, "ord") == [
        "NetworkPolicy", "ResourceQuota", "LimitRange", "PodDisruptionBudget", "Secret", "ConfigMap", "ServiceAccount",
        "ClusterRole", "Role", "RoleBinding", "Service", "Deployment", "StatefulSet", "CronJob", "Ingress", "Lease",
    ]  # fmt: skip
    sources = [line for line in release.manifest.splitlines() if line.startswith("# Source: ")]
    assert sources[0] == "# Source: web/templates/14.yaml"
    assert release.manifest.startswith('\n---\n# Source: web/templates/14.yaml\n{"apiVersion"')
    ground.purge("ord")


def _cron() -> dict[str, object]:
    template = {"spec": json.loads(pod("x", once=True))["spec"]}
    return {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": template}}}


def test_documents_are_split_at_their_dashes(ground: Ground) -> None:
    text = f"\n---\n{config('split-a')}\n---\n# only a comment\n---\n{config('split-b')}\n---"
    release = ground.install(chart(text), "split")
    assert ground.get("configmaps/split-a") is not None
    assert ground.get("configmaps/split-b") is not None
    assert release.manifest.count("# Source: ") == 3  # the comment stays, as in Helm 2


def test_partials_and_notes_are_no_manifests(ground: Ground) -> None:
    base = chart(config("part-a", v="{{ include `v` . }}"), notes="not: [yaml")
    partial = File("templates/_v.tpl", b'{{ define "v" }}from the partial{{ end }}\nnot: [yaml')
    release = ground.install(replace(base, templates=(*base.templates, partial)), "part")
    assert ground.data("part-a") == {"v": "from the partial"}
    assert "not: [yaml" not in release.manifest


def test_a_list_is_its_items(ground: Ground) -> None:
    items = [json.loads(config("list-a")), json.loads(config("list-b"))]
    ground.install(chart(json.dumps({"apiVersion": "v1", "kind": "List", "items": items})), "list")
    assert ground.get("configmaps/list-a") is not None
    ground.upgrade(chart(json.dumps({"apiVersion": "v1", "kind": "List", "items": items[1:]})), "list")
    assert ground.get("configmaps/list-a") is None
    ground.delete("list")
    assert ground.get("configmaps/list-b") is None


def test_objects_of_one_kind_come_together_and_the_next_kind_after_them(ground: Ground) -> None:
    documents = [text for i in range(6) for text in (config(f"bat-c{i}"), service(f"bat-s{i}"))]
    ground.install(chart(*documents), "bat")
    assert made(ground, "bat-") == ["ConfigMap"] * 6 + ["Service"] * 6


def test_an_error_of_one_kind_stops_the_next_but_not_its_own(ground: Ground) -> None:
    ground.make("configmaps/stop-1", {"metadata": {"name": "stop-1"}})
    text = refusal(
        ground.install, chart(config("stop-0"), config("stop-1"), config("stop-2"), service("stop-s")), "stop"
    )
    assert text == 'release stop failed: configmaps "stop-1" already exists'
    assert ground.get("configmaps/stop-0") is not None
    assert ground.get("configmaps/stop-2") is not None
    assert ground.get("services/stop-s") is None


DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def undefine(ground: Ground, group: str) -> None:
    """Remove a kind, and wait until discovery knows: what comes after must not find it going."""
    ground.send("DELETE", f"{DEFINITIONS}/widgets.{group}")
    ground.until(lambda: group.encode() not in ground.send("GET", "/apis").body)


def test_a_kind_that_discovery_lacked_is_looked_for_again(ground: Ground) -> None:
    group = f"late.{ground.namespace}.example"
    ground.install(chart(config("late-a")), "late")  # discovery is cached by now
    crd = json.loads(definition(group))
    assert ground.send("POST", DEFINITIONS, crd).status == 201
    ground.until(lambda: ground.send("GET", f"/apis/{group}/v1").status == 200)
    ground.upgrade(chart(config("late-a"), widget(group, "late-w", size=1)), "late")
    found = ground.get(f"{group}/v1/widgets/late-w")
    assert found is not None
    assert found["spec"] == {"size": 1}
    ground.upgrade(chart(config("late-a"), widget(group, "late-w", size=2, extra=[1])), "late")
    ground.upgrade(chart(config("late-a"), widget(group, "late-w", size=2)), "late")
    found = ground.get(f"{group}/v1/widgets/late-w")
    assert found is not None
    assert found["spec"] == {"size": 2}
    ground.purge("late")
    undefine(ground, group)


def test_discovery_is_cached_and_only_asked_whether_it_still_holds(ground: Ground) -> None:
    ground.install(chart(config("cach-a")), "cach")
    ground.transport.seen.clear()
    ground.upgrade(chart(config("cach-a")), "cach")
    asked = [
        request
        for request in ground.transport.seen
        if request.path.startswith(("/api", "/apis")) and request.path.count("/") == 1
    ]
    assert [request.path for request in asked] == ["/api", "/apis"]
    for request in asked:
        answer = ground.transport.send(request)
        assert (answer.status, answer.body) == (304, b"")


def test_capabilities_are_those_of_the_moment(ground: Ground) -> None:
    group = f"now.{ground.namespace}.example"
    made = chart(config("now-a", seen=f"{{{{ .Capabilities.APIVersions.Has `{group}/v1/Widget` }}}}"))
    ground.install(made, "now")
    assert ground.data("now-a") == {"seen": "false"}
    assert ground.send("POST", DEFINITIONS, json.loads(definition(group))).status == 201
    ground.until(lambda: group.encode() in ground.send("GET", "/apis").body)
    ground.until(lambda: "true" in ground.upgrade(made, "now", dry_run=True).manifest)
    ground.upgrade(made, "now")
    assert ground.data("now-a") == {"seen": "true"}
    undefine(ground, group)


def test_a_kind_that_went_is_no_longer_taken_for_served(ground: Ground) -> None:
    group = f"went.{ground.namespace}.example"
    assert ground.send("POST", DEFINITIONS, json.loads(definition(group))).status == 201
    ground.until(lambda: group.encode() in ground.send("GET", "/apis").body)
    ground.install(chart(config("went-a"), widget(group, "went-w")), "went")
    undefine(ground, group)
    again = chart(config("gone-a"), widget(group, "gone-w"))
    assert 'no matches for kind "Widget"' in refusal(ground.install, again, "gone")
    ground.delete("went")
    assert ground.statuses("went") == {1: "DELETED"}
    assert ground.get("v1/configmaps/went-a") is None


def test_objects_of_a_version_that_is_no_longer_served_are_found_in_another(ground: Ground) -> None:
    group = f"moved.{ground.namespace}.example"
    crd = json.loads(definition(group))
    (first,) = crd["spec"]["versions"]
    crd["spec"]["versions"] = [first, {**first, "name": "v2", "storage": False}]
    assert ground.send("POST", DEFINITIONS, crd).status == 201
    ground.until(lambda: ground.send("GET", f"/apis/{group}/v2").status == 200)
    ground.install(chart(config("mo-a"), widget(group, "mo-w"), widget(group, "mo-x")), "mo")
    both = [{**first, "served": False, "storage": False}, {**first, "name": "v2"}]
    patch = {"spec": {"versions": both}}
    assert ground.send("PATCH", f"{DEFINITIONS}/widgets.{group}", patch, "application/merge-patch+json").status == 200
    ground.until(lambda: ground.send("GET", f"/apis/{group}/v1").status == 404)
    ground.upgrade(chart(config("mo-a"), widget(group, "mo-x").replace("/v1", "/v2")), "mo")
    assert ground.get(f"{group}/v2/widgets/mo-w") is None
    assert ground.get(f"{group}/v2/widgets/mo-x") is not None
    ground.rollback("mo", 2)
    ground.purge("mo")
    assert ground.get(f"{group}/v2/widgets/mo-x") is None
    undefine(ground, group)


def test_numbers_keep_their_form_on_the_way(ground: Ground) -> None:
    text = service("num-s", ports=[{"name": "a", "port": 80, "targetPort": "{{ .Values.port }}"}])
    ground.install(chart(text.replace('"{{ .Values.port }}"', "{{ .Values.port }}"), values="port: 8080\n"), "num")
    found = ground.get("services/num-s")
    assert found is not None
    assert found["spec"]["ports"][0]["targetPort"] == 8080
