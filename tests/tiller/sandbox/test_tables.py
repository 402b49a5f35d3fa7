"""Rows as kubectl prints them."""

from __future__ import annotations

from typing import Any

import pytest

from tiller.sandbox.tables_cells import age

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
NS = "/api/v1/namespaces/default"
APPS = "/apis/apps/v1/namespaces/default"

AGES = [
    (0, "0s"), (119, "119s"), (120, "2m"), (200, "3m20s"), (599, "9m59s"), (601, "10m"), (3 * 3600 - 1, "179m"),
    (3 * 3600, "3h"), (3 * 3600 + 60, "3h1m"), (8 * 3600, "8h"), (47 * 3600, "47h"), (2 * 86400, "2d"),
    (2 * 86400 + 3600, "2d1h"), (8 * 86400, "8d"), (729 * 86400, "729d"), (731 * 86400, "2y1d"), (-5, "<invalid>"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "text"), AGES)
def test_ages(seconds: int, text: str) -> None:
    assert age(seconds) == text


def cells(cluster: Any, path: str) -> dict[str, Any]:
    table = cluster.ok("GET", path, accept=TABLE)
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    row = table["rows"][0]
    assert row["object"]["kind"] == "PartialObjectMetadata"
    return dict(zip((c["name"] for c in table["columnDefinitions"]), row["cells"], strict=True))


def make_web(cluster: Any) -> None:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"a": "b"}}, "template": template}
    cluster.ok("POST", f"{APPS}/deployments", {"metadata": {"name": "web"}, "spec": spec})
    cluster.clock.now += 200


def test_deployments(cluster: Any) -> None:
    make_web(cluster)
    assert cells(cluster, f"{APPS}/deployments/web") == {
        "Name": "web", "Ready": "2/2", "Up-to-date": 2, "Available": 2, "Age": "3m20s",
        "Containers": "c", "Images": "i:1", "Selector": "a=b",
    }  # fmt: skip


def test_pods(cluster: Any) -> None:
    make_web(cluster)
    row = cells(cluster, f"{NS}/pods")
    assert (row["Ready"], row["Status"], row["Restarts"], row["Node"]) == ("1/1", "Running", "0", "sandbox")
    assert row["Nominated Node"] == row["Readiness Gates"] == "<none>"


def test_services(cluster: Any) -> None:
    spec = {
        "type": "LoadBalancer",
        "selector": {"a": "b"},
        "ports": [{"port": 80, "nodePort": 30080}, {"port": 53, "name": "d", "protocol": "UDP"}],
    }
    spec["ports"][0]["name"] = "h"  # type: ignore[index]  # a literal of mixed depth
    cluster.ok("POST", f"{NS}/services", {"metadata": {"name": "s"}, "spec": spec})
    row = cells(cluster, f"{NS}/services/s")
    assert (row["Type"], row["External-IP"], row["Selector"]) == ("LoadBalancer", "127.0.0.1", "a=b")
    assert row["Port(s)"] == "80:30080/TCP,53:30000/UDP"


SMALL = [
    ("/api/v1/namespaces/default", {"Name": "default", "Status": "Active"}),
    ("/api/v1/nodes/sandbox", {"Status": "Ready", "Roles": "<none>", "Internal-IP": "127.0.0.1"}),
    (f"{NS}/configmaps/kube-root-ca.crt", {"Data": 1}),
    (f"{NS}/services/kubernetes", {"Type": "ClusterIP", "Cluster-IP": "10.96.0.1", "Port(s)": "443/TCP"}),
    ("/apis/storage.k8s.io/v1/storageclasses/standard", {"Name": "standard (default)", "ReclaimPolicy": "Delete"}),
    (
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        {"Role": "ClusterRole/cluster-admin", "Groups": "system:masters"},
    ),
    ("/apis/rbac.authorization.k8s.io/v1/clusterroles/view", {"Name": "view", "Created At": "2023-11-14T22:13:20Z"}),
    ("/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical", {"Value": 2000001000, "Global-Default": False}),
]


@pytest.mark.parametrize(("path", "expected"), SMALL)
def test_what_every_cluster_has(cluster: Any, path: str, expected: dict[str, Any]) -> None:
    row = cells(cluster, path)
    assert {k: row[k] for k in expected} == expected


def test_every_listable_kind_makes_a_table(cluster: Any) -> None:
    make_web(cluster)
    for version in (
        "/api/v1",
        *(f"/apis/{g['name']}/{v['version']}" for g in cluster.get("/apis")["groups"] for v in g["versions"]),
    ):
        for row in cluster.get(version)["resources"]:
            if "list" in row["verbs"]:
                table = cluster.ok("GET", f"{version}/{row['name']}", accept=TABLE)
                widths = {len(r["cells"]) for r in table["rows"]}
                assert widths <= {len(table["columnDefinitions"])}, row["name"]


def test_jobs_claims_and_others(cluster: Any) -> None:
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i:1"}]}
    cluster.ok(
        "POST",
        "/apis/batch/v1/namespaces/default/jobs",
        {"metadata": {"name": "j"}, "spec": {"template": {"spec": pod}}},
    )
    row = cells(cluster, "/apis/batch/v1/namespaces/default/jobs/j")
    assert (row["Status"], row["Completions"], row["Duration"]) == ("Complete", "1/1", "0s")
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    cluster.ok("POST", f"{NS}/persistentvolumeclaims", {"metadata": {"name": "p"}, "spec": claim})
    row = cells(cluster, f"{NS}/persistentvolumeclaims/p")
    assert (row["Status"], row["Capacity"], row["Access Modes"], row["StorageClass"]) == (
        "Bound",
        "1Gi",
        "RWO",
        "standard",
    )
    assert cells(cluster, "/api/v1/persistentvolumes")["Claim"] == "default/p"


def test_metadata_only(cluster: Any) -> None:
    wanted = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    listed = cluster.ok("GET", f"{NS}/configmaps", accept=wanted)
    assert listed["kind"] == "PartialObjectMetadataList"
    assert set(listed["items"][0]) == {"kind", "apiVersion", "metadata"}
