"""Fields that a manifest leaves empty: to the API server's types an empty text is an absent one."""

from __future__ import annotations

import json
from typing import Any

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
