"""Finding a real API server for tests, and a tiller on any API server.

``HELMPY_CLUSTER`` names a kubeconfig (its current context may create namespaces and CRDs). Without
it the control plane of the folder beside the checkout is started, where its programs are built;
``HELM_ORACLES`` names their directory. Else the tests that need a cluster skip and say so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from helmpy.chart.model import Chart, Config
from helmpy.client import Tiller
from helmpy.errors import HelmError
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import HistoryRequest, InstallRequest, RollbackRequest, UninstallRequest, UpdateRequest
from tiller.actions.environment import Environment
from tiller.clock import Clock, SystemClock
from tiller.kube.client_transport import from_kubeconfig
from tiller.kube.cluster import Cluster
from tiller.kube.discovery import escaped
from tiller.kube.failing import Failing
from tiller.kube.transport import Request, Response, Transport
from tiller.sandbox.api import memory_api
from tiller.server import serve
from tiller.storage.kubernetes import ConfigMapDriver
from tiller.storage.storage import Storage

SHARED = Path(os.environ.get("HELMPY_SHARED", Path(__file__).parents[3] / "shared"))
BINARIES = Path(os.environ.get("HELM_ORACLES") or Path.home() / ".cache/helm-oracles/bin")
_PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
NO_CLUSTER = "no cluster: set HELMPY_CLUSTER to a kubeconfig (make conformance KUBECONFIG=...)"


def has_cluster() -> bool:
    """Whether ``real_cluster`` has one to give."""
    starter = SHARED / "oracles" / "cluster.py"
    built = all((BINARIES / name).exists() for name in _PROGRAMS)
    return bool(os.environ.get("HELMPY_CLUSTER")) or (starter.exists() and built)


@contextmanager
def real_cluster(directory: Path) -> Iterator[Path]:
    """The kubeconfig of the named cluster, or of one that lives as long as the block."""
    named = os.environ.get("HELMPY_CLUSTER")
    if named:
        yield Path(named)
        return
    starter = [sys.executable, str(SHARED / "oracles" / "cluster.py")]
    environment = {**os.environ, "BIN": str(BINARIES)}
    done = subprocess.run(
        [*starter, "start", str(directory)], env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    try:
        yield Path(done.stdout.strip())
    finally:
        subprocess.run([*starter, "stop", str(directory)], env=environment, check=True, timeout=60)


def refusal(call: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """The error's text of a call that must fail."""
    try:
        call(*arguments, **options)
    except HelmError as error:
        return str(error)
    raise AssertionError("nothing was refused")


def describe(release: Release) -> str:
    assert release.info is not None
    return release.info.description


def transport_of(kubeconfig: Path) -> Transport:
    return from_kubeconfig(str(kubeconfig))


def sandbox() -> Transport:
    return memory_api()


@dataclass
class Ground:
    """A tiller over gRPC on some API server, with a namespace of its own for records and objects."""

    name: str
    transport: Failing
    env: Environment
    tiller: Tiller
    namespace: str
    clock: Clock
    extra_namespaces: list[str] = field(default_factory=list)

    def install(self, chart: Chart, name: str, **options: Any) -> Release:
        request = InstallRequest(chart=chart, name=name, namespace=self.namespace, values=Config(raw="{}\n"))
        return _release(self.tiller.install(replace(request, **options)))

    def upgrade(self, chart: Chart, name: str, **options: Any) -> Release:
        request = UpdateRequest(chart=chart, name=name, values=Config(raw="{}\n"))
        return _release(self.tiller.update(replace(request, **options)))

    def rollback(self, name: str, version: int = 0, **options: Any) -> Release:
        return _release(self.tiller.rollback(RollbackRequest(name=name, version=version, **options)))

    def delete(self, name: str, **options: Any) -> str:
        return self.tiller.uninstall(UninstallRequest(name=name, **options)).info

    def purge(self, name: str) -> None:
        self.delete(name, purge=True, disable_hooks=True)

    def statuses(self, name: str) -> dict[int, str]:
        """Revision to status, empty for an unknown release."""
        return {release.version: StatusCode(release.status).name for release in self.history(name)}

    def descriptions(self, name: str) -> dict[int, str]:
        return {each.version: each.info.description for each in self.history(name) if each.info}

    def history(self, name: str) -> list[Release]:
        """Oldest first."""
        try:
            found = self.tiller.history(HistoryRequest(name=name, max=256)).releases
        except HelmError:
            return []
        return list(reversed(found))

    def path(self, place: str, namespace: str | None = None) -> str:
        """The path of ``configmaps/NAME`` or ``apps/v1/deployments/NAME``; no namespace for ``""``."""
        *version, plural, name = place.split("/")
        root = f"/apis/{'/'.join(version)}" if version else "/api/v1"
        chosen = self.namespace if namespace is None else namespace
        inside = f"/namespaces/{chosen}" if chosen else ""
        return f"{root}{inside}/{plural}/{escaped(name)}"

    def send(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Response:
        headers = {"accept": "application/json", "content-type": content_type}
        query, _, rest = path.partition("?")
        pairs = tuple((k, v) for k, _, v in (pair.partition("=") for pair in rest.split("&") if pair))
        return self.transport.send(
            Request(method, query, pairs, headers, json.dumps(body).encode() if body is not None else b"")
        )

    def get(self, place: str, namespace: str | None = None) -> dict[str, Any] | None:
        response = self.send("GET", self.path(place, namespace))
        if response.status == 404:
            return None
        assert response.status == 200, response.body
        found: dict[str, Any] = response.json()
        return found

    def data(self, name: str, namespace: str | None = None) -> Any:
        found = self.get(f"configmaps/{name}", namespace)
        return None if found is None else found.get("data")

    def make(self, place: str, body: dict[str, Any]) -> None:
        """Create an object behind tiller's back."""
        response = self.send("POST", self.path(place).rpartition("/")[0], body)
        assert response.status == 201, response.body

    def change(self, place: str, patch: dict[str, Any], *, manager: str = "somebody") -> None:
        """Change an object behind tiller's back."""
        path = f"{self.path(place)}?fieldManager={manager}"
        response = self.send("PATCH", path, patch, "application/merge-patch+json")
        assert response.status == 200, response.body

    def set_status(self, place: str, status: dict[str, Any]) -> None:
        """Play the controller."""
        path = f"{self.path(place)}/status"
        response = self.send("PATCH", path, {"status": status}, "application/merge-patch+json")
        assert response.status == 200, response.body

    def remove(self, place: str, namespace: str | None = None) -> None:
        self.send("DELETE", self.path(place, namespace))

    def until(self, holds: Callable[[], object], seconds: float = 15.0) -> None:
        """Return when it holds; fail when it does not in time."""
        end = self.clock.now() + seconds
        while not holds():
            assert self.clock.now() < end, f"not within {seconds} seconds"
            self.clock.sleep(0.1)

    def gone(self, place: str, namespace: str | None = None) -> None:
        """Return when there is no such object."""
        self.until(lambda: self.get(place, namespace) is None)

    def make_namespace(self, name: str) -> None:
        self.env.cluster.ensure_namespace(name)

    def another_namespace(self) -> str:
        """The name of a namespace that does not exist yet; it goes with the rest."""
        name = f"{self.namespace}-{len(self.extra_namespaces)}"
        self.extra_namespaces.append(name)
        return name


def _release(response: Any) -> Release:
    release: Release = response.release
    assert release is not None
    return release


@contextmanager
def ground_on(name: str, transport: Transport) -> Iterator[Ground]:
    """A tiller on an API server; everything in its namespaces is gone when the block ends."""
    clock = SystemClock()
    seen = Failing(transport)
    namespace = f"conformance-{uuid.uuid4().hex[:8]}"
    cluster = Cluster(seen, clock)
    cluster.ensure_namespace(namespace)
    environment = Environment(cluster, Storage(ConfigMapDriver(seen, namespace, clock)))
    handle = serve(environment)
    tiller = Tiller(f"127.0.0.1:{handle.port}")
    ground = Ground(name, seen, environment, tiller, namespace, clock)
    try:
        ground.until(lambda: ground.get("serviceaccounts/default"))
        yield ground
    finally:
        tiller.close()
        handle.stop(0)
        for each in (namespace, *ground.extra_namespaces):
            transport.send(Request("DELETE", f"/api/v1/namespaces/{each}"))


def wait_until_gone(transport: Transport, namespaces: list[str], clock: Clock) -> None:
    """Wait for namespaces that are being deleted, a while."""
    paths = [f"/api/v1/namespaces/{name}" for name in namespaces]
    end = clock.now() + 90
    while any(transport.send(Request("GET", path)).status != 404 for path in paths) and clock.now() < end:
        clock.sleep(0.5)
