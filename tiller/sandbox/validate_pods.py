"""Which pod specs an API server refuses: containers, ports, volumes and mounts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tiller.sandbox.names import ALNUM, LOWER, name_problem
from tiller.sandbox.status import Cause, Causes

Object = dict[str, Any]


def check_port(path: str, value: Any, causes: Causes) -> None:
    if not isinstance(value, int) or not 0 < value < 65536:
        causes.invalid(path, value, "must be between 1 and 65535, inclusive")


def _container(path: str, container: Object, volumes: set[str], causes: Causes) -> None:
    name = container.get("name", "")
    if not name:
        causes.required(f"{path}.name")
    elif name_problem("label", name):
        causes.invalid(f"{path}.name", name, name_problem("label", name))
    if not container.get("image"):
        causes.required(f"{path}.image")
    check_unique(f"{path}.ports", container.get("ports") or (), causes)
    for i, port in enumerate(container.get("ports") or ()):
        if "containerPort" not in port:
            causes.required(f"{path}.ports[{i}].containerPort")
        else:
            check_port(f"{path}.ports[{i}].containerPort", port["containerPort"], causes)
        if port.get("protocol") not in {"TCP", "UDP", "SCTP"}:
            causes.unsupported(f"{path}.ports[{i}].protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))
        check_port_name(f"{path}.ports[{i}].name", port.get("name"), causes)
    for i, env in enumerate(container.get("env") or ()):
        if not env.get("name"):
            causes.required(f"{path}.env[{i}].name")
        if env.get("valueFrom") and env.get("value"):
            causes.invalid(f"{path}.env[{i}].valueFrom", "", "may not be specified when `value` is not empty")
    seen = set()
    for i, mount in enumerate(container.get("volumeMounts") or ()):
        where = f"{path}.volumeMounts[{i}]"
        if not mount.get("name"):
            causes.required(f"{where}.name")
        elif mount["name"] not in volumes:
            causes.found.append(Cause(f"{where}.name", f"Not found: {json.dumps(mount['name'])}", "FieldValueNotFound"))
        target = mount.get("mountPath", "")
        if not target:
            causes.required(f"{where}.mountPath")
        elif target in seen:
            causes.invalid(f"{where}.mountPath", target, "must be unique")
        seen.add(target)
    if container.get("imagePullPolicy") not in {"Always", "IfNotPresent", "Never"}:
        choices = ("Always", "IfNotPresent", "Never")
        causes.unsupported(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), choices)
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        if kind in container and not {"exec", "httpGet", "tcpSocket", "grpc"} & set(container[kind]):
            causes.required(f"{path}.{kind}", "must specify a handler type")
    for kind in ("livenessProbe", "startupProbe"):
        times = (container.get(kind) or {}).get("successThreshold", 1)
        if times != 1:
            causes.invalid(f"{path}.{kind}.successThreshold", times, "must be 1")


def check_port_name(path: str, name: Any, causes: Causes) -> None:
    if not name:
        return
    if len(name) > 15:
        causes.invalid(path, name, "must be no more than 15 characters")
    elif not set(name) <= ALNUM | {"-"} or not set(name) & LOWER or "--" in name or "-" in (name[0], name[-1]):
        why = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        causes.invalid(path, name, why)


def check_unique(path: str, items: Iterable[Object], causes: Causes, key: str = "name") -> None:
    seen = set()
    for i, item in enumerate(items):
        name = item.get(key)
        if name and name in seen:
            causes.duplicate(f"{path}[{i}].{key}", name)
        seen.add(name)


def check_pod_spec(path: str, spec: Object, causes: Causes, claims: Iterable[Object] = ()) -> None:
    """``claims`` are a StatefulSet's volumeClaimTemplates: their names count as volumes."""
    volumes = spec.get("volumes") or ()
    known = {v.get("name", "") for v in volumes} | {(c.get("metadata") or {}).get("name", "") for c in claims}
    for i, volume in enumerate(volumes):
        if not volume.get("name"):
            causes.required(f"{path}.volumes[{i}].name")
        elif name_problem("label", volume["name"]):
            causes.invalid(f"{path}.volumes[{i}].name", volume["name"], name_problem("label", volume["name"]))
        if len(volume) > 2:
            causes.forbidden(
                f"{path}.volumes[{i}].{sorted(set(volume) - {'name'})[1]}", "may not specify more than 1 volume type"
            )
    check_unique(f"{path}.volumes", volumes, causes)
    if not spec.get("containers"):
        causes.required(f"{path}.containers")
    for group in ("containers", "initContainers"):
        for i, container in enumerate(spec.get(group) or ()):
            _container(f"{path}.{group}[{i}]", container, known, causes)
        check_unique(f"{path}.{group}", spec.get(group) or (), causes)
    policy = spec.get("restartPolicy")
    if policy not in {None, "Always", "OnFailure", "Never"}:
        causes.unsupported(f"{path}.restartPolicy", policy, ("Always", "OnFailure", "Never"))
    dns = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
    if spec.get("dnsPolicy") not in dns:
        causes.unsupported(f"{path}.dnsPolicy", spec.get("dnsPolicy"), dns)
    account = spec.get("serviceAccountName")
    if account and name_problem("subdomain", account):
        causes.invalid(f"{path}.serviceAccountName", account, name_problem("subdomain", account))
