"""Servers that die and are started again, and the operations over which they die."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from helmpy.chart.model import Chart, Config
from helmpy.release.model import Release
from helmpy.release.requests import (
    InstallRequest,
    RollbackRequest,
    TestRequest,
    UninstallRequest,
    UpdateRequest,
)
from tests.tiller.world import chart, config
from tiller.actions.environment import Environment
from tiller.actions.install import install
from tiller.actions.rollback import rollback
from tiller.actions.testing import run_tests
from tiller.actions.turns import Turns
from tiller.actions.uninstall import uninstall
from tiller.actions.upgrade import upgrade
from tiller.clock import FakeClock
from tiller.kube.cluster import Cluster
from tiller.kube.retrying import Retrying
from tiller.kube.transport import Request, Response, Transport
from tiller.sandbox.api import Api, memory_api
from tiller.storage.kubernetes import ConfigMapDriver
from tiller.storage.kubernetes_leases import KubernetesLeases
from tiller.storage.storage import Storage

JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: %s, annotations: {"helm.sh/hook": "%s"%s}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: %s, annotations: {"helm.sh/hook": test-success}}
spec: {restartPolicy: Never, containers: [{name: c, image: i}]}
"""
CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org, annotations: {"helm.sh/hook": crd-install}}
spec:
  group: example.org
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
"""
WIDGET = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n"
SUCCEEDED = ', "helm.sh/hook-delete-policy": hook-succeeded'
REPLACED = ', "helm.sh/hook-delete-policy": before-hook-creation'
EVENTS = "pre-install,pre-upgrade,pre-rollback,pre-delete"
LATER = "post-install,post-upgrade,post-rollback,post-delete"

HOOKS = (JOB % ("first", EVENTS, SUCCEEDED), JOB % ("last", LATER, REPLACED), POD % "probe")
FIRST = chart(CRD, WIDGET, config("kept", "one"), config("old", "one"), *HOOKS)
SECOND = chart(CRD, WIDGET, config("kept", "two"), config("new", "two"), *HOOKS)
THIRD = chart(CRD, WIDGET, config("kept", "three"), config("newest", "three"), *HOOKS)


class Killed(BaseException):
    """The process is gone: nothing that it still says reaches anybody."""


class Mortal:
    """A transport whose process dies before its n-th change of the cluster, or never for 0."""

    def __init__(self, inner: Transport, at: int = 0) -> None:
        self._inner = inner
        self._at = at
        self.changes: list[str] = []
        self.dead = False

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        if request.method != "GET" and not self.dead:
            self.changes.append(f"{request.method} {request.path}")
            self.dead = len(self.changes) == self._at
        if self.dead:
            raise Killed
        return self._inner.send(request, timeout=timeout)

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        return self._inner.stream(request, timeout=timeout)


@dataclass
class Server:
    """One life of a tiller."""

    env: Environment
    mortal: Mortal


def cluster() -> tuple[Api, FakeClock]:
    """An empty cluster and its clock."""
    clock = FakeClock()
    api = memory_api(clock.now, seed=1)
    clock.on_advance = api.advance
    return api, clock


def server(api: Transport, clock: FakeClock, name: str = "one", *, dies_at: int = 0, retrying: bool = False) -> Server:
    """A tiller of this name on a cluster; ``retrying`` gives it the retrying transport of real ones."""
    mortal = Mortal(api, dies_at)
    transport: Transport = Retrying(mortal, clock) if retrying else mortal
    env = Environment(
        cluster=Cluster(transport, clock),
        storage=Storage(ConfigMapDriver(transport, "kube-system", clock)),
        clock=clock,
        random=random.Random(1),
        turns=Turns(KubernetesLeases(transport, "kube-system", name), clock),
    )
    return Server(env, mortal)


def do_install(env: Environment, made: Chart = FIRST, **options: Any) -> None:
    request = InstallRequest(chart=made, name="web", namespace="shop", values=Config(raw="{}\n"))
    install(env, replace(request, **options))


def do_upgrade(env: Environment, made: Chart = SECOND, **options: Any) -> None:
    upgrade(env, replace(UpdateRequest(chart=made, name="web", values=Config(raw="{}\n")), **options))


def do_rollback(env: Environment, version: int = 0) -> None:
    rollback(env, RollbackRequest(name="web", version=version))


def do_delete(env: Environment, *, purge: bool = False) -> None:
    uninstall(env, UninstallRequest(name="web", purge=purge))


def do_test(env: Environment) -> None:
    lines = list(run_tests(env, TestRequest(name="web", cleanup=True)))
    assert lines[-1].msg == "PASSED: probe", lines


@dataclass(frozen=True)
class Scene:
    """What happened before, and the operation that is disturbed."""

    before: tuple[Callable[[Environment], None], ...]
    act: Callable[[Environment], None]


def _fail_install(env: Environment) -> None:
    do_install(env, chart(config("kept", "one"), config("old", "one"), *HOOKS))
    do_delete(env)


SCENES: dict[str, Scene] = {
    "install": Scene((), do_install),
    "install that reuses a name": Scene((_fail_install,), lambda env: do_install(env, reuse_name=True)),
    "upgrade": Scene((do_install,), do_upgrade),
    "upgrade by force of a deleted release": Scene((do_install, do_delete), lambda env: do_upgrade(env, force=True)),
    "rollback": Scene((do_install, do_upgrade), do_rollback),
    "delete": Scene((do_install,), do_delete),
    "delete and purge": Scene((do_install, do_upgrade), lambda env: do_delete(env, purge=True)),
    "purge of a deleted release": Scene((do_install, do_delete), lambda env: do_delete(env, purge=True)),
    "test": Scene((do_install,), do_test),
}


def history(env: Environment) -> list[Release]:
    """All revisions of the release, newest first; none where there is no release."""
    return sorted(env.storage.driver.query({"NAME": "web"}), key=lambda each: each.version, reverse=True)
