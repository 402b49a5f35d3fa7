"""Lists whose pages the API server no longer keeps are read again, whole and without repetition."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from helmpy.release.model import Info, Release, Status, StatusCode
from tiller.clock import FakeClock
from tiller.kube.cluster import Cluster
from tiller.kube.discovery import Resource
from tiller.kube.transport import Request, Response
from tiller.sandbox.api import Api, memory_api
from tiller.storage.kubernetes import ConfigMapDriver, KubernetesDriver, SecretDriver

CONFIG_MAPS = Resource("v1", "ConfigMap", "configmaps", namespaced=True)


class Forgetful:
    """An API server that forgets a list's pages after the first."""

    def __init__(self, inner: Api) -> None:
        self._inner = inner
        self.refused = 0

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        if "continue" in dict(request.query):
            self.refused += 1
            body = {"kind": "Status", "reason": "Expired", "message": "the provided continue parameter is too old"}
            return Response(410, {}, json.dumps(body).encode())
        return self._inner.send(request, timeout=timeout)

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        return self._inner.stream(request, timeout=timeout)


@pytest.mark.parametrize("kind", [ConfigMapDriver, SecretDriver])
def test_records(kind: type[KubernetesDriver], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiller.storage.kubernetes.PAGE", 3)
    transport = Forgetful(memory_api())
    driver = kind(transport, "kube-system", FakeClock())
    for version in range(1, 9):
        driver.create(Release(name="web", version=version, info=Info(status=Status(code=StatusCode.FAILED))))
    assert sorted(each.version for each in driver.query({"NAME": "web"})) == list(range(1, 9))
    assert transport.refused == 1


def test_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiller.kube.cluster.PAGE", 3)
    api = memory_api()
    driver = ConfigMapDriver(api, "default", FakeClock())
    for version in range(1, 9):
        driver.create(Release(name="web", version=version))
    transport = Forgetful(api)
    found = Cluster(transport, FakeClock()).list_objects(CONFIG_MAPS, "default", "NAME=web")
    assert sorted(each["metadata"]["name"] for each in found) == [f"web.v{version}" for version in range(1, 9)]
    assert transport.refused == 1
