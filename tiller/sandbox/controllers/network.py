"""Services with their endpoints, Ingresses with their address."""

from __future__ import annotations

from typing import Any

from tiller.sandbox import selectors
from tiller.sandbox.controllers.context import PODS, Context, reference
from tiller.sandbox.controllers.pods import HOST, NODE, is_active, is_ready
from tiller.sandbox.store import Key, Kind, copy_json

Object = dict[str, Any]
ENDPOINTS: Kind = ("", "endpoints")
SLICES: Kind = ("discovery.k8s.io", "endpointslices")
_ENTRY = {"loadBalancer": {"ingress": [{"ip": HOST}]}}


def service(context: Context, key: Key, obj: Object) -> None:
    """Endpoints of the pods that the selector chooses; an address for LoadBalancers."""
    spec = obj["spec"]
    if spec.get("type") == "LoadBalancer" and spec.get("loadBalancerClass"):
        pass  # some other controller's; the sandbox has none
    elif spec.get("type") == "LoadBalancer":
        context.objects.set_status(key, **copy_json(_ENTRY))
    elif (obj.get("status") or {}).get("loadBalancer") is None or obj["status"]["loadBalancer"].get("ingress"):
        context.objects.set_status(key, loadBalancer={})
    if not spec.get("selector") or spec.get("type") == "ExternalName":
        return
    chosen = selectors.of_object({"matchLabels": spec["selector"]}) or ()
    pods = [
        p
        for p in context.objects.store.select(PODS, key[2])
        if is_active(p)
        and selectors.matches(chosen, p["metadata"].get("labels"))
        and (p.get("status") or {}).get("podIP")
    ]
    _endpoints(context, obj, pods)
    _slice(context, obj, pods)


def _address(pod: Object) -> Object:
    meta = pod["metadata"]
    target = {"kind": "Pod", "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"]}
    return {"ip": pod["status"]["podIP"], "nodeName": pod["spec"].get("nodeName", NODE), "targetRef": target}


def _port_number(port: Object, pods: list[Object]) -> int | None:
    target = port.get("targetPort", port.get("port"))
    if isinstance(target, int):
        return target
    for pod in pods:
        for container in pod["spec"]["containers"]:
            for known in container.get("ports") or ():
                if known.get("name") == target:
                    return int(known["containerPort"])
    return None


def _ports(obj: Object, pods: list[Object]) -> list[Object]:
    out = []
    for port in obj["spec"].get("ports") or ():
        number = _port_number(port, pods)
        if number is not None:
            row: Object = {"port": number, "protocol": port.get("protocol", "TCP")}
            out.append({"name": port["name"], **row} if port.get("name") else row)
    return out


def _endpoints(context: Context, obj: Object, pods: list[Object]) -> None:
    ready = [_address(p) for p in pods if is_ready(p)]
    waiting = [_address(p) for p in pods if not is_ready(p)]
    if obj["spec"].get("publishNotReadyAddresses"):
        ready, waiting = ready + waiting, []
    subset: Object = {}
    if ready:
        subset["addresses"] = ready
    if waiting:
        subset["notReadyAddresses"] = waiting
    ports = _ports(obj, pods)
    if ports:
        subset["ports"] = ports
    subsets = [subset] if ready or waiting else []
    meta = obj["metadata"]
    old = context.objects.get(ENDPOINTS, meta["namespace"], meta["name"])
    if old is None:
        made = {"name": meta["name"], "namespace": meta["namespace"], "labels": dict(meta.get("labels") or {})}
        body = {"apiVersion": "v1", "kind": "Endpoints", "metadata": made, "subsets": subsets}
        context.objects.create(context.resource(ENDPOINTS), body)
    elif (old.get("subsets") or []) != subsets:
        context.objects.put(ENDPOINTS, {**copy_json(old), "subsets": subsets})


def _slice(context: Context, obj: Object, pods: list[Object]) -> None:
    published = bool(obj["spec"].get("publishNotReadyAddresses"))
    endpoints = []
    for pod in pods:
        ready = is_ready(pod)
        found = _address(pod)
        state = {"ready": ready or published, "serving": ready, "terminating": False}
        endpoints.append(
            {
                "addresses": [found["ip"]],
                "conditions": state,
                "nodeName": found["nodeName"],
                "targetRef": found["targetRef"],
            }
        )
    ports = [{"name": p.get("name", ""), **{k: v for k, v in p.items() if k != "name"}} for p in _ports(obj, pods)]
    body: Object = {"addressType": "IPv4", "endpoints": endpoints, "ports": ports}
    old = next(iter(context.owned(obj, SLICES)), None)
    if old is None:
        meta = obj["metadata"]
        labels = {"kubernetes.io/service-name": meta["name"], "endpointslice.kubernetes.io/managed-by": "sandbox"}
        made = {"generateName": f"{meta['name']}-", "namespace": meta["namespace"], "labels": labels}
        made["ownerReferences"] = [reference(obj)]
        new = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": made, **body}
        context.objects.create(context.resource(SLICES), new)
    elif any(old.get(k) != v for k, v in body.items()):
        context.objects.put(SLICES, {**copy_json(old), **body})


def service_gone(context: Context, key: Key) -> None:
    found = context.objects.get(ENDPOINTS, key[2], key[3])
    if found is not None:
        context.objects.delete(context.resource(ENDPOINTS), found)


def ingress(context: Context, key: Key, _: Object) -> None:
    context.objects.set_status(key, **copy_json(_ENTRY))
