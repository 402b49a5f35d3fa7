"""An object of most kinds with nearly every field set, and the same with few: whether an upgrade takes away all that goes."""

from __future__ import annotations

import json
from typing import Any

KINDS = {
    "deployments": "Deployment", "daemonsets": "DaemonSet", "statefulsets": "StatefulSet", "cronjobs": "CronJob",
    "services": "Service", "ingresses": "Ingress", "networkpolicies": "NetworkPolicy", "roles": "Role",
    "rolebindings": "RoleBinding", "horizontalpodautoscalers": "HorizontalPodAutoscaler",
    "poddisruptionbudgets": "PodDisruptionBudget", "resourcequotas": "ResourceQuota", "configmaps": "ConfigMap",
    "secrets": "Secret", "serviceaccounts": "ServiceAccount", "persistentvolumeclaims": "PersistentVolumeClaim",
}  # fmt: skip


def everything(name: str, *, full: bool) -> list[str]:
    """One object of each kind, all called ``name``: ``full``, or with what is left of it."""
    metadata: dict[str, Any] = {"name": name, "labels": {"kept": "1"}}
    if full:
        metadata = {"name": name, "labels": {"kept": "1", "dropped": "1"}, "annotations": {"dropped": "1"}}
    return [
        json.dumps(
            {
                "apiVersion": place.rpartition("/")[0] or "v1",
                "kind": KINDS[place.rpartition("/")[2]],
                "metadata": metadata,
                **(much if full else some),
            }
        )
        for place, much, some in _cases(name)
    ]


def settled(live: dict[str, Any] | None) -> dict[str, Any]:
    """An object without what the cluster gives each one of its own."""
    assert live is not None
    spec = {key: value for key, value in live.get("spec", {}).items() if key not in ("clusterIP", "clusterIPs")}
    notes = live["metadata"].get("annotations", {})
    own = {key: value for key, value in notes.items() if key.startswith("dropped")}
    metadata = {key: value for key, value in live["metadata"].items() if key in ("name", "labels", "finalizers")}
    return {**live, "spec": spec, "status": None, "metadata": {**metadata, "annotations": own}}


def _cases(name: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """A place, an object with much in it, and what is left of it; both are whole without their names."""
    labels = {"app": name}
    rbac = "rbac.authorization.k8s.io"
    backend = {"service": {"name": name, "port": {"number": 80}}}
    container = {"name": "c", "image": "i"}
    much = {
        "serviceAccountName": name,
        "nodeSelector": {"a": "b", "c": "d"},
        "tolerations": [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "Exists"}],
        "securityContext": {"runAsUser": 5, "fsGroup": 6},
        "terminationGracePeriodSeconds": 5,
        "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a", "b"]}],
        "initContainers": [{"name": "first", "image": "i"}, {"name": "second", "image": "i"}],
        "containers": [
            {
                **container,
                "command": ["a"],
                "args": ["b", "c"],
                "env": [
                    {"name": "A", "value": "1"},
                    {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "x", "key": "y"}}},
                ],
                "envFrom": [{"configMapRef": {"name": "x"}}],
                "ports": [
                    {"name": "web", "containerPort": 80},
                    {"name": "dns", "containerPort": 53, "protocol": "UDP"},
                ],
                "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "100m"}},
                "volumeMounts": [{"name": "v", "mountPath": "/v"}, {"name": "w", "mountPath": "/w"}],
                "livenessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 3},
                "lifecycle": {"preStop": {"exec": {"command": ["x"]}}},
            },
            {"name": "side", "image": "i"},
        ],
        "volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "w", "configMap": {"name": "x"}}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]
                }
            }
        },
    }
    some = {
        "tolerations": [{"key": "b", "operator": "Exists"}],
        "containers": [
            {
                **container,
                "args": ["c"],
                "env": [{"name": "B", "value": "2"}],
                "ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP"}],
                "volumeMounts": [{"name": "w", "mountPath": "/w"}],
                "livenessProbe": {"tcpSocket": {"port": 53}},
            }
        ],
        "volumes": [{"name": "w", "emptyDir": {}}],
    }

    def workload_of(pod: dict[str, Any], **more: Any) -> dict[str, Any]:
        notes = {"annotations": {"a": "b"}} if pod is much else {}
        spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels, **notes}, "spec": pod}}
        return {"spec": {**spec, **more}}

    def quota(**hard: str) -> dict[str, Any]:
        return {"spec": {"hard": {f"count/{key}": value for key, value in hard.items()}}}

    def night(pod: dict[str, Any], **more: Any) -> dict[str, Any]:
        job = {"template": {"spec": {**pod, "restartPolicy": "Never"}}}
        return {"spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": job}, **more}}

    def rules(*hosts: str) -> list[dict[str, Any]]:
        paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
        return [{"host": f"{host}.example", "http": {"paths": paths}} for host in hosts]

    def metric(resource: str) -> dict[str, Any]:
        target = {"type": "Utilization", "averageUtilization": 50}
        return {"type": "Resource", "resource": {"name": resource, "target": target}}

    scaled = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}, "maxReplicas": 3}
    ref = {"apiGroup": rbac, "kind": "Role", "name": name}
    subjects = [{"kind": "ServiceAccount", "name": each, "namespace": "default"} for each in ("a", "b")]
    rolling = {"strategy": {"rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}}, "revisionHistoryLimit": 3}
    return [
        ("apps/v1/deployments", workload_of(much, replicas=0, **rolling), workload_of(some, replicas=0)),
        ("apps/v1/daemonsets", workload_of(much, minReadySeconds=3), workload_of(some)),
        (
            "apps/v1/statefulsets",
            workload_of(much, replicas=0, serviceName=name, updateStrategy={"type": "OnDelete"}),
            workload_of(some, replicas=0, serviceName=name),
        ),
        ("batch/v1/cronjobs", night(much, suspend=True, startingDeadlineSeconds=9), night(some, suspend=True)),
        (
            "services",
            {
                "spec": {
                    "selector": {**labels, "a": "b"},
                    "sessionAffinity": "ClientIP",
                    "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}],
                }
            },
            {"spec": {"selector": labels, "ports": [{"name": "b", "port": 53, "protocol": "UDP"}]}},
        ),
        (
            "networking.k8s.io/v1/ingresses",
            {"spec": {"defaultBackend": backend, "rules": rules("a", "b"), "tls": [{"hosts": ["a"], "secretName": "s"}]}},
            {"spec": {"rules": rules("b")}},
        ),
        (
            "networking.k8s.io/v1/networkpolicies",
            {"spec": {"podSelector": {"matchLabels": labels}, "ingress": [{"ports": [{"port": 80}]}], "policyTypes": ["Ingress", "Egress"]}},
            {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}},
        ),
        (
            f"{rbac}/v1/roles",
            {"rules": [{"apiGroups": [""], "resources": ["pods", "secrets"], "verbs": ["get", "list"]}, {"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"]}]},
            {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]},
        ),
        (f"{rbac}/v1/rolebindings", {"roleRef": ref, "subjects": subjects}, {"roleRef": ref, "subjects": subjects[1:]}),
        (
            "autoscaling/v2/horizontalpodautoscalers",
            {"spec": {**scaled, "minReplicas": 2, "metrics": [metric("cpu"), metric("memory")], "behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}}}},
            {"spec": {**scaled, "metrics": [metric("memory")]}},
        ),
        (
            "policy/v1/poddisruptionbudgets",
            {"spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels}}},
            {"spec": {"minAvailable": 1, "selector": {"matchLabels": labels}}},
        ),
        ("resourcequotas", quota(secrets="9", services="9"), quota(services="8")),
        ("configmaps", {"data": {"a": "1", "b": "2"}, "binaryData": {"c": "eA=="}}, {"data": {"b": "2"}}),
        ("secrets", {"data": {"a": "eA==", "b": "eQ=="}, "stringData": {"c": "z"}}, {"data": {"b": "eA=="}}),
        ("serviceaccounts", {"imagePullSecrets": [{"name": "a"}, {"name": "b"}], "automountServiceAccountToken": False}, {"imagePullSecrets": [{"name": "b"}]}),
        (
            "persistentvolumeclaims",
            {"spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "none", "resources": {"requests": {"storage": "1Mi"}}}},
            {"spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "none", "resources": {"requests": {"storage": "1Mi"}}}},
        ),
    ]  # fmt: skip


PLACES = [place for place, _, _ in _cases("x")]
