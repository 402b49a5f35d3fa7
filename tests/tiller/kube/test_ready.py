"""Rules of readiness, and waiting by them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiller.world import World, make_world
from tiller.clock import Cancelled, Deadline, WaitTimeout
from tiller.kube import apply, tables, wait
from tiller.kube.discovery import Resource
from tiller.kube.objects import KubeObject
from tiller.kube.ready import RULES, JobFailed, unready

META = {"name": "x", "namespace": "shop", "generation": 2, "uid": "u"}
SEEN = {"observedGeneration": 2}


def live(kind: str, spec: dict[str, Any] | None = None, status: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"kind": kind, "metadata": META, "spec": spec or {}, "status": status or {}}


def conditions(**states: str) -> dict[str, Any]:
    return {"conditions": [{"type": key, "status": value} for key, value in states.items()]}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "lacks"),
    [
        ("Pod", {}, conditions(Ready="True"), ""),
        ("Pod", {}, conditions(Ready="False"), "pod is not ready"),
        ("Pod", {}, {"phase": "Succeeded"}, ""),
        ("Pod", {}, {}, "pod is not ready"),
        ("ReplicaSet", {"replicas": 2}, {**SEEN, "readyReplicas": 2}, ""),
        ("ReplicaSet", {"replicas": 2}, {**SEEN, "readyReplicas": 1}, "1 of 2 pods ready"),
        ("ReplicaSet", {"replicas": 0}, SEEN, ""),
        ("ReplicationController", {"replicas": 2}, {"readyReplicas": 2}, "its controller has not seen it yet"),
        ("StatefulSet", {"replicas": 2}, {**SEEN, "readyReplicas": 2, "updatedReplicas": 1}, "1 of 2 pods updated"),
        ("StatefulSet", {"replicas": 2}, {**SEEN, "readyReplicas": 2, "updatedReplicas": 2}, ""),
        (
            "StatefulSet",
            {"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}},
            {**SEEN, "readyReplicas": 3, "updatedReplicas": 1},
            "",
        ),
        ("StatefulSet", {"replicas": 1, "updateStrategy": {"type": "OnDelete"}}, {**SEEN, "readyReplicas": 1}, ""),
        ("DaemonSet", {}, {**SEEN, "desiredNumberScheduled": 2, "numberReady": 2, "updatedNumberScheduled": 2}, ""),
        (
            "DaemonSet",
            {},
            {**SEEN, "desiredNumberScheduled": 2, "numberReady": 2, "updatedNumberScheduled": 1},
            "1 of 2 pods updated",
        ),
        (
            "DaemonSet",
            {"updateStrategy": {"type": "OnDelete"}},
            {**SEEN, "desiredNumberScheduled": 2, "numberReady": 1},
            "1 of 2 pods ready",
        ),
        ("Service", {"type": "ExternalName"}, {}, ""),
        ("Service", {"clusterIP": "None"}, {}, ""),
        ("Service", {}, {}, "no cluster IP yet"),
        ("Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}, {}, "load balancer has no address yet"),
        (
            "Service",
            {"type": "LoadBalancer", "clusterIP": "10.0.0.1"},
            {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
            "",
        ),
        ("Job", {}, {}, "job has not started"),
        ("Job", {}, {"startTime": "2020-01-01T00:00:00Z", "active": 1}, ""),
        ("Job", {"suspend": True}, {}, ""),
        ("PersistentVolumeClaim", {}, {"phase": "Bound"}, ""),
        ("PersistentVolumeClaim", {}, {"phase": "Pending"}, "volume claim is not bound"),
        ("CustomResourceDefinition", {}, conditions(Established="True"), ""),
        ("CustomResourceDefinition", {}, {}, "definition is not established"),
        ("APIService", {}, conditions(Available="False"), "API service is not available"),
        ("Deployment", {"paused": True}, {}, ""),
        ("Deployment", {}, {"observedGeneration": 1}, "its controller has not seen it yet"),
        ("Deployment", {}, SEEN, "no replica set yet"),
    ],
)
def test_rules(world: World, kind: str, spec: dict[str, Any], status: dict[str, Any], lacks: str) -> None:
    assert RULES[kind](world.env.cluster, live(kind, spec, status)) == lacks


JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
"""


@pytest.mark.parametrize(("jobs", "waited"), [(False, 0), (True, 10)])
def test_a_job_is_ready_when_it_runs_and_completed_for_who_asks(*, jobs: bool, waited: float) -> None:
    world = make_world(ready_after=10)
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    targets = cluster.build(JOB, "shop")
    apply.create(cluster, targets)
    start = world.clock.now()
    wait.until_ready(cluster, targets, Deadline(world.clock, 60), jobs=jobs)
    assert world.clock.now() - start == pytest.approx(waited, abs=3)


def test_a_job_that_failed_ends_the_wait_for_jobs_at_once() -> None:
    world = make_world(ready_after=100)
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    targets = cluster.build(JOB, "shop")
    apply.create(cluster, targets)
    failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}
    world.patch_status("batch/v1/jobs/once", {"conditions": [failed]})
    with pytest.raises(JobFailed, match=r"^Job failed: BackoffLimitExceeded$"):
        wait.until_ready(cluster, targets, Deadline(world.clock, 60), jobs=True)


@pytest.mark.parametrize("jobs", [False, True])
def test_a_job_that_goes_after_its_end_may_be_gone(*, jobs: bool) -> None:
    world = make_world()
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    targets = cluster.build(JOB.replace("{template", "{ttlSecondsAfterFinished: 0, template"), "shop")
    wait.until_ready(cluster, targets, Deadline(world.clock, 60), jobs=jobs)
    with pytest.raises(WaitTimeout):
        wait.until_ready(cluster, cluster.build(JOB, "shop"), Deadline(world.clock, 60), jobs=jobs)


DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i}]}
"""


@pytest.mark.parametrize(("replicas", "waited"), [(1, 10), (0, 0)])
def test_waiting_ends_when_pods_are_ready(replicas: int, waited: float) -> None:
    world = make_world(ready_after=10)
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    targets = cluster.build(DEPLOYMENT % replicas, "shop")
    apply.create(cluster, targets)
    start = world.clock.now()
    wait.until_ready(cluster, targets, Deadline(world.clock, 60))
    assert world.clock.now() - start == pytest.approx(waited, abs=2)


def test_a_deployment_that_was_scaled_before_it_rolls_out_is_not_ready() -> None:
    """Its controller first scales the old replica set, and says then that it has seen the newest spec."""
    world = make_world()
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    (target,) = cluster.build(DEPLOYMENT % 1, "shop")
    apply.create(cluster, [target])
    wait.until_ready(cluster, [target], Deadline(world.clock, 60))
    live = cluster.get(target)
    assert live is not None
    assert RULES["Deployment"](cluster, live) == ""
    live["spec"]["template"]["spec"]["containers"][0]["image"] = "other"
    assert RULES["Deployment"](cluster, live) == "no replica set yet"


def test_a_wait_that_takes_too_long(caplog: pytest.LogCaptureFixture) -> None:
    world = make_world(ready_after=100)
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    targets = cluster.build(DEPLOYMENT % 2, "shop")
    apply.create(cluster, targets)
    with pytest.raises(WaitTimeout):
        wait.until_ready(cluster, targets, Deadline(world.clock, 60))
    assert "not ready in time: Deployment web: 0 of 2 pods ready" in caplog.text
    with pytest.raises(Cancelled):
        wait.until_ready(cluster, targets, Deadline(world.clock, 60, cancelled=lambda: True))


@pytest.mark.parametrize("jobs", [False, True])
@pytest.mark.parametrize("kind", ["Service", "Job", "Deployment"])
def test_kinds_of_others_with_a_known_name_are_not_waited_for(world: World, kind: str, *, jobs: bool) -> None:
    resource = Resource("serving.example.dev/v1", kind, f"{kind.lower()}s", namespaced=True)
    target = KubeObject(resource, "shop", "x", {})
    assert unready(world.env.cluster, target, jobs=jobs) == ""


def test_what_is_gone_is_not_ready(world: World) -> None:
    (target,) = world.env.cluster.build(DEPLOYMENT % 1, "shop")
    assert unready(world.env.cluster, target) == "not found"


def test_tables_show_what_lives_and_name_what_is_missing(world: World) -> None:
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
    present = cluster.build(f"{DEPLOYMENT % 2}\n---\n{config % 'a'}\n---\n{config % 'longer-name'}", "shop")
    apply.create(cluster, present)
    missing = cluster.build(config % "gone", "shop")
    text = tables.resources_text(cluster, [*present, *missing])
    headings = [line for line in text.splitlines() if line.startswith("==>")]
    assert headings == ["==> v1/ConfigMap", "==> v1/Deployment", "==> v1/Pod(related)", "==> MISSING"]
    assert "NAME   DATA   AGE\na      0      0s\nlonger-name   0     0s\n\n" in text
    (pods,) = [part for part in text.split("\n\n") if part.startswith("==> v1/Pod(related)")]
    assert len({line.index("Running") for line in pods.splitlines()[2:]}) == 1
    assert pods.splitlines()[1].index("STATUS") == pods.splitlines()[3].index("Running")
    assert text.endswith("==> MISSING\nKIND\t\tNAME\n" + 2 * "/v1, Resource=configmaps\t\tgone\n")


def test_a_workload_without_pods_shows_that_there_are_none(world: World) -> None:
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    targets = cluster.build(DEPLOYMENT % 0, "shop")
    apply.create(cluster, targets)
    assert tables.resources_text(cluster, targets).endswith("\n\n==> v1/Pod(related)\n\n")


def test_an_object_that_is_named_twice_is_shown_twice_and_its_pods_once(world: World) -> None:
    cluster = world.env.cluster
    cluster.ensure_namespace("shop")
    targets = cluster.build(DEPLOYMENT % 1, "shop")
    apply.create(cluster, targets)
    parts = tables.resources_text(cluster, [*targets, *targets]).split("\n\n")
    assert [(part.splitlines()[0], len(part.splitlines())) for part in parts if part] == [
        ("==> v1/Deployment", 4),
        ("==> v1/Pod(related)", 3),
    ]
