"""Probes that the API server refuses."""

from __future__ import annotations

import json

import pytest

from tiller.kube.transport import Request
from tiller.sandbox.api import memory_api


@pytest.mark.parametrize(
    ("probe", "accepted"), [("livenessProbe", False), ("startupProbe", False), ("readinessProbe", True)]
)
def test_only_readiness_may_ask_for_two_successes(probe: str, accepted: bool) -> None:  # noqa: FBT001 - a row of the table
    container = {"name": "a", "image": "a:1", probe: {"exec": {"command": ["true"]}, "successThreshold": 2}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [container]}}
    answer = memory_api().send(Request("POST", "/api/v1/namespaces/default/pods", body=json.dumps(pod).encode()))
    assert (answer.status == 201) is accepted
    if not accepted:
        text = f'Pod "web" is invalid: spec.containers[0].{probe}.successThreshold: Invalid value: 2: must be 1'
        assert answer.json()["message"] == text
