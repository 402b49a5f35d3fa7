"""Deployments, ReplicaSets, ReplicationControllers, StatefulSets, DaemonSets."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tiller.sandbox.controllers.context import MAX_PODS, PODS, Context, condition, controller_of, reference
from tiller.sandbox.controllers.pods import is_active, is_ready
from tiller.sandbox.store import Key, Kind, copy_json

Object = dict[str, Any]
REPLICA_SETS: Kind = ("apps", "replicasets")
CLAIMS: Kind = ("", "persistentvolumeclaims")
HASH = "pod-template-hash"
REVISION_HASH = "controller-revision-hash"
REVISION = "deployment.kubernetes.io/revision"
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def template_hash(template: Object) -> str:
    """Ten letters and digits that stand for a pod template."""
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).digest()
    return "".join(_ALPHABET[b % len(_ALPHABET)] for b in digest[:10])


def pod_of(
    context: Context, owner: Object, template: Object, *, name: str = "", labels: Object | None = None
) -> Object:
    """A pod as ``owner`` creates it from its template."""
    meta = template.get("metadata") or {}
    made: Object = {"namespace": owner["metadata"]["namespace"], "ownerReferences": [reference(owner)]}
    if name:
        made["name"] = name
    else:
        made["generateName"] = f"{owner['metadata']['name']}-"
    made["labels"] = {**(meta.get("labels") or {}), **(labels or {})}
    for field in ("annotations", "finalizers"):
        if meta.get(field):
            made[field] = copy_json(meta[field])
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": made, "spec": copy_json(template["spec"])}
    return context.objects.create(context.resource(PODS), pod)


def _remove_pods(context: Context, pods: list[Object]) -> None:
    for pod in pods:
        context.objects.delete(context.resource(PODS), pod)


def _wanted(obj: Object) -> int:
    return min(int(obj["spec"].get("replicas", 1)), MAX_PODS)


def touch_owner(context: Context, _: Key, obj: Object) -> None:
    owner = context.objects.store.by_uid(controller_of(obj))
    if owner:
        context.touch(owner)


def replica_set(context: Context, key: Key, obj: Object) -> None:
    """As many pods as asked for; also of ReplicationControllers."""
    if "deletionTimestamp" in obj["metadata"]:
        return
    pods = [p for p in context.owned(obj, PODS) if is_active(p)]
    wanted = _wanted(obj)
    pods += [pod_of(context, obj, obj["spec"]["template"]) for _ in range(wanted - len(pods))]
    if len(pods) > wanted:
        unready_first = sorted(
            pods, key=lambda p: (is_ready(p), p["metadata"]["creationTimestamp"], p["metadata"]["name"])
        )
        extra = unready_first[: len(pods) - wanted]
        _remove_pods(context, extra)
        pods = [p for p in pods if p not in extra]
    ready = sum(map(is_ready, pods))
    conditions = []
    if int(obj["spec"].get("replicas", 1)) > MAX_PODS:
        words = f"the sandbox runs at most {MAX_PODS} pods of one workload"
        now = context.objects.now()
        known = (obj.get("status") or {}).get("conditions")
        conditions = [
            condition("ReplicaFailure", holds=True, reason="FailedCreate", message=words, now=now, known=known)
        ]
    context.objects.set_status(
        key,
        replicas=len(pods),
        fullyLabeledReplicas=len(pods) or None,
        readyReplicas=ready or None,
        availableReplicas=ready or None,
        observedGeneration=obj["metadata"].get("generation", 1),
        conditions=conditions or None,
    )


def _template_of(replica: Object) -> Object:
    """A ReplicaSet's template as its Deployment wrote it."""
    template: Object = copy_json(replica["spec"]["template"])
    template["metadata"]["labels"].pop(HASH, None)
    return template


def _revision(obj: Object) -> int:
    text = (obj["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _scaled(context: Context, replica: Object, count: int) -> Object:
    if replica["spec"].get("replicas") == count:
        return replica
    new = copy_json(replica)
    new["spec"]["replicas"] = count
    new["metadata"]["generation"] = new["metadata"].get("generation", 1) + 1
    return context.objects.put(REPLICA_SETS, new)


def deployment(context: Context, key: Key, obj: Object) -> None:
    """One ReplicaSet per template; the old ones stay until the new one is ready, unless Recreate."""
    if "deletionTimestamp" in obj["metadata"]:
        return
    spec = obj["spec"]
    wanted = _wanted(obj)
    replicas = context.owned(obj, REPLICA_SETS)
    template = spec["template"]
    current = next((r for r in replicas if _same(_template_of(r), template)), None)
    if current is None and not spec.get("paused"):
        current = _new_replica_set(context, obj, 0)
        replicas.append(current)
    if current is None:
        current = max(replicas, key=_revision, default=None)
        if current is None:
            return
    others = [r for r in replicas if r["metadata"]["name"] != current["metadata"]["name"]]
    current = _numbered(context, current, others)
    recreate = spec["strategy"].get("type") == "Recreate"
    if recreate:
        others = [_scaled(context, r, 0) for r in others]
        if any((r.get("status") or {}).get("replicas") for r in others):
            return  # their pods go first; their status brings us back
    current = _scaled(context, current, int(spec.get("replicas", 1)))
    ready = (current.get("status") or {}).get("readyReplicas", 0)
    if ready >= wanted:
        others = [_scaled(context, r, 0) for r in others]
        _forget_old(context, others, int(spec.get("revisionHistoryLimit", 10)))
    obj = _annotated(context, key, obj, _revision(current))
    _deployment_status(context, key, obj, current, others)


def _same(one: Object, other: Object) -> bool:
    def plain(template: Object) -> Object:
        meta = {k: v for k, v in (template.get("metadata") or {}).items() if v and k in {"labels", "annotations"}}
        return {"metadata": meta, "spec": template.get("spec")}

    return plain(one) == plain(other)


def _new_replica_set(context: Context, obj: Object, count: int) -> Object:
    name = template_hash(obj["spec"]["template"])
    template = copy_json(obj["spec"]["template"])
    template.setdefault("metadata", {}).setdefault("labels", {})[HASH] = name
    selector = copy_json(obj["spec"]["selector"])
    selector.setdefault("matchLabels", {})[HASH] = name
    meta = {
        "name": f"{obj['metadata']['name']}-{name}",
        "namespace": obj["metadata"]["namespace"],
        "labels": dict(template["metadata"]["labels"]),
        "annotations": {k: v for k, v in (obj["metadata"].get("annotations") or {}).items() if k in _INHERITED},
        "ownerReferences": [reference(obj)],
    }
    body = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": meta,
        "spec": {"replicas": count, "selector": selector, "template": template},
    }
    taken = context.objects.get(REPLICA_SETS, meta["namespace"], meta["name"])
    if taken is not None:
        meta["name"] = context.objects.generated(meta["name"] + "-")
    return context.objects.create(context.resource(REPLICA_SETS), body)


_INHERITED = {"kubernetes.io/change-cause"}


def _numbered(context: Context, current: Object, others: list[Object]) -> Object:
    """The current ReplicaSet has the highest revision."""
    highest = max(map(_revision, others), default=0)
    if _revision(current) > highest:
        return current
    new = copy_json(current)
    new["metadata"].setdefault("annotations", {})[REVISION] = str(highest + 1)
    return context.objects.put(REPLICA_SETS, new)


def _annotated(context: Context, key: Key, obj: Object, revision: int) -> Object:
    found = context.objects.store.at(key) or obj
    if _revision(found) == revision:
        return found
    new = copy_json(found)
    new["metadata"].setdefault("annotations", {})[REVISION] = str(revision)
    return context.objects.put(key[:2], new)


def _forget_old(context: Context, others: list[Object], limit: int) -> None:
    idle = sorted((r for r in others if not (r.get("status") or {}).get("replicas")), key=_revision)
    for replica in idle[: max(len(idle) - limit, 0)]:
        context.objects.delete(context.resource(REPLICA_SETS), replica)


def _deployment_status(context: Context, key: Key, obj: Object, current: Object, others: list[Object]) -> None:
    wanted = _wanted(obj)
    now = context.objects.now()

    def count(replica: Object, field: str) -> int:
        return int((replica.get("status") or {}).get(field, 0))

    every = [current, *others]
    total, ready = (sum(count(r, f) for r in every) for f in ("replicas", "readyReplicas"))
    updated = count(current, "replicas")
    name = current["metadata"]["name"]
    known = (obj.get("status") or {}).get("conditions")
    available = ready >= wanted - _unavailable_allowed(obj, wanted)
    complete = count(current, "readyReplicas") >= wanted and total == updated
    conditions = [
        condition(
            "Available",
            holds=available,
            reason="MinimumReplicasAvailable" if available else "MinimumReplicasUnavailable",
            message=f"Deployment {'has' if available else 'does not have'} minimum availability.",
            now=now,
            known=known,
        ),
        condition(
            "Progressing",
            holds=True,
            reason="NewReplicaSetAvailable" if complete else "ReplicaSetUpdated",
            message=f'ReplicaSet "{name}" {"has successfully progressed." if complete else "is progressing."}',
            now=now,
            known=known,
        ),
    ]
    for c in conditions:
        c["lastUpdateTime"] = c["lastTransitionTime"]
    context.objects.set_status(
        key,
        observedGeneration=obj["metadata"].get("generation", 1),
        replicas=total or None,
        updatedReplicas=updated or None,
        readyReplicas=ready or None,
        availableReplicas=ready or None,
        unavailableReplicas=max(wanted - ready, 0) or None,
        conditions=conditions,
    )


def _unavailable_allowed(obj: Object, wanted: int) -> int:
    rolling = obj["spec"]["strategy"].get("rollingUpdate") or {}
    value = rolling.get("maxUnavailable", 0)
    if isinstance(value, str):
        digits = value.rstrip("%")
        return wanted * int(digits) // 100 if digits.isascii() and digits.isdigit() and len(digits) < 4 else 0
    return int(value)


def stateful_set(context: Context, key: Key, obj: Object) -> None:
    """Numbered pods with their claims, one after the other."""
    if "deletionTimestamp" in obj["metadata"]:
        return
    spec, meta = obj["spec"], obj["metadata"]
    wanted = _wanted(obj)
    start = int((spec.get("ordinals") or {}).get("start", 0))
    revision = f"{meta['name']}-{template_hash(spec['template'])}"
    pods = {p["metadata"]["name"]: p for p in context.owned(obj, PODS)}
    names = [f"{meta['name']}-{start + n}" for n in range(wanted)]
    _remove_pods(context, [p for name, p in pods.items() if name not in names or not is_active(p)])
    if spec["updateStrategy"].get("type") == "RollingUpdate":
        partition = int((spec["updateStrategy"].get("rollingUpdate") or {}).get("partition", 0))
        _replace_old(context, pods, names[partition:], revision)
    pods = {p["metadata"]["name"]: p for p in context.owned(obj, PODS)}
    for n, name in enumerate(names):
        if name not in pods:
            _claims(context, obj, name)
            template = _with_claims(spec["template"], spec.get("volumeClaimTemplates") or (), name)
            labels = {REVISION_HASH: revision, "statefulset.kubernetes.io/pod-name": name}
            labels["apps.kubernetes.io/pod-index"] = str(start + n)
            pod = pod_of(context, obj, template, name=name, labels=labels)
            pods[name] = pod
        if spec.get("podManagementPolicy") == "OrderedReady" and not is_ready(pods[name]):
            break  # the next one waits for this one
    standing = [p for name, p in pods.items() if name in names]
    updated = sum(p["metadata"].get("labels", {}).get(REVISION_HASH) == revision for p in standing)
    ready = sum(map(is_ready, standing))
    before = obj.get("status") or {}
    done = updated == len(standing) == wanted
    current = revision if done or not before.get("currentRevision") else before["currentRevision"]
    context.objects.set_status(
        key,
        observedGeneration=meta.get("generation", 1),
        replicas=len(standing),
        readyReplicas=ready or None,
        availableReplicas=ready,
        currentReplicas=(updated if current == revision else len(standing) - updated) or None,
        updatedReplicas=updated or None,
        currentRevision=current,
        updateRevision=revision,
        collisionCount=0,
    )


def _replace_old(context: Context, pods: dict[str, Object], names: list[str], revision: str) -> None:
    old = [p for n, p in pods.items() if n in names and p["metadata"].get("labels", {}).get(REVISION_HASH) != revision]
    _remove_pods(context, old)


def _claims(context: Context, obj: Object, pod: str) -> None:
    for template in obj["spec"].get("volumeClaimTemplates") or ():
        meta = template.get("metadata") or {}
        name = f"{meta.get('name')}-{pod}"
        namespace = obj["metadata"]["namespace"]
        if context.objects.get(CLAIMS, namespace, name) is None:
            labels = {**(meta.get("labels") or {}), **((obj["spec"]["selector"] or {}).get("matchLabels") or {})}
            made = {
                "name": name,
                "namespace": namespace,
                "labels": labels,
                "annotations": meta.get("annotations") or {},
            }
            body = {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": made,
                "spec": copy_json(template["spec"]),
            }
            context.objects.create(context.resource(CLAIMS), body)


def _with_claims(template: Object, claims: Any, pod: str) -> Object:
    out: Object = copy_json(template)
    names = {(c.get("metadata") or {}).get("name") for c in claims}
    volumes = [v for v in out["spec"].get("volumes") or () if v["name"] not in names]
    volumes += [{"name": n, "persistentVolumeClaim": {"claimName": f"{n}-{pod}"}} for n in sorted(map(str, names))]
    if volumes:
        out["spec"]["volumes"] = volumes
    out["spec"].setdefault("hostname", pod)
    return out


NODE_LABELS = {
    "kubernetes.io/hostname": "sandbox",
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "beta.kubernetes.io/arch": "amd64",
}


def daemon_set(context: Context, key: Key, obj: Object) -> None:
    """One pod on the one node, where the node selector fits."""
    if "deletionTimestamp" in obj["metadata"]:
        return
    spec = obj["spec"]
    revision = template_hash(spec["template"])
    chosen = spec["template"]["spec"].get("nodeSelector") or {}
    wanted = 1 if all(NODE_LABELS.get(k) == v for k, v in chosen.items()) else 0
    pods = context.owned(obj, PODS)
    rolls = spec["updateStrategy"].get("type") == "RollingUpdate"
    old = [p for p in pods if rolls and p["metadata"].get("labels", {}).get(REVISION_HASH) != revision]
    _remove_pods(context, [p for p in pods if not wanted or p in old or not is_active(p)])
    pods = context.owned(obj, PODS)
    if wanted and not pods:
        pods = [pod_of(context, obj, spec["template"], labels={REVISION_HASH: revision})]
    ready = sum(map(is_ready, pods))
    updated = sum(p["metadata"].get("labels", {}).get(REVISION_HASH) == revision for p in pods)
    context.objects.set_status(
        key,
        currentNumberScheduled=len(pods),
        desiredNumberScheduled=wanted,
        numberMisscheduled=0,
        numberReady=ready,
        numberAvailable=ready or None,
        numberUnavailable=(wanted - ready) or None,
        updatedNumberScheduled=updated or None,
        observedGeneration=obj["metadata"].get("generation", 1),
    )
