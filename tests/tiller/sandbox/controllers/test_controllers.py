"""Objects come true without waiting: pods run, workloads become ready, owners take their own along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

NS = "/api/v1/namespaces/default"
APPS = "/apis/apps/v1/namespaces/default"
BATCH = "/apis/batch/v1/namespaces/default"
MERGE = "application/merge-patch+json"


def template(policy: str = "", **annotations: str) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "containers": [{"name": "c", "image": "i:1", "ports": [{"containerPort": 80, "name": "web"}]}]
    }
    if policy:
        spec["restartPolicy"] = policy
    named = {k.replace("_", "-"): v for k, v in annotations.items()}
    marks = {f"sandbox.helmpy.dev/{k}": v for k, v in named.items()}
    return {"metadata": {"labels": {"app": "x"}, "annotations": marks}, "spec": spec}


def workload(name: str, *, spec: dict[str, Any] | None = None, **annotations: str) -> dict[str, Any]:
    body = {"selector": {"matchLabels": {"app": "x"}}, "template": template(**annotations), **(spec or {})}
    return {"metadata": {"name": name}, "spec": body}


def conditions(obj: Any) -> dict[str, str]:
    return {c["type"]: c["status"] for c in obj["status"]["conditions"]}


def test_a_deployment_is_ready_at_once(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", workload("d", spec={"replicas": 3}))
    status = cluster.get(f"{APPS}/deployments/d")["status"]
    assert (status["replicas"], status["readyReplicas"], status["updatedReplicas"]) == (3, 3, 3)
    assert status["observedGeneration"] == 1
    (replicas,) = cluster.get(f"{APPS}/replicasets")["items"]
    assert replicas["metadata"]["ownerReferences"][0]["name"] == "d"
    pods = cluster.get(f"{NS}/pods")["items"]
    assert {p["status"]["phase"] for p in pods} == {"Running"}
    assert all(conditions(p)["Ready"] == "True" for p in pods)
    assert len({p["status"]["podIP"] for p in pods}) == 3


def test_a_new_template_makes_a_new_replica_set(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", workload("d", spec={"replicas": 2}))
    change = {"spec": {"template": {"metadata": {"labels": {"v": "2"}}}}}
    cluster.ok("PATCH", f"{APPS}/deployments/d", change, MERGE)
    sizes = sorted(r["spec"]["replicas"] for r in cluster.get(f"{APPS}/replicasets")["items"])
    assert sizes == [0, 2]
    assert len(cluster.names(f"{NS}/pods")) == 2
    read = cluster.get(f"{APPS}/deployments/d")
    assert read["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    assert read["status"]["observedGeneration"] == read["metadata"]["generation"] == 2


def test_old_pods_stay_while_new_ones_never_turn_ready(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", workload("d"))
    marked = {"spec": {"template": {"metadata": {"annotations": {"sandbox.helmpy.dev/never-ready": "true"}}}}}
    cluster.ok("PATCH", f"{APPS}/deployments/d", marked, MERGE)
    assert len(cluster.names(f"{NS}/pods")) == 2
    status = cluster.get(f"{APPS}/deployments/d")["status"]
    assert (status["replicas"], status["updatedReplicas"], status["readyReplicas"]) == (2, 1, 1)


def test_recreate_removes_first(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", workload("d", spec={"strategy": {"type": "Recreate"}}))
    marked = {"spec": {"template": {"metadata": {"annotations": {"sandbox.helmpy.dev/never-ready": "true"}}}}}
    cluster.ok("PATCH", f"{APPS}/deployments/d", marked, MERGE)
    assert len(cluster.names(f"{NS}/pods")) == 1


@pytest.mark.parametrize(
    "mark", ["sandbox.helmpy.dev/never-ready", "test/never-ready", "sandbox.helmpy.dev/fail", "test/fail"]
)
def test_pods_that_are_told_not_to_be_ready(cluster: Any, mark: str) -> None:
    body = workload("d")
    body["spec"]["template"]["metadata"]["annotations"] = {mark: "true"}
    cluster.ok("POST", f"{APPS}/deployments", body)
    assert "readyReplicas" not in cluster.get(f"{APPS}/deployments/d")["status"]
    assert conditions(cluster.get(f"{APPS}/deployments/d"))["Available"] == "False"


def test_ready_after_a_while(new_cluster: Callable[..., Any]) -> None:
    cluster = new_cluster(ready_after=10.0)
    cluster.ok("POST", f"{APPS}/deployments", workload("d"))
    cluster.ok("POST", f"{BATCH}/jobs", {"metadata": {"name": "j"}, "spec": {"template": template("Never")}})
    cluster.clock.now += 9
    assert "readyReplicas" not in cluster.get(f"{APPS}/deployments/d")["status"]
    assert cluster.get(f"{BATCH}/jobs/j")["status"]["active"] == 1
    cluster.clock.now += 1
    assert cluster.get(f"{APPS}/deployments/d")["status"]["readyReplicas"] == 1
    assert conditions(cluster.get(f"{BATCH}/jobs/j")) == {"Complete": "True"}


def test_scale(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", workload("d"))
    scale = cluster.get(f"{APPS}/deployments/d/scale")
    assert (scale["spec"], scale["status"]) == ({"replicas": 1}, {"replicas": 1, "selector": "app=x"})
    cluster.ok("PUT", f"{APPS}/deployments/d/scale", {**scale, "spec": {"replicas": 4}, "metadata": {"name": "d"}})
    assert len(cluster.names(f"{NS}/pods")) == 4
    cluster.ok("PATCH", f"{APPS}/deployments/d/scale", {"spec": {"replicas": 0}}, MERGE)
    assert cluster.names(f"{NS}/pods") == []
    assert cluster.refused("PATCH", f"{APPS}/deployments/d/scale", {"spec": {"replicas": -1}}, MERGE)["code"] == 422


def test_no_workload_fills_the_machine(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/replicasets", workload("r", spec={"replicas": 100_000}))
    assert len(cluster.names(f"{NS}/pods")) == 250
    assert conditions(cluster.get(f"{APPS}/replicasets/r")) == {"ReplicaFailure": "True"}


def test_stateful_sets_number_their_pods_and_claim_volumes(cluster: Any) -> None:
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    body = workload("s", spec={"replicas": 2, "serviceName": "s", "volumeClaimTemplates": [claim]})
    body["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/d"}]
    cluster.ok("POST", f"{APPS}/statefulsets", body)
    assert cluster.names(f"{NS}/pods") == ["s-0", "s-1"]
    claims = cluster.get(f"{NS}/persistentvolumeclaims")["items"]
    assert [(c["metadata"]["name"], c["status"]["phase"]) for c in claims] == [
        ("data-s-0", "Bound"),
        ("data-s-1", "Bound"),
    ]
    assert len(cluster.names("/api/v1/persistentvolumes")) == 2
    status = cluster.get(f"{APPS}/statefulsets/s")["status"]
    assert (status["readyReplicas"], status["currentRevision"]) == (2, status["updateRevision"])
    cluster.ok("PATCH", f"{APPS}/statefulsets/s", {"spec": {"template": {"metadata": {"labels": {"v": "2"}}}}}, MERGE)
    assert all(p["metadata"]["labels"]["v"] == "2" for p in cluster.get(f"{NS}/pods")["items"])
    cluster.ok("DELETE", f"{APPS}/statefulsets/s")
    assert cluster.names(f"{NS}/pods") == []
    assert cluster.names(f"{NS}/persistentvolumeclaims") == ["data-s-0", "data-s-1"]


def test_ordered_pods_wait_for_each_other(cluster: Any) -> None:
    cluster.ok(
        "POST", f"{APPS}/statefulsets", workload("s", spec={"replicas": 3, "serviceName": "s"}, never_ready="true")
    )
    assert cluster.names(f"{NS}/pods") == ["s-0"]
    body = workload(
        "p", spec={"replicas": 3, "serviceName": "s", "podManagementPolicy": "Parallel"}, never_ready="true"
    )
    cluster.ok("POST", f"{APPS}/statefulsets", body)
    assert cluster.names(f"{NS}/pods") == ["p-0", "p-1", "p-2", "s-0"]


def test_daemon_sets_run_where_the_node_fits(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/daemonsets", workload("d"))
    assert cluster.get(f"{APPS}/daemonsets/d")["status"]["numberReady"] == 1
    other = workload("o")
    other["spec"]["template"]["spec"]["nodeSelector"] = {"gpu": "yes"}
    cluster.ok("POST", f"{APPS}/daemonsets", other)
    assert cluster.get(f"{APPS}/daemonsets/o")["status"]["desiredNumberScheduled"] == 0


def test_replication_controllers(cluster: Any) -> None:
    body = {"metadata": {"name": "r"}, "spec": {"replicas": 2, "template": template()}}
    cluster.ok("POST", f"{NS}/replicationcontrollers", body)
    assert cluster.get(f"{NS}/replicationcontrollers/r")["status"]["readyReplicas"] == 2


def test_jobs_complete(cluster: Any) -> None:
    body = {"metadata": {"name": "j"}, "spec": {"completions": 3, "parallelism": 2, "template": template("OnFailure")}}
    cluster.ok("POST", f"{BATCH}/jobs", body)
    read = cluster.get(f"{BATCH}/jobs/j")
    assert (read["status"]["succeeded"], conditions(read)) == (3, {"Complete": "True"})
    assert read["spec"]["template"]["metadata"]["labels"]["job-name"] == "j"
    assert {p["status"]["phase"] for p in cluster.get(f"{NS}/pods")["items"]} == {"Succeeded"}
    cluster.ok("DELETE", f"{BATCH}/jobs/j")
    assert cluster.names(f"{NS}/pods") == []


def test_jobs_fail(cluster: Any) -> None:
    body = {"metadata": {"name": "j"}, "spec": {"backoffLimit": 2, "template": template("Never", fail="true")}}
    cluster.ok("POST", f"{BATCH}/jobs", body)
    read = cluster.get(f"{BATCH}/jobs/j")
    assert (read["status"]["failed"], conditions(read)) == (3, {"Failed": "True"})
    assert read["status"]["conditions"][0]["reason"] == "BackoffLimitExceeded"


def test_jobs_have_a_deadline(cluster: Any) -> None:
    body = {
        "metadata": {"name": "j"},
        "spec": {"activeDeadlineSeconds": 9, "template": template("Never", never_ready="true")},
    }
    cluster.ok("POST", f"{BATCH}/jobs", body)
    cluster.clock.now += 8
    assert cluster.get(f"{BATCH}/jobs/j")["status"]["active"] == 1
    cluster.clock.now += 2
    read = cluster.get(f"{BATCH}/jobs/j")
    assert (read["status"]["failed"], conditions(read)) == (1, {"Failed": "True"})
    assert read["status"]["conditions"][0]["reason"] == "DeadlineExceeded"
    assert cluster.names(f"{NS}/pods") == []


@pytest.mark.parametrize(
    ("names", "reason", "taken"),
    [
        ({"kind": "Widget"}, "KindConflict", "Widget"),
        ({"kind": "Other", "listKind": "WidgetList"}, "ListKindConflict", "WidgetList"),
        ({"kind": "Other", "singular": "widget"}, "SingularConflict", "widget"),
        ({"kind": "Other", "shortNames": ["w"]}, "ShortNamesConflict", "w"),
    ],
)
def test_names_of_another_definition_are_not_accepted(
    cluster: Any, names: dict[str, Any], reason: str, taken: str
) -> None:
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    def definition(**names: Any) -> dict[str, Any]:
        version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        spec = {"group": "example.org", "scope": "Namespaced", "names": names, "versions": [version]}
        return {"metadata": {"name": f"{names['plural']}.example.org"}, "spec": spec}

    cluster.ok("POST", path, definition(plural="widgets", singular="widget", kind="Widget", shortNames=["w"]))
    second = {"plural": "gadgets", "singular": "gadget", "listKind": "Gadgets", **names}
    cluster.ok("POST", path, definition(**second))
    read = cluster.get(f"{path}/gadgets.example.org")
    assert conditions(read) == {"NamesAccepted": "False", "Established": "False"}
    said = read["status"]["conditions"][0]
    assert (said["reason"], said["message"]) == (reason, f'"{taken}" is already in use')
    assert conditions(cluster.get(f"{path}/widgets.example.org")) == {"NamesAccepted": "True", "Established": "True"}


def test_finished_jobs_expire(cluster: Any) -> None:
    body = {"metadata": {"name": "j"}, "spec": {"ttlSecondsAfterFinished": 60, "template": template("Never")}}
    cluster.ok("POST", f"{BATCH}/jobs", body)
    cluster.clock.now += 59
    assert cluster.names(f"{BATCH}/jobs") == ["j"]
    cluster.clock.now += 1
    assert cluster.names(f"{BATCH}/jobs") == []


@pytest.mark.parametrize(
    ("policy", "fail", "phase"), [("Never", "", "Succeeded"), ("Never", "true", "Failed"), ("Always", "", "Running")]
)
def test_bare_pods(cluster: Any, policy: str, fail: str, phase: str) -> None:
    marks = {"fail": fail} if fail else {}
    cluster.ok(
        "POST",
        f"{NS}/pods",
        {"metadata": {"name": "p", **template(policy, **marks)["metadata"]}, "spec": template(policy)["spec"]},
    )
    assert cluster.get(f"{NS}/pods/p")["status"]["phase"] == phase


def test_services_find_their_pods(cluster: Any) -> None:
    cluster.ok(
        "POST",
        f"{NS}/services",
        {"metadata": {"name": "s"}, "spec": {"selector": {"app": "x"}, "ports": [{"port": 8080, "targetPort": "web"}]}},
    )
    assert cluster.get(f"{NS}/endpoints/s").get("subsets", []) == []
    cluster.ok("POST", f"{APPS}/deployments", workload("d", spec={"replicas": 2}))
    (subset,) = cluster.get(f"{NS}/endpoints/s")["subsets"]
    assert len(subset["addresses"]) == 2
    assert subset["ports"] == [{"port": 80, "protocol": "TCP"}]
    slices = cluster.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices")["items"]
    assert len(slices[0]["endpoints"]) == 2
    cluster.ok("DELETE", f"{NS}/services/s")
    cluster.refused("GET", f"{NS}/endpoints/s")
    assert cluster.names("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices") == []


def test_services_get_addresses_and_node_ports(cluster: Any) -> None:
    def service(name: str, kind: str) -> Any:
        spec = {"type": kind, "ports": [{"port": 80}]}
        return cluster.ok("POST", f"{NS}/services", {"metadata": {"name": name}, "spec": spec})

    one, two, three = service("a", "ClusterIP"), service("b", "NodePort"), service("c", "LoadBalancer")
    assert len({s["spec"]["clusterIP"] for s in (one, two, three)}) == 3
    assert two["spec"]["ports"][0]["nodePort"] != three["spec"]["ports"][0]["nodePort"]
    assert cluster.get(f"{NS}/services/c")["status"]["loadBalancer"]["ingress"] == [{"ip": "127.0.0.1"}]
    kept = cluster.ok(
        "PUT", f"{NS}/services/b", {"metadata": {"name": "b"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    )
    assert kept["spec"]["clusterIP"] == two["spec"]["clusterIP"]
    assert kept["spec"]["ports"] == two["spec"]["ports"]
    status = cluster.refused("PATCH", f"{NS}/services/a", {"spec": {"clusterIP": "10.96.9.9"}}, MERGE)
    assert 'spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set' in status["message"]


def test_claims(cluster: Any) -> None:
    def claim(name: str, **spec: Any) -> Any:
        body = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
        cluster.ok("POST", f"{NS}/persistentvolumeclaims", {"metadata": {"name": name}, "spec": body})
        return cluster.get(f"{NS}/persistentvolumeclaims/{name}")

    made = claim("a")
    assert (made["status"]["phase"], made["spec"]["storageClassName"]) == ("Bound", "standard")
    assert claim("b", storageClassName="nobody")["status"]["phase"] == "Pending"
    volume = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "2Gi"},
        "storageClassName": "nobody",
        "hostPath": {"path": "/x"},
    }
    cluster.ok("POST", "/api/v1/persistentvolumes", {"metadata": {"name": "hand"}, "spec": volume})
    assert cluster.get(f"{NS}/persistentvolumeclaims/b")["spec"]["volumeName"] == "hand"
    cluster.ok("DELETE", f"{NS}/persistentvolumeclaims/a")
    cluster.ok("DELETE", f"{NS}/persistentvolumeclaims/b")
    assert cluster.names("/api/v1/persistentvolumes") == ["hand"]
    assert cluster.get("/api/v1/persistentvolumes/hand")["status"]["phase"] == "Released"


def test_budgets_and_autoscalers_and_api_services(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", workload("d", spec={"replicas": 3}))
    budget = {"metadata": {"name": "b"}, "spec": {"minAvailable": "50%", "selector": {"matchLabels": {"app": "x"}}}}
    cluster.ok("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", budget)
    status = cluster.get("/apis/policy/v1/namespaces/default/poddisruptionbudgets/b")["status"]
    assert (status["desiredHealthy"], status["disruptionsAllowed"]) == (2, 1)
    scaler = {
        "metadata": {"name": "h"},
        "spec": {"maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}},
    }
    where = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
    cluster.ok("POST", where, scaler)
    assert cluster.get(f"{where}/h")["status"]["currentReplicas"] == 3
    service = {
        "metadata": {"name": "v1.x.example"},
        "spec": {"group": "x.example", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1},
    }
    cluster.ok("POST", "/apis/apiregistration.k8s.io/v1/apiservices", service)
    assert conditions(cluster.get("/apis/apiregistration.k8s.io/v1/apiservices/v1.x.example")) == {"Available": "True"}


POLICIES = [("Background", []), ("Foreground", []), ("Orphan", ["p"])]


@pytest.mark.parametrize(("policy", "left"), POLICIES)
def test_owners_and_their_own(cluster: Any, policy: str, left: list[str]) -> None:
    owner = cluster.ok("POST", f"{NS}/configmaps", {"metadata": {"name": "owner"}})
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": "owner",
        "uid": owner["metadata"]["uid"],
        "blockOwnerDeletion": True,
    }
    cluster.ok("POST", f"{NS}/secrets", {"metadata": {"name": "p", "ownerReferences": [reference]}})
    cluster.ok("DELETE", f"{NS}/configmaps/owner?propagationPolicy={policy}")
    cluster.refused("GET", f"{NS}/configmaps/owner")
    assert cluster.names(f"{NS}/secrets") == left
    assert all("ownerReferences" not in s["metadata"] for s in cluster.get(f"{NS}/secrets")["items"])


def test_foreground_waits_for_what_is_held(cluster: Any) -> None:
    owner = cluster.ok("POST", f"{NS}/configmaps", {"metadata": {"name": "owner"}})
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": "owner",
        "uid": owner["metadata"]["uid"],
        "blockOwnerDeletion": True,
    }
    cluster.ok(
        "POST",
        f"{NS}/secrets",
        {"metadata": {"name": "p", "finalizers": ["x.example/hold"], "ownerReferences": [reference]}},
    )
    cluster.ok("DELETE", f"{NS}/configmaps/owner", {"propagationPolicy": "Foreground"})
    assert cluster.get(f"{NS}/configmaps/owner")["metadata"]["finalizers"] == ["foregroundDeletion"]
    cluster.ok("PATCH", f"{NS}/secrets/p", {"metadata": {"finalizers": None}}, MERGE)
    cluster.refused("GET", f"{NS}/configmaps/owner")


def test_an_owner_that_never_was(cluster: Any) -> None:
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "no-such-uid"}
    cluster.ok("POST", f"{NS}/secrets", {"metadata": {"name": "p", "ownerReferences": [reference]}})
    assert cluster.names(f"{NS}/secrets") == []


def test_evicted_pods_come_back(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", workload("d"))
    (name,) = cluster.names(f"{NS}/pods")
    cluster.ok("POST", f"{NS}/pods/{name}/eviction", {"metadata": {"name": name}})
    (other,) = cluster.names(f"{NS}/pods")
    assert other != name


def test_every_namespace_has_its_account(cluster: Any) -> None:
    assert {"default", "kube-system", "kube-public"} <= set(cluster.names("/api/v1/namespaces"))
    cluster.ok("POST", "/api/v1/namespaces", {"metadata": {"name": "n"}})
    assert cluster.names("/api/v1/namespaces/n/serviceaccounts") == ["default"]


def test_logs_of_pods_without_a_process(cluster: Any) -> None:
    cluster.ok("POST", f"{NS}/pods", {"metadata": {"name": "p"}, "spec": template()["spec"]})
    answer = cluster.send("GET", f"{NS}/pods/p/log")
    assert answer.body == b"sandbox: container c of pod default/p has no process here\n"
    assert cluster.refused("GET", f"{NS}/pods/p/log?container=x")["message"] == "container x is not valid for pod p"
