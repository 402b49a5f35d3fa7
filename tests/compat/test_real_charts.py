"""Twenty charts of the Helm 2 era through a release's whole life, over real gRPC.

They run on the sandbox, and on a real API server where there is one, with API versions that it no
longer serves converted. Each chart is installed with ``--wait``, upgraded, rolled back and purged;
afterwards the cluster holds what it held before, but for what Helm 2 leaves behind by design: hook
objects without a delete policy, objects whose resource policy says keep, and volumes that a
StatefulSet claimed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helmpy.chart.loader import load
from helmpy.chart.model import Config
from helmpy.chart.requirements import process
from helmpy.chart.values import parse_values
from helmpy.client import Tiller
from helmpy.gocompat import yaml
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import (
    ContentRequest,
    HistoryRequest,
    InstallRequest,
    ListRequest,
    RollbackRequest,
    StatusRequest,
    UninstallRequest,
    UpdateRequest,
)
from tests.compat.clusters import sandbox, transport_of
from tiller import server
from tiller.actions.environment import Environment
from tiller.clock import SystemClock
from tiller.kube.cluster import Cluster
from tiller.kube.discovery import Discovery, Resource
from tiller.kube.transport import Request, Transport
from tiller.storage.kubernetes import ConfigMapDriver
from tiller.storage.storage import Storage

SHARED = Path(os.environ.get("HELMPY_SHARED", Path(__file__).parents[3] / "shared"))
CHARTS = SHARED / "corpus" / "v1" / "charts" / "stable"
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not CHARTS.exists(), reason="no charts of the Helm 2 era here (set HELMPY_SHARED)"),
]

# Values without which a chart is never ready on one node that has no load balancer, and namespaces
# that charts take for granted.
NEEDED = {
    "hazelcast": "mancenter: {service: {type: ClusterIP}}\n",
    "memcached": "AntiAffinity: soft\n",
    "redis-ha": "hardAntiAffinity: false\n",
    "nginx-ingress": "controller: {service: {type: ClusterIP}}\n",
    "traefik": "serviceType: NodePort\n",
    "wordpress": "service: {type: ClusterIP}\n",
}
NAMESPACES = ["monitoring"]
NAMES = [
    "redis", "grafana", "prometheus", "prometheus-operator", "elasticsearch", "keycloak", "wordpress",
    "nginx-ingress", "traefik", "rabbitmq-ha", "minio", "memcached", "sonarqube", "concourse", "chartmuseum",
    "fluent-bit", "kube-state-metrics", "redis-ha", "home-assistant", "hazelcast",
]  # fmt: skip
# What clusters write on their own, at any time.
OF_THE_CLUSTER = {
    "Event", "Lease", "Endpoints", "EndpointSlice", "Node", "CSINode", "ControllerRevision", "PersistentVolume",
    "ComponentStatus", "IPAddress", "APIService", "FlowSchema", "PriorityLevelConfiguration",
}  # fmt: skip
TIMEOUT = int(os.environ.get("HELMPY_TIMEOUT", "600"))  # seconds for each wait: machines may be busy


@pytest.fixture(scope="module", params=["sandbox", "cluster"])
def transport(request: pytest.FixtureRequest) -> Transport:
    made = sandbox() if request.param == "sandbox" else transport_of(request.getfixturevalue("kubeconfig"))
    for name in NAMESPACES:
        Cluster(made, SystemClock()).ensure_namespace(name)
    return made


@pytest.fixture(scope="module")
def tiller(transport: Transport) -> Iterator[Tiller]:
    clock = SystemClock()
    cluster = Cluster(transport, clock)
    environment = Environment(cluster, Storage(ConfigMapDriver(transport, "kube-system", clock)))
    handle = server.serve(environment)
    try:
        with Tiller(f"127.0.0.1:{handle.port}") as client:
            client.convert_removed_apis = True
            yield client
    finally:
        handle.stop(0)


def _objects(transport: Transport) -> set[str]:
    """``Kind namespace/name`` of every object, each once whatever versions it is served in."""
    found: dict[str, str] = {}
    for resource in Discovery(transport).catalog().resources.values():
        if resource.kind in OF_THE_CLUSTER:
            continue
        for each in _list(transport, resource):
            meta = each["metadata"]
            if "deletionTimestamp" not in meta and meta.get("uid"):
                found[meta["uid"]] = f"{resource.kind} {meta.get('namespace', '')}/{meta['name']}"
    return set(found.values())


def _list(transport: Transport, resource: Resource) -> list[dict[str, Any]]:
    response = transport.send(Request("GET", resource.path()))
    if response.status != 200:  # a review that can only be posted
        return []
    items: list[dict[str, Any]] = response.json().get("items") or []
    return items


def _settled(transport: Transport, before: set[str], allowed: set[str]) -> set[str]:
    """What is left over once the cluster's own collector has had its time."""
    clock = SystemClock()
    left: set[str] = set()
    for _ in range(40):
        left = {o for o in _objects(transport) - before - allowed if not _by_design(o, allowed)}
        if not left:
            break
        clock.sleep(0.25)
    return left


def _by_design(name: str, allowed: set[str]) -> bool:
    kind, _, path = name.partition(" ")
    return kind == "PersistentVolumeClaim" or f"Namespace /{path.partition('/')[0]}" in allowed


def _kept_by_design(release: Release) -> set[str]:
    """Hook objects (Helm 2 never takes back a CRD's either), and what a resource policy keeps."""
    namespaces = ("", release.namespace)
    hooks = {f"{hook.kind} {ns}/{hook.name}" for hook in release.hooks for ns in namespaces}
    policy = [o for o in yaml.load_all(release.manifest) if o and "helm.sh/resource-policy" in _annotations(o)]
    return hooks | {f"{o['kind']} {ns}/{o['metadata']['name']}" for o in policy for ns in namespaces}


def _annotations(document: dict[str, Any]) -> dict[str, str]:
    return document["metadata"].get("annotations") or {}


@pytest.mark.parametrize("name", NAMES)
def test_a_real_chart_lives_and_leaves(name: str, tiller: Tiller, transport: Transport) -> None:
    values = NEEDED.get(name, "")
    chart = process(load(CHARTS / name), parse_values(values))
    before, namespace, release_name = _objects(transport), "default", f"r-{name}"
    config = Config(raw=values or "{}\n")

    installed = tiller.install(
        InstallRequest(chart=chart, values=config, name=release_name, namespace=namespace, wait=True, timeout=TIMEOUT)
    ).release
    assert installed is not None
    assert installed.status == StatusCode.DEPLOYED
    status = tiller.status(StatusRequest(name=release_name))
    assert status.info is not None
    assert status.info.status is not None
    assert "==> MISSING" not in status.info.status.resources
    assert "==> " in status.info.status.resources

    changed = Config(raw=f"{values}fullnameOverride: second\n")
    upgraded = tiller.update(
        UpdateRequest(name=release_name, chart=chart, values=changed, wait=True, timeout=TIMEOUT)
    ).release
    assert upgraded is not None
    assert (upgraded.version, upgraded.status) == (2, StatusCode.DEPLOYED)

    back = tiller.rollback(RollbackRequest(name=release_name, version=1, wait=True, timeout=TIMEOUT)).release
    assert back is not None
    assert (back.version, back.manifest) == (3, installed.manifest)
    history = tiller.history(HistoryRequest(name=release_name, max=10)).releases
    assert [(r.version, r.status) for r in history] == [
        (3, StatusCode.DEPLOYED),
        (2, StatusCode.SUPERSEDED),
        (1, StatusCode.SUPERSEDED),
    ]
    assert tiller.content(ContentRequest(name=release_name)).release == history[0]

    tiller.uninstall(UninstallRequest(name=release_name, purge=True, timeout=TIMEOUT))
    assert tiller.list(ListRequest(status_codes=tuple(StatusCode), filter=f"^{release_name}$")).releases == ()
    kept = _kept_by_design(installed) | _kept_by_design(upgraded)
    assert _settled(transport, before, kept) == set()
