"""One suite for every store."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.hapi.release.release_pb2 import Release as ReleaseMessage
from helmpy.release.error import ReleaseError
from helmpy.release.model import Info, Release, Status, StatusCode
from tests.postgres import Postgresql
from tiller.clock import FakeClock
from tiller.kube.transport import Forbidden, Request, Response
from tiller.sandbox.api import Api, memory_api
from tiller.storage.connections import Connections
from tiller.storage.driver import Driver, ReleaseExists, ReleaseNotFound
from tiller.storage.kubernetes import ConfigMapDriver, KubernetesDriver, SecretDriver
from tiller.storage.memory import MemoryDriver
from tiller.storage.sql import SqlDriver
from tiller.storage.sqlite import Sqlite

MAKERS: dict[str, Callable[[], Driver]] = {
    "memory": MemoryDriver,
    "configmap": lambda: ConfigMapDriver(memory_api(), "kube-system", FakeClock()),
    "secret": lambda: SecretDriver(memory_api(), "kube-system", FakeClock()),
}


@pytest.fixture(params=[*MAKERS, "sqlite", "postgres"])
def driver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Driver]:
    if request.param in MAKERS:
        yield MAKERS[request.param]()
        return
    if request.param == "sqlite":
        connections = Connections(Sqlite(str(tmp_path / "records.db")), FakeClock())
    else:
        from tiller.storage.postgres import Postgres

        server: Postgresql = request.getfixturevalue("postgresql")
        connections = Connections(Postgres(server.database(), {}), FakeClock())
    yield SqlDriver(connections, FakeClock())
    connections.close()


def release(name: str = "web", version: int = 1, code: StatusCode = StatusCode.DEPLOYED) -> Release:
    return Release(name=name, version=version, manifest="kind: X", info=Info(status=Status(code=code)))


def test_a_record_lives(driver: Driver) -> None:
    driver.create(release())
    assert driver.get("web", 1) == release()
    driver.update(release(code=StatusCode.FAILED))
    assert driver.get("web", 1).status == StatusCode.FAILED
    assert driver.delete("web", 1) == release(code=StatusCode.FAILED)
    assert driver.query({}) == []


def test_a_key_is_used_once(driver: Driver) -> None:
    driver.create(release())
    with pytest.raises(ReleaseExists) as caught:
        driver.create(release(code=StatusCode.FAILED))
    assert str(caught.value) == 'release: "web.v1" already exists'
    assert driver.get("web", 1).status == StatusCode.DEPLOYED


@pytest.mark.parametrize("action", ["get", "update", "delete"])
def test_what_is_not_there_is_named(driver: Driver, action: str) -> None:
    calls: dict[str, Callable[[], Any]] = {
        "get": lambda: driver.get("web", 2),
        "update": lambda: driver.update(release(version=2)),
        "delete": lambda: driver.delete("web", 2),
    }
    driver.create(release())
    with pytest.raises(ReleaseNotFound) as caught:
        calls[action]()
    assert str(caught.value) == 'release: "web.v2" not found'


def test_labels_find(driver: Driver) -> None:
    records = [
        release(),
        release(version=2, code=StatusCode.FAILED),
        release("shop", 1),
        release("web.v2", 1, StatusCode.FAILED),  # looks like a key
    ]
    for each in records:
        driver.create(each)

    def keys(**labels: str) -> set[str]:
        return {found.key for found in driver.query(labels)}

    assert keys() == {"web.v1", "web.v2", "shop.v1", "web.v2.v1"}
    assert keys(NAME="web") == {"web.v1", "web.v2"}
    assert keys(NAME="web", STATUS="FAILED") == {"web.v2"}
    assert keys(STATUS="DEPLOYED") == {"web.v1", "shop.v1"}
    assert keys(VERSION="2") == {"web.v2"}
    assert keys(NAME="nobody") == set()


def test_records_are_counted_by_status(driver: Driver) -> None:
    assert driver.counts() == {}
    for version, code in enumerate([StatusCode.SUPERSEDED, StatusCode.SUPERSEDED, StatusCode.DEPLOYED], 1):
        driver.create(release(version=version, code=code))
    driver.update(release(version=1, code=StatusCode.FAILED))
    assert driver.counts() == {"SUPERSEDED": 1, "DEPLOYED": 1, "FAILED": 1}


def test_of_many_that_create_one_key_one_wins(driver: Driver) -> None:
    def create(number: int) -> bool:
        try:
            driver.create(replace(release(), manifest=f"number: {number}"))
        except ReleaseExists:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(create, range(48)))
    assert outcomes.count(True) == 1
    assert driver.get("web", 1).manifest == f"number: {outcomes.index(True)}"


def kubernetes(kind: type[KubernetesDriver]) -> tuple[Api, KubernetesDriver, FakeClock]:
    api, clock = memory_api(), FakeClock(start=1234.9)
    return api, kind(api, "kube-system", clock), clock


def stored(api: Api, plural: str, key: str = "web.v1") -> dict[str, Any]:
    body = api.send(Request("GET", f"/api/v1/namespaces/kube-system/{plural}/{key}")).json()
    assert isinstance(body, dict)
    return body


@pytest.mark.parametrize(("kind", "plural"), [(ConfigMapDriver, "configmaps"), (SecretDriver, "secrets")])
def test_objects_are_labelled_as_helm_2_labels_them(kind: type[KubernetesDriver], plural: str) -> None:
    api, driver, clock = kubernetes(kind)
    driver.create(release())
    common = {"NAME": "web", "OWNER": "TILLER", "VERSION": "1"}
    found = stored(api, plural)
    assert found["metadata"]["labels"] == {**common, "STATUS": "DEPLOYED", "CREATED_AT": "1234"}
    clock.advance(100)
    driver.update(release(code=StatusCode.SUPERSEDED))
    found = stored(api, plural)
    assert found["metadata"]["labels"] == {**common, "STATUS": "SUPERSEDED", "MODIFIED_AT": "1334"}


def test_a_secret_holds_base64_of_base64() -> None:
    api, driver, _ = kubernetes(SecretDriver)
    driver.create(release())
    found = stored(api, "secrets")
    assert found["type"] == "Opaque"
    text = base64.b64decode(found["data"]["release"])
    message = ReleaseMessage.FromString(gzip.decompress(base64.b64decode(text)))
    assert message.name == "web"


def test_a_broken_record_does_not_hide_the_others(caplog: pytest.LogCaptureFixture) -> None:
    api, driver, _ = kubernetes(ConfigMapDriver)
    driver.create(release())
    body = b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"bad","labels":{"OWNER":"TILLER"}},"data":{"release":"?"}}'
    headers = {"content-type": "application/json"}
    assert api.send(Request("POST", "/api/v1/namespaces/kube-system/configmaps", (), headers, body)).status == 201
    assert [found.key for found in driver.query({})] == ["web.v1"]
    assert "skipping record bad" in caplog.text


def test_many_records_come_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiller.storage.kubernetes.PAGE", 3)
    _, driver, _ = kubernetes(ConfigMapDriver)
    for version in range(1, 11):
        driver.create(release(version=version))
    assert sorted(found.version for found in driver.query({"NAME": "web"})) == list(range(1, 11))


@pytest.mark.parametrize("name", ["a b", "x,OWNER=OTHER", "-web", "a" * 64])
def test_a_label_that_cannot_be_is_refused(name: str) -> None:
    _, driver, _ = kubernetes(ConfigMapDriver)
    with pytest.raises(ReleaseError) as caught:
        driver.query({"NAME": name})
    assert str(caught.value) == f'invalid label value: "{name}"'


def test_a_refusal_of_the_cluster_is_raised() -> None:
    class Refusing(Api):
        def send(self, request: Request, *, timeout: float | None = None) -> Response:  # noqa: ARG002 - the Protocol's arguments
            return Response(403, {}, b'{"kind":"Status","reason":"Forbidden","message":"no configmaps for you"}')

    driver = ConfigMapDriver(Refusing(memory_api().store), "kube-system", FakeClock())
    attempts: list[Callable[[], Any]] = [
        lambda: driver.create(release()),
        lambda: driver.update(release()),
        lambda: driver.get("web", 1),
        lambda: driver.query({}),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden, match="no configmaps for you"):
            attempt()


def test_an_unknown_status_code_keeps_its_number(driver: Driver) -> None:
    odd = replace(release(), info=Info(status=Status(code=42)))
    driver.create(odd)
    assert driver.get("web", 1).status == 42
    assert isinstance(ReleaseNotFound("x"), HelmError)
