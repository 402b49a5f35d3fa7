"""What the server says of itself: version, groups, resources, OpenAPI."""

from __future__ import annotations

from typing import Any

from tiller.sandbox.resources import Registry, Resource

# Objects follow Kubernetes 1.29; the part after + says that this is no Kubernetes.
GIT_VERSION = "v1.29.0+sandbox"
VERSION = {
    "major": "1",
    "minor": "29",
    "gitVersion": GIT_VERSION,
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "python",
    "compiler": "python",
    "platform": "linux/amd64",
}

_SUB_KINDS = {
    "scale": ("autoscaling", "v1", "Scale"),
    "eviction": ("policy", "v1", "Eviction"),
    "token": ("authentication.k8s.io", "v1", "TokenRequest"),
    "binding": ("", "v1", "Binding"),
    "portforward": ("", "v1", "PodPortForwardOptions"),
}
_SUB_VERBS = {
    "status": ("get", "patch", "update"),
    "scale": ("get", "patch", "update"),
    "log": ("get",),
    "portforward": ("create", "get"),
    "finalize": ("update",),
    "approval": ("get", "patch", "update"),
}


def versions() -> dict[str, Any]:
    """``/api``."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def group(registry: Registry, name: str) -> dict[str, Any]:
    """``/apis/NAME``."""
    shown = [{"groupVersion": f"{name}/{v}", "version": v} for v in registry.versions[name]]
    return {"kind": "APIGroup", "apiVersion": "v1", "name": name, "versions": shown, "preferredVersion": shown[0]}


def groups(registry: Registry) -> dict[str, Any]:
    """``/apis``."""
    inner = [
        {k: v for k, v in group(registry, n).items() if k not in {"kind", "apiVersion"}} for n in registry.groups()
    ]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": inner}


def resource_list(registry: Registry, name: str, version: str) -> dict[str, Any]:
    """``/api/v1`` or ``/apis/NAME/VERSION``."""
    rows: list[dict[str, Any]] = []
    for r in sorted(registry.of_version(name, version), key=lambda r: r.plural):
        row: dict[str, Any] = {
            "name": r.plural,
            "singularName": r.singular,
            "namespaced": r.namespaced,
            "kind": r.kind,
            "verbs": list(r.verbs),
        }
        if r.short_names:
            row["shortNames"] = list(r.short_names)
        if r.categories:
            row["categories"] = list(r.categories)
        rows.append(row)
        rows += [_sub_row(r, sub) for sub in r.subresources]
    group_version = f"{name}/{version}" if name else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": rows}


def _sub_row(r: Resource, sub: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": f"{r.plural}/{sub}",
        "singularName": "",
        "namespaced": r.namespaced,
        "kind": r.kind,
        "verbs": list(_SUB_VERBS.get(sub, ("create",))),
    }
    if sub in _SUB_KINDS:
        row["group"], row["version"], row["kind"] = _SUB_KINDS[sub]
    return row


def aggregated(registry: Registry, names: list[str], version: str) -> dict[str, Any]:
    """The APIGroupDiscoveryList of the groups named; ``version`` is v2 or v2beta1."""
    items = []
    for name in names:
        shown = [
            {
                "version": v,
                "resources": [_aggregated_row(r) for r in _by_name(registry, name, v)],
                "freshness": "Current",
            }
            for v in registry.versions[name]
        ]
        items.append({"metadata": {"name": name} if name else {}, "versions": shown})
    api_version = f"apidiscovery.k8s.io/{version}"
    return {"kind": "APIGroupDiscoveryList", "apiVersion": api_version, "metadata": {}, "items": items}


def _by_name(registry: Registry, name: str, version: str) -> list[Resource]:
    return sorted(registry.of_version(name, version), key=lambda r: r.plural)


def _aggregated_row(r: Resource) -> dict[str, Any]:
    row: dict[str, Any] = {
        "resource": r.plural,
        "responseKind": {"group": r.group, "version": r.version, "kind": r.kind},
        "scope": "Namespaced" if r.namespaced else "Cluster",
        "singularResource": r.singular,
        "verbs": list(r.verbs),
    }
    if r.short_names:
        row["shortNames"] = list(r.short_names)
    if r.categories:
        row["categories"] = list(r.categories)
    if r.subresources:
        row["subresources"] = [_aggregated_sub(r, sub) for sub in r.subresources]
    return row


def _aggregated_sub(r: Resource, sub: str) -> dict[str, Any]:
    group_name, version, kind = _SUB_KINDS.get(sub, (r.group, r.version, r.kind))
    return {
        "subresource": sub,
        "responseKind": {"group": group_name, "version": version, "kind": kind},
        "verbs": list(_SUB_VERBS.get(sub, ("create",))),
    }


def openapi_v2() -> dict[str, Any]:
    """No definitions: clients then leave checking to the server."""
    info = {"title": "helmpy sandbox", "version": GIT_VERSION}
    return {"swagger": "2.0", "info": info, "paths": {}, "definitions": {}}


# The same document as protobuf: field 1 (swagger) = "2.0". kubectl up to 1.26 asks for nothing else
# and will not apply without an answer.
OPENAPI_V2_PROTOBUF = b"\x0a\x032.0"


def openapi_v3(registry: Registry) -> dict[str, Any]:
    """``/openapi/v3``: where the documents of the group versions are."""
    names = ["api/v1"] + [f"apis/{g}/{v}" for g in registry.groups() for v in registry.versions[g]]
    return {"paths": {n: {"serverRelativeURL": f"/openapi/v3/{n}"} for n in names}}


def openapi_v3_document() -> dict[str, Any]:
    """One group version's document; paths and schemas are left out as in v2."""
    return {"openapi": "3.0.0", "info": {"title": "helmpy sandbox", "version": GIT_VERSION}, "paths": {}}
