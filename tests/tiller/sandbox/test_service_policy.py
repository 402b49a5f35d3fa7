"""A traffic policy belongs to services that are reached from outside."""

from __future__ import annotations

import json
from typing import Any

from tiller.kube.transport import Request, Response
from tiller.sandbox.api import Api, memory_api

SERVICES = "/api/v1/namespaces/default/services"


def _service(kind: str, **spec: Any) -> bytes:
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    return json.dumps({**body, "spec": {"type": kind, "ports": [{"port": 80}], **spec}}).encode()


def _post(api: Api, body: bytes) -> Response:
    return api.send(Request("POST", SERVICES, body=body))


def test_an_inner_service_has_no_traffic_policy() -> None:
    refused = _post(memory_api(), _service("ClusterIP", externalTrafficPolicy="Cluster"))
    assert refused.status == 422
    assert refused.json()["message"] == (
        'Service "web" is invalid: spec.externalTrafficPolicy: Invalid value: "Cluster": '
        "may only be set for externally-accessible services"
    )


def test_the_policy_goes_when_a_service_turns_inward() -> None:
    api = memory_api()
    made = _post(api, _service("LoadBalancer"))
    assert made.json()["spec"]["externalTrafficPolicy"] == "Cluster"
    patch = Request(
        "PATCH",
        f"{SERVICES}/web",
        headers={"content-type": "application/merge-patch+json"},
        body=b'{"spec": {"type": "ClusterIP"}}',
    )
    changed = api.send(patch)
    assert changed.status == 200, changed.body
    assert "externalTrafficPolicy" not in changed.json()["spec"]


def test_a_load_balancer_of_another_class_gets_no_address() -> None:
    api = memory_api()
    body = json.loads(_service("LoadBalancer"))
    body["spec"]["loadBalancerClass"] = "example.org/other"
    _post(api, json.dumps(body).encode())
    assert api.send(Request("GET", f"{SERVICES}/web")).json()["status"] == {"loadBalancer": {}}
