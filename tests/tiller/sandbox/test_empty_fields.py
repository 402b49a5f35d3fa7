"""Fields that a manifest leaves empty: to the API server's types an empty text is an absent one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tiller.kube.transport import Request, Response
from tiller.sandbox.api import memory_api


def _post(path: str, body: dict[str, Any]) -> Response:
    return memory_api().send(Request("POST", path, body=json.dumps(body).encode()))


def _binding(kind: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": "web"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "name": "web"}],
    }


def test_an_empty_pull_policy_takes_the_default() -> None:
    pod = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "a", "image": "a:1", "imagePullPolicy": ""}]}}
    made = _post("/api/v1/namespaces/default/pods", {"apiVersion": "v1", "kind": "Pod", **pod})
    assert made.status == 201
    assert made.json()["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent"


def test_a_role_binding_may_leave_its_subjects_namespace_out() -> None:
    path = "/apis/rbac.authorization.k8s.io/v1"
    assert _post(f"{path}/namespaces/default/rolebindings", _binding("RoleBinding")).status == 201
    refused = _post(f"{path}/clusterrolebindings", _binding("ClusterRoleBinding"))
    assert refused.status == 422
    assert "subjects[0].namespace: Required value" in refused.json()["message"]


@pytest.mark.parametrize("field", ["data", "binaryData"])
def test_empty_maps_of_a_typed_object_are_absent(field: str) -> None:
    body = {"metadata": {"name": "web", "labels": {}, "annotations": {}}, field: {}}
    made = _post("/api/v1/namespaces/default/configmaps", {"apiVersion": "v1", "kind": "ConfigMap", **body}).json()
    assert field not in made
    assert not {"labels", "annotations"} & made["metadata"].keys()


def test_empty_lists_are_absent_and_empty_structs_stay() -> None:
    container = {"name": "a", "image": "a:1", "env": [], "args": [], "securityContext": {}}
    spec = {"containers": [container], "tolerations": [], "nodeSelector": {}, "affinity": {}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    made = _post("/api/v1/namespaces/default/pods", pod).json()["spec"]
    assert not {"nodeSelector"} & made.keys()
    assert made["affinity"] == {}
    assert not {"env", "args"} & made["containers"][0].keys()
    assert made["containers"][0]["securityContext"] == {}


def test_an_empty_list_of_policy_types_takes_the_default() -> None:
    spec: dict[str, Any] = {"podSelector": {}, "ingress": [], "policyTypes": []}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "n"}, "spec": spec}
    made = _post("/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", policy).json()["spec"]
    assert made == {"podSelector": {}, "policyTypes": ["Ingress"]}


def test_an_applied_empty_map_is_absent() -> None:
    api = memory_api()
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {}}
    request = Request(
        "PATCH",
        "/api/v1/namespaces/default/configmaps/web",
        (("fieldManager", "me"),),
        {"content-type": "application/apply-patch+yaml"},
        json.dumps(body).encode(),
    )
    assert "data" not in api.send(request).json()
    assert "data" not in api.send(request).json()


def test_a_config_map_that_is_too_large_is_refused_as_a_whole() -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": "x" * 1048577}}
    refused = _post("/api/v1/namespaces/default/configmaps", body)
    assert refused.json()["message"] == ('ConfigMap "web" is invalid: []: Too long: may not be more than 1048576 bytes')
