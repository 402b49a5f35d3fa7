"""Charts and records of API versions that the cluster no longer serves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from helmpy.release.model import Release, StatusCode
from tests.compat.clusters import Ground, refusal
from tests.compat.conformance.manifests import config, hooked, manifest, pod, workload
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]


@pytest.fixture(autouse=True)
def only_today(ground: Ground) -> None:
    if ground.env.cluster.discovery.catalog().resources.get(("extensions/v1beta1", "Deployment")):
        pytest.skip("this cluster serves the old versions still")


@pytest.fixture
def converting(ground: Ground) -> Iterator[Ground]:
    ground.tiller.convert_removed_apis = True
    yield ground
    ground.tiller.convert_removed_apis = False


def old(name: str, **more: Any) -> list[str]:
    """One document of each old version."""
    template = json.loads(workload("Deployment", name, ready=False))["spec"]["template"]
    job = {"spec": json.loads(pod("x", once=True))["spec"]}
    backend = {"serviceName": name, "servicePort": 80}
    rules = [{"host": f"{name}.example", "http": {"paths": [{"path": "/", "backend": backend}]}}]
    rbac = "rbac.authorization.k8s.io"
    scaled = {"kind": "Deployment", "name": name, "apiVersion": "extensions/v1beta1"}
    metric = {"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 50}}
    subject = {"kind": "ServiceAccount", "name": name, "namespace": "default"}
    return [
        manifest("extensions/v1beta1", "Deployment", f"{name}-d", spec={"template": template, **more}),
        manifest("apps/v1beta1", "StatefulSet", f"{name}-s", spec={"serviceName": name, "template": template}),
        manifest("extensions/v1beta1", "DaemonSet", f"{name}-ds", spec={"template": template}),
        manifest("extensions/v1beta1", "Ingress", f"{name}-i", spec={"rules": rules}),
        manifest("batch/v1beta1", "CronJob", f"{name}-c", spec={"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": job}}}),
        manifest("policy/v1beta1", "PodDisruptionBudget", f"{name}-b", spec={"minAvailable": 0, "selector": {"matchLabels": {"a": "b"}}}),
        manifest(f"{rbac}/v1beta1", "Role", f"{name}-r", rules=[]),
        manifest(f"{rbac}/v1beta1", "RoleBinding", f"{name}-rb", roleRef={"apiGroup": rbac, "kind": "Role", "name": f"{name}-r"}, subjects=[subject]),
        manifest("autoscaling/v2beta1", "HorizontalPodAutoscaler", f"{name}-h", spec={"maxReplicas": 3, "scaleTargetRef": scaled, "metrics": [metric]}),
        manifest("policy/v1beta1", "PodSecurityPolicy", f"{name}-p", spec={}),
    ]  # fmt: skip


PLACES = [
    "apps/v1/deployments/{}-d",
    "apps/v1/statefulsets/{}-s",
    "apps/v1/daemonsets/{}-ds",
    "networking.k8s.io/v1/ingresses/{}-i",
    "batch/v1/cronjobs/{}-c",
    "policy/v1/poddisruptionbudgets/{}-b",
    "rbac.authorization.k8s.io/v1/roles/{}-r",
    "rbac.authorization.k8s.io/v1/rolebindings/{}-rb",
    "autoscaling/v2/horizontalpodautoscalers/{}-h",
]


def missing(ground: Ground, name: str) -> list[str]:
    return [place for place in PLACES if ground.get(place.format(name)) is None]


def test_the_error_names_the_object_the_template_and_what_to_use(ground: Ground) -> None:
    text = refusal(ground.install, chart(config("said-a"), old("said")[3]), "said")
    assert text == (
        'validation failed: unable to recognize "": no matches for kind "Ingress" in version "extensions/v1beta1"; '
        'Ingress "said-i" of web/templates/1.yaml: Kubernetes 1.22 removed extensions/v1beta1 Ingress: '
        "use networking.k8s.io/v1, or let --convert-removed-apis do so"
    )
    ground.install(chart(config("said-a")), "said")
    text = refusal(ground.upgrade, chart(config("said-a"), old("said")[9]), "said")
    assert text.startswith('unable to recognize "": no matches for kind "PodSecurityPolicy"')
    assert 'PodSecurityPolicy "said-p" of web/templates/1.yaml: ' in text
    assert "nothing takes its place" in text


def test_an_old_chart_lives_on_where_it_is_converted(converting: Ground) -> None:
    made = converting.install(chart(*old("conv"), config("conv-a")), "conv")
    assert missing(converting, "conv") == []
    assert "v1beta1" not in made.manifest.replace('"apiVersion": "extensions/v1beta1"', "").replace(
        "apiVersion: extensions/v1beta1", ""
    )
    assert 'left out: PodSecurityPolicy "conv-p"' in made.manifest
    converting.upgrade(chart(*old("conv", replicas=2), config("conv-a")), "conv")
    found = converting.get("apps/v1/deployments/conv-d")
    assert found is not None
    assert found["spec"]["replicas"] == 2
    converting.rollback("conv", 1)
    converting.delete("conv", purge=True)
    converting.gone("apps/v1/deployments/conv-d")
    assert missing(converting, "conv") == PLACES


def test_hooks_are_converted_too(converting: Ground) -> None:
    rules: dict[str, Any] = {"rules": []}
    role = manifest(
        "rbac.authorization.k8s.io/v1beta1", "Role", "hk-r", hooked("pre-install", "hook-succeeded"), **rules
    )
    made = converting.install(chart(config("hk-a"), role), "hk")
    assert made.hooks[0].last_run is not None
    assert "rbac.authorization.k8s.io/v1\n" in made.hooks[0].manifest


def ancient(ground: Ground, name: str) -> Release:
    """A release whose record holds what it was installed with when the old versions were served."""
    ground.tiller.convert_removed_apis = True
    made = ground.install(chart(*old(name), config(f"{name}-a", v="1")), name)
    ground.tiller.convert_removed_apis = False
    documents = "".join(f"\n---\n# Source: web/templates/{i}.yaml\n{text}" for i, text in enumerate(old(name)))
    before = replace(made, manifest=f"{documents}\n---\n# Source: web/templates/a.yaml\n{config(f'{name}-a', v='1')}")
    ground.env.storage.update(before)
    return before


def test_a_record_with_removed_versions_is_upgraded(ground: Ground) -> None:
    ancient(ground, "up")
    uid = (ground.get("apps/v1/deployments/up-d") or {})["metadata"]["uid"]
    today = json.loads(workload("Deployment", "up-d", ready=False))
    today["spec"]["selector"] = today["spec"]["template"]["metadata"]["labels"] = {}
    labels = {"app": "up"}
    today["spec"]["selector"] = {"matchLabels": labels}
    today["spec"]["template"]["metadata"]["labels"] = labels
    release = ground.upgrade(chart(config("up-a", v="2"), json.dumps(today)), "up")
    assert release.status == StatusCode.DEPLOYED
    assert (ground.get("apps/v1/deployments/up-d") or {})["metadata"]["uid"] == uid
    assert missing(ground, "up") == PLACES[1:]
    assert ground.data("up-a") == {"v": "2"}


def test_a_record_with_removed_versions_is_rolled_back_to(ground: Ground) -> None:
    ancient(ground, "back")
    ground.upgrade(chart(config("back-a", v="2")), "back")
    assert missing(ground, "back") == PLACES
    text = refusal(ground.rollback, "back", 1)
    assert "new release manifest contains removed kubernetes api(s)" in text
    assert "removed extensions/v1beta1 Deployment: use apps/v1; " in text
    assert text.endswith("; --convert-removed-apis converts them")
    ground.tiller.convert_removed_apis = True
    try:
        assert ground.rollback("back", 1).status == StatusCode.DEPLOYED
    finally:
        ground.tiller.convert_removed_apis = False
    assert missing(ground, "back") == []
    assert ground.data("back-a") == {"v": "1"}


def test_a_record_with_removed_versions_is_deleted(ground: Ground) -> None:
    ancient(ground, "gone")
    ground.delete("gone", purge=True)
    ground.gone("apps/v1/deployments/gone-d")
    assert missing(ground, "gone") == PLACES
    assert ground.history("gone") == []


def test_a_server_may_convert_for_everybody(ground: Ground) -> None:
    ground.env.convert_removed_apis = True
    try:
        assert ground.install(chart(old("all")[6]), "all").status == StatusCode.DEPLOYED
    finally:
        ground.env.convert_removed_apis = False
