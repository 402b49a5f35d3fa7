"""When ``--wait`` is content, kind by kind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.release.model import StatusCode
from tests.compat.clusters import Ground, refusal
from tests.compat.conformance.manifests import config, definition, job, manifest, pod, service, widget, workload
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]
LATE = "timed out waiting for the condition"
MANY = 60  # seconds that suffice


def waits(ground: Ground, text: str, name: str, seconds: int = MANY) -> str:
    """Install one object with --wait; the error's text, empty where it became ready."""
    try:
        assert ground.install(chart(text), name, wait=True, timeout=seconds).status == StatusCode.DEPLOYED
    except HelmError as error:
        return str(error).removeprefix(f"release {name} failed: ")
    return ""


WORKLOADS: list[tuple[str, Callable[..., str]]] = [
    ("Pod", pod),
    ("Deployment", lambda name, **more: workload("Deployment", name, **more)),
    ("ReplicaSet", lambda name, **more: workload("ReplicaSet", name, **more)),
    ("StatefulSet", lambda name, **more: workload("StatefulSet", name, **more)),
    ("DaemonSet", lambda name, **more: workload("DaemonSet", name, **more)),
]


@pytest.mark.parametrize(("kind", "make"), WORKLOADS, ids=[kind for kind, _ in WORKLOADS])
def test_pods_and_what_makes_them_are_waited_for(ground: Ground, kind: str, make: Callable[..., str]) -> None:
    name = f"w-{kind.lower()}"
    assert waits(ground, make(name), name) == ""
    assert waits(ground, make(f"{name}-n", ready=False), f"{name}-n", 2) == LATE
    assert ground.statuses(f"{name}-n") == {1: "FAILED"}


def test_nothing_is_waited_for_unless_asked(ground: Ground) -> None:
    assert ground.install(chart(pod("nw-p", ready=False)), "nw", timeout=2).status == StatusCode.DEPLOYED


def test_a_rollout_in_progress_is_not_ready_although_old_pods_are(ground: Ground) -> None:
    rolling: dict[str, Any] = {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    }
    ground.install(chart(workload("Deployment", "roll", **rolling)), "roll", wait=True, timeout=MANY)
    text = refusal(
        ground.upgrade, chart(workload("Deployment", "roll", ready=False, **rolling)), "roll", wait=True, timeout=3
    )
    assert text == LATE
    assert ground.statuses("roll") == {1: "DEPLOYED", 2: "FAILED"}


def test_as_many_pods_may_lack_as_the_strategy_says(ground: Ground) -> None:
    lenient: dict[str, Any] = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "100%"}}}
    assert waits(ground, workload("Deployment", "len", ready=False, **lenient), "len", 10) == ""
    strict: dict[str, Any] = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}}
    assert waits(ground, workload("Deployment", "str", replicas=2, ready=False, **strict), "str", 2) == LATE


def test_a_paused_deployment_is_left_alone(ground: Ground) -> None:
    assert waits(ground, workload("Deployment", "pause", ready=False, paused=True), "pause", 10) == ""


def test_no_replicas_are_ready_at_once(ground: Ground) -> None:
    assert waits(ground, workload("Deployment", "none", replicas=0), "none", 20) == ""
    assert waits(ground, workload("StatefulSet", "none-s", replicas=0), "none-s", 20) == ""


def test_a_partition_keeps_pods_as_they_were(ground: Ground) -> None:
    update: dict[str, Any] = {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}}
    ground.install(chart(workload("StatefulSet", "part", **update)), "part", wait=True, timeout=MANY)
    ground.upgrade(chart(workload("StatefulSet", "part", ready=False, **update)), "part", wait=True, timeout=20)


def test_services_need_an_address(ground: Ground) -> None:
    assert waits(ground, service("sv-a"), "sv-a") == ""
    assert waits(ground, service("sv-b", clusterIP="None"), "sv-b") == ""
    external = manifest("v1", "Service", "sv-c", spec={"type": "ExternalName", "externalName": "example.org"})
    assert waits(ground, external, "sv-c") == ""


def test_a_load_balancer_is_waited_for(ground: Ground) -> None:
    unserved: dict[str, Any] = {"type": "LoadBalancer", "loadBalancerClass": "example.org/nobody"}
    assert waits(ground, service("lb-a", **unserved), "lb-a", 2) == LATE

    def give_address() -> None:
        ground.until(lambda: ground.get("services/lb-b"))
        ground.set_status("services/lb-b", {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}})

    controller = threading.Thread(target=give_address)
    controller.start()
    assert waits(ground, service("lb-b", **unserved), "lb-b") == ""
    controller.join()


def claim(name: str, **spec: Any) -> str:
    asked: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    return manifest("v1", "PersistentVolumeClaim", name, spec={**asked, **spec})


def test_a_volume_claim_is_waited_for_until_it_is_bound(ground: Ground) -> None:
    assert waits(ground, claim("vc-a", storageClassName="no-such-class"), "vc-a", 2) == LATE
    classes = ground.send("GET", "/apis/storage.k8s.io/v1/storageclasses").json()["items"]
    default = [
        each
        for each in classes
        if (each["metadata"].get("annotations") or {}).get("storageclass.kubernetes.io/is-default-class") == "true"
        and each.get("volumeBindingMode", "Immediate") == "Immediate"
    ]
    if not default:
        pytest.skip("the cluster binds no claim without a pod")
    assert waits(ground, claim("vc-b"), "vc-b") == ""


def test_a_definition_is_waited_for_until_it_is_established(ground: Ground) -> None:
    group = f"wait.{ground.namespace}.example"
    assert waits(ground, definition(group), "crd-w") == ""
    assert waits(ground, widget(group, "cr-w"), "cr-w") == ""
    text = waits(ground, definition(group, plural="gadgets"), "crd-n", 2)
    assert text == LATE
    ground.purge("crd-n")
    ground.purge("crd-w")


def test_jobs_are_waited_for_to_their_end_where_that_is_asked(ground: Ground) -> None:
    ground.tiller.wait_for_jobs = True
    try:
        assert waits(ground, job("j-good"), "j-good") == ""
        found = ground.get("batch/v1/jobs/j-good")
        assert found is not None
        assert found["status"]["succeeded"] == 1
        assert waits(ground, job("j-bad", fails=True), "j-bad") == "Job failed: BackoffLimitExceeded"
        assert ground.statuses("j-bad") == {1: "FAILED"}
        assert waits(ground, job("j-slow", seconds=600), "j-slow", 2) == LATE
        ground.install(chart(job("j-free", fails=True)), "j-free")  # nobody waits here
    finally:
        ground.tiller.wait_for_jobs = False


def test_other_kinds_are_not_waited_for(ground: Ground) -> None:
    backend: dict[str, Any] = {"service": {"name": "x", "port": {"number": 80}}}
    scaled: dict[str, Any] = {
        "maxReplicas": 3,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"},
    }
    for name, text in {
        "o-job": job("o-job", seconds=600),  # it runs, and that is all
        "o-ing": manifest("networking.k8s.io/v1", "Ingress", "o-ing", spec={"defaultBackend": backend}),
        "o-hpa": manifest("autoscaling/v2", "HorizontalPodAutoscaler", "o-hpa", spec=scaled),
        "o-cm": config("o-cm"),
    }.items():
        assert waits(ground, text, name, 10) == ""


def test_an_upgrade_waits_for_all_that_it_has(ground: Ground) -> None:
    ground.install(chart(config("uw-a")), "uw")
    text = refusal(ground.upgrade, chart(config("uw-a"), pod("uw-p", ready=False)), "uw", wait=True, timeout=2)
    assert text == LATE
    assert ground.descriptions("uw")[2].startswith(f'Upgrade "uw" failed: {LATE}')
