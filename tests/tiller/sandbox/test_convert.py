"""Old group versions show the same objects."""

from __future__ import annotations

from typing import Any

import pytest

LABELS = {"app": "old"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}
BACKEND = {"serviceName": "s", "servicePort": 80}

SAME = [
    ("extensions/v1beta1", "deployments", "Deployment", {"template": TEMPLATE}, "apps/v1"),
    ("extensions/v1beta1", "daemonsets", "DaemonSet", {"template": TEMPLATE}, "apps/v1"),
    ("extensions/v1beta1", "replicasets", "ReplicaSet", {"template": TEMPLATE}, "apps/v1"),
    ("apps/v1beta1", "deployments", "Deployment", {"template": TEMPLATE}, "apps/v1"),
    ("apps/v1beta1", "statefulsets", "StatefulSet", {"serviceName": "x", "template": TEMPLATE}, "apps/v1"),
    (
        "apps/v1beta2",
        "statefulsets",
        "StatefulSet",
        {"selector": {"matchLabels": LABELS}, "template": TEMPLATE},
        "apps/v1",
    ),
    ("extensions/v1beta1", "networkpolicies", "NetworkPolicy", {"podSelector": {}}, "networking.k8s.io/v1"),
    ("policy/v1beta1", "poddisruptionbudgets", "PodDisruptionBudget", {"minAvailable": 1}, "policy/v1"),
]


@pytest.mark.parametrize(("version", "plural", "kind", "spec", "stored"), SAME)
def test_views(cluster: Any, version: str, plural: str, kind: str, spec: Any, stored: str) -> None:  # noqa: PLR0917 - a row of the table
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": "old"}, "spec": spec}
    made = cluster.ok("POST", f"/apis/{version}/namespaces/default/{plural}", body)
    assert (made["apiVersion"], made["kind"]) == (version, kind)
    read = cluster.get(f"/apis/{stored}/namespaces/default/{plural}/old")
    assert read["apiVersion"] == stored
    if "template" in spec:
        assert read["spec"]["selector"] == {"matchLabels": LABELS}
        assert read["status"]["observedGeneration"] == 1


def test_apps_v1_wants_a_selector(cluster: Any) -> None:
    body = {"metadata": {"name": "x"}, "spec": {"template": TEMPLATE}}
    status = cluster.refused("POST", "/apis/apps/v1/namespaces/default/deployments", body)
    assert "spec.selector: Required value" in status["message"]


@pytest.mark.parametrize("version", ["extensions/v1beta1", "networking.k8s.io/v1beta1"])
def test_ingresses(cluster: Any, version: str) -> None:
    rules = [{"host": "a.example", "http": {"paths": [{"path": "/x", "backend": BACKEND}]}}]
    spec = {"backend": {"serviceName": "d", "servicePort": "web"}, "rules": rules}
    where = f"/apis/{version}/namespaces/default/ingresses"
    made = cluster.ok(
        "POST", where, {"apiVersion": version, "kind": "Ingress", "metadata": {"name": "i"}, "spec": spec}
    )
    assert made["spec"]["backend"] == spec["backend"]
    assert made["spec"]["rules"][0]["http"]["paths"][0]["backend"] == BACKEND
    today = cluster.get("/apis/networking.k8s.io/v1/namespaces/default/ingresses/i")["spec"]
    assert today["defaultBackend"] == {"service": {"name": "d", "port": {"name": "web"}}}
    assert today["rules"][0]["http"]["paths"] == [
        {
            "path": "/x",
            "pathType": "ImplementationSpecific",
            "backend": {"service": {"name": "s", "port": {"number": 80}}},
        }
    ]


def test_old_definitions(cluster: Any) -> None:
    spec = {
        "group": "ex.example",
        "version": "v1alpha1",
        "scope": "Namespaced",
        "names": {"plural": "foos", "kind": "Foo", "shortNames": ["fo"]},
        "validation": {"openAPIV3Schema": {"properties": {"spec": {"type": "object", "required": ["size"]}}}},
        "additionalPrinterColumns": [{"name": "Size", "type": "integer", "JSONPath": ".spec.size"}],
        "subresources": {"status": {}},
    }
    body = {
        "apiVersion": "apiextensions.k8s.io/v1beta1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "foos.ex.example"},
        "spec": spec,
    }
    where = "/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions"
    made = cluster.ok("POST", where, body)
    assert made["spec"]["version"] == "v1alpha1"
    assert made["spec"]["additionalPrinterColumns"] == spec["additionalPrinterColumns"]
    today = cluster.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/foos.ex.example")
    assert [v["name"] for v in today["spec"]["versions"]] == ["v1alpha1"]
    assert {c["type"]: c["status"] for c in today["status"]["conditions"]}["Established"] == "True"
    foos = "/apis/ex.example/v1alpha1/namespaces/default/foos"
    foo = {"apiVersion": "ex.example/v1alpha1", "kind": "Foo", "metadata": {"name": "f"}}
    assert "spec.size: Required value" in cluster.refused("POST", foos, {**foo, "spec": {}})["message"]
    kept = cluster.ok("POST", foos, {**foo, "spec": {"size": 3, "anything": True}})
    assert kept["spec"] == {"size": 3, "anything": True}
    table = cluster.ok("GET", foos, accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    assert [c["name"] for c in table["columnDefinitions"]] == ["Name", "Size"]
    assert table["rows"][0]["cells"] == ["f", 3]
    cluster.ok("DELETE", f"{where}/foos.ex.example")
    assert cluster.send("GET", foos).status == 404


def test_autoscalers(cluster: Any) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
    spec = {"maxReplicas": 3, "scaleTargetRef": target, "targetCPUUtilizationPercentage": 50}
    base = "/apis/autoscaling/{}/namespaces/default/horizontalpodautoscalers"
    cluster.ok("POST", base.format("v1"), {"metadata": {"name": "h"}, "spec": spec})
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    assert cluster.get(base.format("v2") + "/h")["spec"]["metrics"] == [{"type": "Resource", "resource": metric}]
    assert cluster.get(base.format("v1") + "/h")["spec"]["targetCPUUtilizationPercentage"] == 50
    flat = [
        {"type": "Resource", "resource": {"name": "memory", "targetAverageValue": "1Gi"}},
        {"type": "Pods", "pods": {"metricName": "rps", "targetAverageValue": "10"}},
        {
            "type": "Object",
            "object": {"metricName": "q", "targetValue": "5", "target": {"kind": "Service", "name": "s"}},
        },
    ]
    body = {"metadata": {"name": "b"}, "spec": {"maxReplicas": 3, "scaleTargetRef": target, "metrics": flat}}
    made = cluster.ok("POST", base.format("v2beta1"), body)
    assert made["spec"]["metrics"] == flat
    today = cluster.get(base.format("v2") + "/b")["spec"]["metrics"]
    assert today[1] == {
        "type": "Pods",
        "pods": {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "10"}},
    }
    assert today[2]["object"]["describedObject"] == {"kind": "Service", "name": "s"}


def test_kinds_that_are_gone_keep_their_fields(cluster: Any) -> None:
    spec = {"privileged": False, "runAsUser": {"rule": "RunAsAny"}, "volumes": ["*"]}
    body = {"apiVersion": "policy/v1beta1", "kind": "PodSecurityPolicy", "metadata": {"name": "p"}, "spec": spec}
    assert cluster.ok("POST", "/apis/policy/v1beta1/podsecuritypolicies", body)["spec"] == spec
    assert cluster.get("/apis/extensions/v1beta1/podsecuritypolicies/p")["apiVersion"] == "extensions/v1beta1"
