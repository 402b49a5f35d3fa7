"""A whole tiller on a sandbox, with a clock that stands still until somebody sleeps on it."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from typing import Any

from helmpy.chart.model import Chart, Config, File, Metadata
from helmpy.errors import HelmError
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import InstallRequest, UpdateRequest
from tiller.actions.environment import Environment
from tiller.actions.install import install
from tiller.actions.turns import Turns
from tiller.actions.upgrade import upgrade
from tiller.clock import FakeClock
from tiller.kube.cluster import Cluster
from tiller.kube.failing import Failing
from tiller.kube.transport import Request
from tiller.sandbox.api import Api, memory_api
from tiller.storage.kubernetes import ConfigMapDriver
from tiller.storage.leases import MemoryLeases
from tiller.storage.storage import Storage

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "http://%s"}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
users: [{name: u, user: {}}]
"""
CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: %s}
data: {key: "%s"}
"""


def config(name: str, value: str = "{{ .Values.key }}", **annotations: str) -> str:
    """A ConfigMap's template."""
    text = (CONFIG % (name, value)).strip()
    if not annotations:
        return text
    noted = ", ".join(f'"helm.sh/{key.replace("_", "-")}": "{value}"' for key, value in annotations.items())
    return text.replace("metadata: {", f"metadata: {{annotations: {{{noted}}}, ")


def chart(*templates: str, values: str = "key: one\n", notes: str = "", **metadata: Any) -> Chart:
    """A chart called ``web`` with one file per template."""
    files = [File(f"templates/{index}.yaml", text.encode()) for index, text in enumerate(templates)]
    if notes:
        files.append(File("templates/NOTES.txt", notes.encode()))
    about = replace(Metadata(name="web", version="1.0.0", api_version="v1"), **metadata)
    return Chart(metadata=about, templates=tuple(files), values=Config(raw=values))


@dataclass
class World:
    """A sandbox and a tiller on it."""

    api: Api
    clock: FakeClock
    transport: Failing
    env: Environment

    def install(self, made: Chart, name: str = "web", **options: Any) -> Release:
        request = InstallRequest(chart=made, name=name, namespace="shop", values=Config(raw="{}\n"))
        release = install(self.env, replace(request, **options)).release
        assert release is not None
        return release

    def upgrade(self, made: Chart, name: str = "web", **options: Any) -> Release:
        request = UpdateRequest(chart=made, name=name, values=Config(raw="{}\n"))
        release = upgrade(self.env, replace(request, **options)).release
        assert release is not None
        return release

    def get(self, path: str, namespace: str = "shop") -> dict[str, Any] | None:
        """The live object at ``configmaps/NAME`` or ``apps/v1/deployments/NAME`` of the namespace."""
        *version, plural, name = path.split("/")
        root = f"/apis/{'/'.join(version)}" if version else "/api/v1"
        response = self.api.send(Request("GET", f"{root}/namespaces/{namespace}/{plural}/{name}"))
        if response.status == 404:
            return None
        assert response.status == 200, response.body
        body = response.json()
        assert isinstance(body, dict)
        return body

    def data(self, name: str) -> Any:
        found = self.get(f"configmaps/{name}")
        return found.get("data") if found else None

    def statuses(self, name: str = "web") -> dict[int, str]:
        """Revision to status, empty for an unknown release."""
        try:
            history = self.env.storage.history(name)
        except HelmError:
            return {}
        return {each.version: StatusCode(each.status).name for each in reversed(history)}

    def description(self, name: str = "web") -> str:
        info = self.env.storage.last(name).info
        assert info is not None
        return info.description

    def patch_status(self, path: str, status: dict[str, Any], namespace: str = "shop") -> None:
        """Play the controller: set an object's status."""
        *version, plural, name = path.split("/")
        root = f"/apis/{'/'.join(version)}" if version else "/api/v1"
        response = self.api.send(
            Request(
                "PATCH",
                f"{root}/namespaces/{namespace}/{plural}/{name}/status",
                headers={"content-type": "application/merge-patch+json"},
                body=json.dumps({"status": status}).encode(),
            )
        )
        assert response.status == 200, response.body


def make_world(*, max_history: int = 0, ready_after: float = 0.0) -> World:
    clock = FakeClock()
    api = memory_api(clock.now, seed=1, ready_after=ready_after)
    clock.on_advance = api.advance
    transport = Failing(api)
    storage = Storage(ConfigMapDriver(transport, "kube-system", clock), max_history=max_history)
    env = Environment(
        cluster=Cluster(transport, clock),
        storage=storage,
        clock=clock,
        random=random.Random(1),
        turns=Turns(MemoryLeases(), clock),
    )
    return World(api, clock, transport, env)
