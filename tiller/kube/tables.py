"""Live objects as the API server itself would print them, for a release's status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from operator import itemgetter
from typing import Any

from tiller.kube.apply import LISTED, PARALLEL, WORTH_A_LIST
from tiller.kube.cluster import Cluster, selector_of
from tiller.kube.discovery import Resource
from tiller.kube.objects import KubeObject
from tiller.kube.transport import ApiError

_ACCEPT = ",".join(
    [f"application/json;as=Table;v={version};g=meta.k8s.io" for version in ("v1", "v1beta1")] + ["application/json"]
)
_PODS = Resource("v1", "Pod", "pods", namespaced=True)
_WITH_PODS = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job"})


@dataclass(slots=True)
class _Group:
    """Rows under one heading; those of one answer are a block."""

    columns: list[str] = field(default_factory=list)
    blocks: list[list[list[str]]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def add(self, table: dict[str, Any], *, once: bool = False) -> None:
        """Add a table's rows; with ``once`` those of objects that are here already are left out."""
        shown = [i for i, each in enumerate(table.get("columnDefinitions") or []) if not each.get("priority")]
        if not self.columns:
            self.columns = [str(table["columnDefinitions"][i]["name"]).upper() for i in shown]
        block = []
        for row in table.get("rows") or []:
            identity = str(((row.get("object") or {}).get("metadata") or {}).get("uid") or row["cells"])
            if not once or identity not in self.seen:
                self.seen.add(identity)
                block.append([_cell(row["cells"][i]) for i in shown])
        if block:
            self.blocks.append(sorted(block, key=itemgetter(0)))

    def text(self) -> str:
        """Rows by their names, padded one by one, pods of one workload together; the heads go with the first.

        `helm status` lines the columns up anew; `-o json` and `-o yaml` show them as they are here.
        """
        if not self.blocks:
            return ""  # of pods that are not there Helm shows the heading all the same
        first, *others = sorted(self.blocks, key=lambda block: block[0][0])
        return "".join(map(_padded, [[self.columns, *first], *others]))


def _padded(lines: Sequence[list[str]]) -> str:
    """Columns at least six wide, three blanks between."""
    widths = [max(6, max(map(len, column)) + 3) for column in zip_longest(*lines, fillvalue="")]
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=False)) + line[-1] + "\n"
        for line in lines
    )


def resources_text(cluster: Cluster, targets: Iterable[KubeObject]) -> str:
    """Return tables of the objects by ``version/Kind``, pods of workloads, and a list of missing ones."""
    groups: dict[str, _Group] = {}
    missing: list[KubeObject] = []
    targets = list(targets)
    for target, table in zip(targets, _tables(cluster, targets), strict=True):
        if table is None:
            missing.append(target)
            continue
        group = groups.setdefault(f"{_version(target.resource)}/{target.kind}", _Group())
        group.add(_as_table(table))
        if target.kind in _WITH_PODS and target.resource.standard:
            _add_pods(cluster, target, groups)
    parts = [f"==> {name}\n{group.text()}\n" for name, group in sorted(groups.items())]
    if missing:
        lines = "".join(f"{_place(each.resource)}\t\t{each.name}\n" for each in missing)
        parts.append(f"==> MISSING\nKIND\t\tNAME\n{lines * 2}")  # Helm 2.17 lists them twice
    return "".join(parts)


def _tables(cluster: Cluster, targets: list[KubeObject]) -> list[dict[str, Any] | None]:
    """Each object's table, None where it is missing. Many of one kind are cut out of a list's table."""
    places = Counter((each.resource, each.namespace) for each in targets)
    known: dict[str, dict[str, Any]] = {}
    for (resource, namespace), count in places.items():
        if count >= WORTH_A_LIST:
            known |= _listed(cluster, resource, namespace)

    def table(target: KubeObject) -> dict[str, Any] | None:
        if not target.name:
            return None
        return known.get(target.path) or cluster.get_table(target.path, _ACCEPT)

    if len(known) >= len(targets) or len(targets) == 1:
        return [table(each) for each in targets]
    with ThreadPoolExecutor(min(PARALLEL, len(targets)), thread_name_prefix="tables") as pool:
        return list(pool.map(table, targets))


def _listed(cluster: Cluster, resource: Resource, namespace: str) -> dict[str, dict[str, Any]]:
    """Tables of one row by the object's path, as far as a first page shows them."""
    try:
        whole = cluster.get_table(resource.path(namespace), _ACCEPT, [("limit", str(LISTED))])
    except ApiError:
        return {}  # to be allowed to list is not needed: each is asked for then
    if whole is None or whole.get("kind") != "Table":
        return {}
    return {
        resource.path(namespace, str(row["object"]["metadata"]["name"])): {**whole, "rows": [row]}
        for row in whole.get("rows") or []
    }


def _add_pods(cluster: Cluster, target: KubeObject, groups: dict[str, _Group]) -> None:
    live = cluster.get(target)
    selector = selector_of(live) if live is not None else ""
    if not selector:
        return
    table = cluster.get_table(_PODS.path(target.namespace), _ACCEPT, [("labelSelector", selector)])
    if table is not None:
        groups.setdefault("v1/Pod(related)", _Group()).add(_as_table(table), once=True)


def _as_table(body: dict[str, Any]) -> dict[str, Any]:
    """A table as it is; an object or list (a server without tables) as its names."""
    if body.get("kind") == "Table":
        return body
    items = body.get("items", [body])
    rows = [{"cells": [(item.get("metadata") or {}).get("name")], "object": item} for item in items]
    return {"columnDefinitions": [{"name": "Name", "priority": 0}], "rows": rows}


def _version(resource: Resource) -> str:
    return resource.api_version.rpartition("/")[2]


def _place(resource: Resource) -> str:
    """A resource as Go prints its group, version and plural: ``apps/v1, Resource=deployments``."""
    return f"{resource.group}/{_version(resource)}, Resource={resource.plural}"


def _cell(value: Any) -> str:
    """A cell on one line: what a chart's author can write into an object must not forge rows."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(str("" if value is None else value).split("\n"))
