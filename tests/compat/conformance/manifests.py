"""Templates of objects that behave alike on a sandbox, on a cluster without kubelets, and on a real one.

``test/fail`` and ``test/never-ready`` speak to the first two; images and commands to the third.
"""

from __future__ import annotations

import json
from typing import Any

SLEEP = ["sleep", "3600"]


def manifest(api_version: str, kind: str, name: str, annotations: dict[str, str] | None = None, **rest: Any) -> str:
    """One object as JSON, which is YAML too."""
    metadata: dict[str, Any] = {"name": name}
    if annotations:
        metadata["annotations"] = annotations
    return json.dumps({"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest})


def hooked(event: str, policy: str = "", weight: int | None = None, timeout: str = "") -> dict[str, str]:
    """Annotations of a hook."""
    found = {"helm.sh/hook": event}
    if policy:
        found["helm.sh/hook-delete-policy"] = policy
    if weight is not None:
        found["helm.sh/hook-weight"] = str(weight)
    if timeout:
        found["helm.sh/hook-delete-timeout"] = timeout
    return found


def config(name: str, annotations: dict[str, str] | None = None, **data: str) -> str:
    return manifest("v1", "ConfigMap", name, annotations, data=data)


def pod_spec(*, fails: bool = False, ready: bool = True, once: bool = False) -> dict[str, Any]:
    """A pod template's metadata and spec."""
    annotations = {} if ready else {"test/never-ready": "true"}
    if fails:
        annotations["test/fail"] = "true"
    command = ["false"] if fails else ["true"] if once else SLEEP
    container = {"name": "c", "image": "busybox" if ready else "none.invalid/none", "command": command}
    spec = {
        "terminationGracePeriodSeconds": 0,
        "containers": [container],
        **({"restartPolicy": "Never"} if once or fails else {}),
    }
    return {"metadata": {"annotations": annotations}, "spec": spec}


def pod(name: str, annotations: dict[str, str] | None = None, **how: bool) -> str:
    made = pod_spec(**how)
    return manifest("v1", "Pod", name, {**made["metadata"]["annotations"], **(annotations or {})}, spec=made["spec"])


def job(
    name: str, annotations: dict[str, str] | None = None, *, fails: bool = False, seconds: int | None = None
) -> str:
    """A job of one pod; with ``seconds`` its pod never starts and it fails after them."""
    template = pod_spec(fails=fails, once=True, ready=seconds is None)
    spec: dict[str, Any] = {"backoffLimit": 0, "template": template}
    if seconds is not None:
        spec["activeDeadlineSeconds"] = seconds
    return manifest("batch/v1", "Job", name, annotations, spec=spec)


def workload(kind: str, name: str, *, replicas: int | None = 1, ready: bool = True, **more: Any) -> str:
    """A Deployment, ReplicaSet, StatefulSet or DaemonSet of pods labelled ``app: NAME``."""
    template = pod_spec(ready=ready)
    template["metadata"]["labels"] = {"app": name}
    spec: dict[str, Any] = {"selector": {"matchLabels": {"app": name}}, "template": template}
    if kind != "DaemonSet" and replicas is not None:
        spec["replicas"] = replicas
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return manifest("apps/v1", kind, name, spec={**spec, **more})


def service(name: str, **spec: Any) -> str:
    return manifest("v1", "Service", name, spec={"ports": [{"port": 80}], "selector": {"app": name}, **spec})


def definition(group: str, annotations: dict[str, str] | None = None, plural: str = "widgets") -> str:
    """A CRD of the namespaced kind Widget."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return manifest(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        f"{plural}.{group}",
        annotations,
        spec={
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": plural[:-1], "kind": "Widget", "listKind": "WidgetList"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    )


def widget(group: str, name: str, **spec: Any) -> str:
    return manifest(f"{group}/v1", "Widget", name, spec=spec or {"size": 3})
