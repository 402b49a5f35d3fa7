"""When an object counts as ready: one rule for each kind, all others are ready at once.

The kinds of Helm 2's ``--wait`` (pods and what makes them, services, volume claims) with the
status fields of today's API, so that a rollout just begun never looks done; and CRDs and API
services, which later objects need. A job is ready once it runs, as Helm 2 does not wait for its end
and many a job ends long after; only who asks for it waits until jobs have completed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from helmpy.errors import HelmError
from tiller.kube.cluster import Cluster, selector_of
from tiller.kube.discovery import Resource
from tiller.kube.objects import KubeObject

Live = dict[str, Any]

_REPLICA_SETS = Resource("apps/v1", "ReplicaSet", "replicasets", namespaced=True)
_HASH = "pod-template-hash"
_EMPTY: tuple[object, ...] = (None, {}, [])


class JobFailed(HelmError):
    """A job that was waited for ended badly."""


def unready(cluster: Cluster, target: KubeObject, *, jobs: bool = False) -> str:
    """Say what the object still lacks; empty when it is ready.

    With ``jobs`` a job must have completed; raises JobFailed for one that will not.
    """
    rule = _completion if jobs and target.kind == "Job" else RULES.get(target.kind)
    if rule is None or not target.resource.standard:
        return ""
    live = cluster.get(target)
    if live is None:
        return "" if _goes_when_done(target) else "not found"
    return rule(cluster, live)


def _goes_when_done(target: KubeObject) -> bool:
    """Whether it is a job that Kubernetes deletes some time after its end, which may be at once."""
    return target.kind == "Job" and "ttlSecondsAfterFinished" in (target.body.get("spec") or {})


def condition(live: Live, kind: str) -> str:
    """The status of one of the object's conditions: True, False, Unknown or empty."""
    for each in (live.get("status") or {}).get("conditions") or []:
        if each.get("type") == kind:
            return str(each.get("status") or "")
    return ""


def _pod(_: Cluster, live: Live) -> str:
    phase = (live.get("status") or {}).get("phase")
    return "" if phase == "Succeeded" or condition(live, "Ready") == "True" else "pod is not ready"


def _deployment(cluster: Cluster, live: Live) -> str:
    """Its newest replica set has enough ready pods, as Helm 2 counts; a paused one is left alone."""
    spec = live.get("spec") or {}
    if spec.get("paused"):
        return ""
    if stale := _stale(live):
        return stale
    newest = _newest_replica_set(cluster, live)
    if newest is None:
        return "no replica set yet"
    wanted = _count(spec.get("replicas"), 1)
    ready = _count((newest.get("status") or {}).get("readyReplicas"), 0)
    needed = wanted - _max_unavailable(spec, wanted)
    return "" if ready >= needed else f"{ready} of {needed} pods ready"


def _newest_replica_set(cluster: Cluster, deployment: Live) -> Live | None:
    """The replica set with the deployment's template; the oldest of several, as the controller takes it.

    The revision is no sign: a deployment that is scaled as well counts as seen before it has a new one.
    """
    metadata, template = deployment["metadata"], _said(deployment["spec"].get("template"))
    current = [
        each
        for each in cluster.list_objects(_REPLICA_SETS, metadata["namespace"], selector_of(deployment))
        if any(o.get("uid") == metadata.get("uid") for o in each["metadata"].get("ownerReferences") or [])
        and _template_of(each) == template
    ]
    return min(current, key=lambda each: str(each["metadata"].get("creationTimestamp") or ""), default=None)


def _template_of(replica_set: Live) -> Any:
    """The template as its deployment wrote it."""
    template = replica_set["spec"].get("template") or {}
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != _HASH}
    return _said({**template, "metadata": {**metadata, "labels": labels}})


def _said(value: Any) -> Any:
    """A value without what is empty, which Kubernetes takes for absent."""
    if isinstance(value, dict):
        return {key: each for key, each in ((key, _said(each)) for key, each in value.items()) if each not in _EMPTY}
    return [_said(each) for each in value] if isinstance(value, list) else value


def _max_unavailable(spec: Live, wanted: int) -> int:
    """How many pods may lack during the rollout; part of a percentage is rounded down."""
    strategy = spec.get("strategy") or {}
    if strategy.get("type") != "RollingUpdate" or not wanted:
        return 0
    rolling = strategy.get("rollingUpdate") or {}
    share = _share(rolling.get("maxUnavailable", "25%"), wanted, math.floor)
    if share == 0 and _share(rolling.get("maxSurge", "25%"), wanted, math.ceil) == 0:
        return 1  # both zero would never move, so Kubernetes takes one
    return min(share, wanted)


def _share(value: Any, of: int, rounded: Callable[[float], int]) -> int:
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        return rounded(of * int(value[:-1]) / 100)
    return _count(value, 0)


def _replicas(_: Cluster, live: Live) -> str:
    """ReplicaSet, ReplicationController: as many ready pods as it asks for."""
    if stale := _stale(live):
        return stale
    wanted = _count((live.get("spec") or {}).get("replicas"), 1)
    ready = _count((live.get("status") or {}).get("readyReplicas"), 0)
    return "" if ready >= wanted else f"{ready} of {wanted} pods ready"


def _stateful_set(_: Cluster, live: Live) -> str:
    if stale := _stale(live):
        return stale
    spec, status = live.get("spec") or {}, live.get("status") or {}
    wanted = _count(spec.get("replicas"), 1)
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type", "RollingUpdate") == "RollingUpdate":
        first = _count((strategy.get("rollingUpdate") or {}).get("partition"), 0)
        updated = _count(status.get("updatedReplicas"), 0)
        if updated < wanted - first:
            return f"{updated} of {wanted - first} pods updated"
    ready = _count(status.get("readyReplicas"), 0)
    return "" if ready >= wanted else f"{ready} of {wanted} pods ready"


def _daemon_set(_: Cluster, live: Live) -> str:
    if stale := _stale(live):
        return stale
    spec, status = live.get("spec") or {}, live.get("status") or {}
    wanted = _count(status.get("desiredNumberScheduled"), 0)
    ready = _count(status.get("numberReady"), 0)
    updated = _count(status.get("updatedNumberScheduled"), 0)
    if (spec.get("updateStrategy") or {}).get("type", "RollingUpdate") == "RollingUpdate" and updated < wanted:
        return f"{updated} of {wanted} pods updated"
    return "" if ready >= wanted else f"{ready} of {wanted} pods ready"


def _service(_: Cluster, live: Live) -> str:
    spec = live.get("spec") or {}
    if spec.get("type") == "ExternalName":
        return ""
    if not spec.get("clusterIP"):
        return "no cluster IP yet"
    if spec.get("type") == "LoadBalancer" and not spec.get("externalIPs"):
        balancer = (live.get("status") or {}).get("loadBalancer") or {}
        return "" if balancer.get("ingress") else "load balancer has no address yet"
    return ""


def _job(_: Cluster, live: Live) -> str:
    started = (live.get("status") or {}).get("startTime")
    return "" if started or (live.get("spec") or {}).get("suspend") else "job has not started"


def _completion(_: Cluster, live: Live) -> str:
    return "" if completed(live) else "job has not completed"


def completed(job: Live) -> bool:
    """Whether a job has done its work; raises JobFailed where it gave up."""
    for each in (job.get("status") or {}).get("conditions") or []:
        if each.get("status") != "True":
            continue
        if each.get("type") == "Complete":
            return True
        if each.get("type") == "Failed":
            raise JobFailed(f"Job failed: {each.get('reason')}")
    return False


def _claim(_: Cluster, live: Live) -> str:
    return "" if (live.get("status") or {}).get("phase") == "Bound" else "volume claim is not bound"


def _definition(_: Cluster, live: Live) -> str:
    return "" if condition(live, "Established") == "True" else "definition is not established"


def _api_service(_: Cluster, live: Live) -> str:
    return "" if condition(live, "Available") == "True" else "API service is not available"


RULES: dict[str, Callable[[Cluster, Live], str]] = {
    "Pod": _pod,
    "Deployment": _deployment,
    "ReplicaSet": _replicas,
    "ReplicationController": _replicas,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
    "Service": _service,
    "PersistentVolumeClaim": _claim,
    "CustomResourceDefinition": _definition,
    "APIService": _api_service,
}


def _stale(live: Live) -> str:
    """Whether the controller has not seen the newest spec yet."""
    seen = _count((live.get("status") or {}).get("observedGeneration"), 0)
    return "" if seen >= _count(live["metadata"].get("generation"), 0) else "its controller has not seen it yet"


def _count(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default
