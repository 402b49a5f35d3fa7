"""What makes objects come true: a synchronous work queue over the written objects, one file per noun.

``run`` works until nothing changes any more (within a bound), so a reader sees Deployments ready
right after writing them. Only what waits for time (``ready_after``, a Job's ``ttl``) or for a real
process needs ``tick``.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any, Protocol

from tiller.sandbox.controllers import batch, cluster, garbage, network, pods, volumes, workloads
from tiller.sandbox.controllers.context import Context, PodRunner
from tiller.sandbox.objects import Objects
from tiller.sandbox.store import Key, Kind

Object = dict[str, Any]

__all__ = ["Controllers", "PodRunner"]

STEPS_PER_RUN = 20_000


class Reconcile(Protocol):
    """Bring one stored object closer to what it asks for."""

    def __call__(self, context: Context, key: Key, obj: Object, /) -> None: ...


class Forget(Protocol):
    """The object at ``key`` is gone."""

    def __call__(self, context: Context, key: Key, /) -> None: ...


_RECONCILE: dict[Kind, tuple[Reconcile, ...]] = {
    ("", "pods"): (pods.reconcile, pods.touch_owners),
    ("", "namespaces"): (cluster.namespace,),
    ("", "serviceaccounts"): (),
    ("", "services"): (network.service,),
    ("", "persistentvolumeclaims"): (volumes.claim,),
    ("", "persistentvolumes"): (volumes.volume,),
    ("", "replicationcontrollers"): (workloads.replica_set,),
    ("apps", "deployments"): (workloads.deployment,),
    ("apps", "replicasets"): (workloads.replica_set, workloads.touch_owner),
    ("apps", "statefulsets"): (workloads.stateful_set,),
    ("apps", "daemonsets"): (workloads.daemon_set,),
    ("batch", "jobs"): (batch.job,),
    ("networking.k8s.io", "ingresses"): (network.ingress,),
    ("policy", "poddisruptionbudgets"): (cluster.budget,),
    ("autoscaling", "horizontalpodautoscalers"): (cluster.autoscaler,),
    ("apiextensions.k8s.io", "customresourcedefinitions"): (cluster.definition,),
    ("apiregistration.k8s.io", "apiservices"): (cluster.api_service,),
    ("certificates.k8s.io", "certificatesigningrequests"): (),
}
_FORGET: dict[Kind, tuple[Forget, ...]] = {
    ("", "pods"): (pods.gone,),
    ("", "services"): (network.service_gone,),
    ("", "persistentvolumeclaims"): (volumes.claim_gone,),
    ("apiextensions.k8s.io", "customresourcedefinitions"): (cluster.definition_gone,),
}


class Controllers:
    """Runs the controllers of one sandbox; callers hold the store's lock."""

    def __init__(self, objects: Objects, *, ready_after: float = 0.0, runner: PodRunner | None = None) -> None:
        self.context = Context(objects, ready_after, runner)
        self._running = False

    def begin(self) -> None:
        """Make what every cluster has, and look at everything that was stored before."""
        cluster.bootstrap(self.context)
        for kind in self.context.objects.store.kinds():
            for obj in self.context.objects.store.select(kind):
                meta = obj["metadata"]
                self.context.touch((*kind, meta.get("namespace", ""), meta["name"]))
        self.run()

    def run(self) -> None:
        """Work off what was written, and what that writes, until all is quiet or the bound is reached."""
        if self._running:
            return
        self._running = True
        try:
            queue = self.context.objects.touched
            for _ in range(STEPS_PER_RUN):
                if not queue:
                    break
                key = next(iter(queue))
                del queue[key]
                self._step(key)
        finally:
            self._running = False

    def _step(self, key: Key) -> None:
        obj = self.context.objects.store.at(key)
        if obj is None:
            for forget in _FORGET.get(key[:2], ()):
                forget(self.context, key)
            garbage.contents_of_namespace_left(self.context, key)
            return
        if not garbage.collect(self.context, key, obj):
            return
        for reconcile in _RECONCILE.get(key[:2], ()):
            obj = self.context.objects.store.at(key)
            if obj is not None:
                reconcile(self.context, key, obj)

    def tick(self) -> None:
        """Wake what waited for this moment, and hear from running processes."""
        now = self.context.objects.clock()
        due = self.context.due
        while due and due[0][0] <= now:
            self.context.touch(heapq.heappop(due)[1])
        pods.observe(self.context)
        self.run()

    def log_of(self, pod: Object, container: str) -> bytes:
        """What a container wrote."""
        return pods.log_of(self.context, pod, container)

    def follow_log(self, pod: Object, container: str, begun: bytes) -> Iterator[bytes]:
        """Lines of a log as they come, after those of ``begun``; an empty one says only that nothing came."""
        return pods.follow_log(self.context, pod, container, begun)

    def port_of(self, pod: Object, port: int) -> tuple[str, int] | None:
        """Where a pod's port is reached on this machine, None where nothing listens."""
        runner: PodRunner | None = self.context.runner
        return runner.port(pod["metadata"]["uid"], port) if runner is not None else None
