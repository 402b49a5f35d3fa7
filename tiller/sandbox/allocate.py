"""What the server gives to a new object: cluster addresses and node ports of Services, merged Secret text."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from tiller.sandbox.store import Kind, Store

Object = dict[str, Any]
SERVICES: Kind = ("", "services")
FIRST_NODE_PORT, LAST_NODE_PORT = 30000, 32767


def new(store: Store, kind: Kind, obj: Object) -> None:
    """Complete an object about to be created, in place."""
    step = _NEW.get(kind)
    if step:
        step(store, obj, {})


def again(store: Store, kind: Kind, obj: Object, old: Object) -> None:
    """Complete an object about to replace ``old``: what was given is kept."""
    step = _NEW.get(kind)
    if step:
        step(store, obj, old)


def _service(store: Store, obj: Object, old: Object) -> None:
    spec, before = obj["spec"], old.get("spec") or {}
    if spec.get("type") == "ExternalName":
        for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            spec.pop(field, None)
        return
    if not spec.get("clusterIP"):
        kept = before.get("clusterIP") if before.get("type") != "ExternalName" else None
        spec["clusterIP"] = kept or _free_address(store)
        spec.pop("clusterIPs", None)
    spec.setdefault("clusterIPs", [spec["clusterIP"]])
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    if spec.get("type") in {"NodePort", "LoadBalancer"}:
        _node_ports(store, spec, before)
    elif before.get("type") in {"NodePort", "LoadBalancer"}:
        for port in spec.get("ports") or ():
            port.pop("nodePort", None)
        for field in ("externalTrafficPolicy", "allocateLoadBalancerNodePorts", "healthCheckNodePort"):
            spec.pop(field, None)


def _free_address(store: Store) -> str:
    taken = {s["spec"].get("clusterIP") for s in store.select(SERVICES)}
    for n in range(2, 1 << 16):
        address = f"10.96.{n >> 8}.{n & 255}"
        if n & 255 not in {0, 255} and address not in taken:
            return address
    return "10.96.255.254"


def _node_ports(store: Store, spec: Object, before: Object) -> None:
    kept = {(p.get("port"), p.get("protocol")): p.get("nodePort") for p in before.get("ports") or ()}
    taken = {p.get("nodePort") for s in store.select(SERVICES) for p in s["spec"].get("ports") or ()}
    taken |= {p.get("nodePort") for p in spec.get("ports") or ()}
    for port in spec.get("ports") or ():
        if port.get("nodePort"):
            continue
        given = kept.get((port.get("port"), port.get("protocol")))
        if not given:
            given = next((n for n in range(FIRST_NODE_PORT, LAST_NODE_PORT + 1) if n not in taken), LAST_NODE_PORT)
        taken.add(given)
        port["nodePort"] = given


def _secret(_: Store, obj: Object, __: Object) -> None:
    """``stringData`` is a way to write ``data`` and never shows."""
    for key, value in (obj.pop("stringData", None) or {}).items():
        data = obj.setdefault("data", {})
        data[key] = base64.b64encode(value.encode()).decode()


def _job(_: Store, obj: Object, old: Object) -> None:
    """A Job chooses its pods by its own uid."""
    spec, meta = obj["spec"], obj["metadata"]
    if old and "selector" not in spec:
        spec["selector"] = old["spec"].get("selector")
    template = spec["template"].setdefault("metadata", {})
    if spec.get("manualSelector"):
        return
    uid = (old or obj)["metadata"]["uid"]
    own = {"controller-uid": uid, "job-name": meta.get("name", "")}
    own |= {f"batch.kubernetes.io/{k}": v for k, v in own.items()}
    template["labels"] = {**(template.get("labels") or {}), **own}
    if not old:
        meta["labels"] = meta.get("labels") or dict(own)
    spec.setdefault("selector", {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}})


_NEW: dict[Kind, Callable[[Store, Object, Object], None]] = {
    SERVICES: _service,
    ("", "secrets"): _secret,
    ("batch", "jobs"): _job,
}
