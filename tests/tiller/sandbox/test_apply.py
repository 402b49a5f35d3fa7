"""Server-side apply: merging, ownership, conflicts, removal; and who owns what after other writes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

APPS = "/apis/apps/v1/namespaces/default/deployments"
SERVICES = "/api/v1/namespaces/default/services"
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"


def web(**container: Any) -> dict[str, Any]:
    labels = {"app": "web"}
    body = {"name": "c", "image": "nginx:1", **container}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [body]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }


def fields_of(obj: dict[str, Any], manager: str) -> Any:
    entries = [e for e in obj["metadata"]["managedFields"] if e["manager"] == manager]
    return entries[0]["fieldsV1"] if entries else None


def container_of(obj: dict[str, Any]) -> Any:
    return obj["spec"]["template"]["spec"]["containers"][0]


def test_apply_creates_and_owns_what_it_said(cluster: Any) -> None:
    made = cluster.apply(f"{APPS}/web", web(ports=[{"containerPort": 80}]))
    (entry,) = made["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"], entry["apiVersion"]) == ("me", "Apply", "apps/v1")
    inner = entry["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"c"}']
    assert inner == {
        ".": {},
        "f:image": {},
        "f:name": {},
        "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
    }
    assert "f:replicas" not in entry["fieldsV1"]["f:spec"]
    assert entry["fieldsV1"]["f:spec"]["f:selector"] == {}


def test_the_same_again_writes_nothing(cluster: Any) -> None:
    cluster.apply(f"{APPS}/web", web())
    before = cluster.get(f"{APPS}/web")["metadata"]["resourceVersion"]
    cluster.clock.now += 60
    assert cluster.apply(f"{APPS}/web", web())["metadata"]["resourceVersion"] == before


def test_what_is_no_longer_applied_goes(cluster: Any) -> None:
    full = web(ports=[{"containerPort": 80}, {"containerPort": 81}], env=[{"name": "A", "value": "1"}], command=["x"])
    full["metadata"]["labels"] = {"a": "b", "c": "d"}
    cluster.apply(f"{APPS}/web", full)
    less = web(ports=[{"containerPort": 81}])
    less["metadata"]["labels"] = {"c": "d"}
    now = cluster.apply(f"{APPS}/web", less)
    assert now["metadata"]["labels"] == {"c": "d"}
    assert container_of(now)["ports"] == [{"containerPort": 81, "protocol": "TCP"}]
    assert "env" not in container_of(now)
    assert "command" not in container_of(now)


def test_what_others_own_stays(cluster: Any) -> None:
    cluster.apply(f"{APPS}/web", web(env=[{"name": "A", "value": "1"}]))
    sidecar = web()
    sidecar["spec"]["template"]["spec"]["containers"] = [{"name": "side", "image": "s:1"}]
    both = cluster.apply(f"{APPS}/web", sidecar, "other")
    assert [c["name"] for c in both["spec"]["template"]["spec"]["containers"]] == ["c", "side"]
    now = cluster.apply(f"{APPS}/web", web())
    assert [c["name"] for c in now["spec"]["template"]["spec"]["containers"]] == ["c", "side"]
    assert "env" not in container_of(now)


def test_shared_fields_survive_one_owner(cluster: Any) -> None:
    labelled = web()
    labelled["metadata"]["labels"] = {"a": "b"}
    cluster.apply(f"{APPS}/web", labelled)
    cluster.apply(f"{APPS}/web", labelled, "other")
    assert cluster.apply(f"{APPS}/web", web())["metadata"]["labels"] == {"a": "b"}
    assert "labels" not in cluster.apply(f"{APPS}/web", web(), "other")["metadata"]


def test_one_conflict(cluster: Any) -> None:
    cluster.apply(f"{APPS}/web", web())
    status = cluster.refused("PATCH", f"{APPS}/web?fieldManager=other", web(image="nginx:2"), APPLY)
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert status["message"] == (
        'Apply failed with 1 conflict: conflict with "me": .spec.template.spec.containers[name="c"].image'
    )
    assert status["details"]["causes"] == [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "me"',
            "field": '.spec.template.spec.containers[name="c"].image',
        }
    ]


def test_conflicts_with_an_updater(cluster: Any) -> None:
    cluster.ok("POST", APPS, {**web(), "metadata": {"name": "web", "labels": {"a": "1"}}}, user_agent="kubectl/v1.20")
    wanted = web(image="nginx:2")
    wanted["metadata"]["labels"] = {"a": "2"}
    status = cluster.refused("PATCH", f"{APPS}/web?fieldManager=me", wanted, APPLY)
    assert status["message"] == (
        'Apply failed with 2 conflicts: conflicts with "kubectl" using apps/v1:\n'
        '- .metadata.labels.a\n- .spec.template.spec.containers[name="c"].image'
    )


def test_force_takes_over(cluster: Any) -> None:
    cluster.apply(f"{APPS}/web", web())
    now = cluster.apply(f"{APPS}/web", web(image="nginx:2"), "other", force=True)
    assert container_of(now)["image"] == "nginx:2"
    containers = fields_of(now, "me")["f:spec"]["f:template"]["f:spec"]["f:containers"]
    assert containers == {'k:{"name":"c"}': {".": {}, "f:name": {}}}
    status = cluster.refused("PATCH", f"{APPS}/web?fieldManager=me", web(), APPLY)
    assert 'conflict with "other"' in status["message"]


def test_drift_is_repaired(cluster: Any) -> None:
    cluster.apply(f"{APPS}/web", web())
    edit = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "hand:1"}]}}}}
    cluster.ok("PATCH", f"{APPS}/web", edit, "application/strategic-merge-patch+json", user_agent="kubectl/v1")
    assert fields_of(cluster.get(f"{APPS}/web"), "kubectl") is not None
    now = cluster.apply(f"{APPS}/web", web(), force=True)
    assert container_of(now)["image"] == "nginx:1"
    assert fields_of(now, "kubectl") is None


def test_service_ports_are_told_apart_by_port_and_protocol(cluster: Any) -> None:
    def service(*ports: dict[str, Any]) -> dict[str, Any]:
        spec = {"selector": {"a": "b"}, "ports": list(ports)}
        return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec}

    tcp, udp = {"name": "t", "port": 53, "protocol": "TCP"}, {"name": "u", "port": 53, "protocol": "UDP"}
    cluster.apply(f"{SERVICES}/s", service(tcp, udp))
    now = cluster.apply(f"{SERVICES}/s", service(udp))
    assert [p["name"] for p in now["spec"]["ports"]] == ["u"]
    assert now["spec"]["clusterIP"].startswith("10.")


def test_selectors_and_other_atomic_parts_are_replaced_whole(cluster: Any) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}}
    cluster.apply(f"{SERVICES}/s", {**service, "spec": {"ports": [{"port": 1}], "selector": {"a": "b"}}})
    now = cluster.apply(f"{SERVICES}/s", {**service, "spec": {"ports": [{"port": 1}], "selector": {"c": "d"}}})
    assert now["spec"]["selector"] == {"c": "d"}


ORDERS = [
    (["a", "b"], ["b", "a"], ["b", "a"]),
    (["a", "b"], ["x", "a", "b"], ["x", "a", "b"]),
    (["a", "b", "c"], ["c"], ["c"]),
    ([], ["b", "a"], ["b", "a"]),
]


@pytest.mark.parametrize(("before", "after", "expected"), ORDERS)
def test_order_is_the_applier_s(cluster: Any, before: list[str], after: list[str], expected: list[str]) -> None:
    def with_inits(names: list[str]) -> dict[str, Any]:
        out = web()
        out["spec"]["template"]["spec"]["initContainers"] = [{"name": n, "image": "i:1"} for n in names]
        return out

    cluster.apply(f"{APPS}/web", with_inits(before))
    now = cluster.apply(f"{APPS}/web", with_inits(after))
    assert [c["name"] for c in now["spec"]["template"]["spec"]["initContainers"]] == expected


UNTYPED = [
    ({"spec": {"replica": 1}}, ".spec.replica: field not declared in schema"),
    ({"spec": {"replicas": "x"}}, ".spec.replicas: expected numeric (int or float), got string"),
    (
        {"spec": {"template": {"spec": {"containers": [{"name": "c", "imagee": "x"}]}}}},
        '.spec.template.spec.containers[name="c"].imagee: field not declared in schema',
    ),
    (
        {"spec": {"template": {"spec": {"containers": [{"name": "c"}, {"name": "c"}]}}}},
        '.spec.template.spec.containers: duplicate entries for key [name="c"]',
    ),
]


@pytest.mark.parametrize(("body", "words"), UNTYPED)
def test_a_configuration_that_breaks_the_schema(cluster: Any, body: dict[str, Any], words: str) -> None:
    config = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, **body}
    status = cluster.refused("PATCH", f"{APPS}/web?fieldManager=me", config, APPLY)
    assert status["code"] == 500
    assert "reason" not in status
    assert status["message"] == f"failed to create typed patch object (/web; apps/v1, Kind=Deployment): {words}"


def test_what_apply_needs(cluster: Any) -> None:
    status = cluster.refused("PATCH", f"{APPS}/web", web(), APPLY)
    assert (status["code"], "fieldManager: Required value: is required for apply patch" in status["message"]) == (
        422,
        True,
    )
    assert cluster.refused("PATCH", f"{APPS}/web?fieldManager=me", {"kind": "Deployment"}, APPLY)["code"] == 400
    marked = web()
    marked["metadata"]["managedFields"] = [{"manager": "x"}]
    assert (
        "managedFields must be nil" in cluster.refused("PATCH", f"{APPS}/web?fieldManager=me", marked, APPLY)["message"]
    )


def test_a_client_may_clear_the_owners(cluster: Any) -> None:
    made = cluster.apply(f"{APPS}/web", web())
    cleared = copy.deepcopy(made)
    cleared["metadata"].update(managedFields=[{}], resourceVersion="")
    now = cluster.ok("PUT", f"{APPS}/web", cleared, user_agent="tool/1")
    assert "managedFields" not in now["metadata"]


def test_removing_a_field_takes_it_from_its_owner(cluster: Any) -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"a": "1", "b": "2"}}
    where = "/api/v1/namespaces/default/configmaps/m"
    cluster.apply(where, config)
    now = cluster.ok("PATCH", where, {"data": {"a": None, "c": "3"}}, MERGE, user_agent="tool/1")
    assert fields_of(now, "me") == {"f:data": {"f:b": {}}}
    assert fields_of(now, "tool") == {"f:data": {"f:c": {}}}


def test_old_versions_apply_to_the_same_object(cluster: Any) -> None:
    cluster.apply(f"{APPS}/web", web())
    old = {**web(image="nginx:2"), "apiVersion": "extensions/v1beta1"}
    now = cluster.apply("/apis/extensions/v1beta1/namespaces/default/deployments/web", old)
    assert (now["apiVersion"], container_of(now)["image"]) == ("extensions/v1beta1", "nginx:2")
    assert container_of(cluster.get(f"{APPS}/web"))["image"] == "nginx:2"
