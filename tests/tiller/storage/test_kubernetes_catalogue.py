"""Lists read labels first, and a record once."""

from __future__ import annotations

import pytest

from helmpy.chart.model import Chart, Metadata
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.release.timestamp import Timestamp
from tiller.clock import FakeClock
from tiller.kube.transport import Request, Response
from tiller.sandbox.api import Api, memory_api
from tiller.storage import codec, kubernetes_catalogue
from tiller.storage.catalogue import Catalogue, Entry
from tiller.storage.kubernetes import ConfigMapDriver, KubernetesDriver, SecretDriver

DEPLOYED = (StatusCode.DEPLOYED,)


class Counting(Api):
    """Counts the records' lists that are more than labels."""

    reads = 0

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        if request.method == "GET" and "PartialObjectMetadata" not in request.headers["accept"]:
            self.reads += 1
        return super().send(request, timeout=timeout)


def release(name: str, version: int = 1, *, code: StatusCode = StatusCode.DEPLOYED, readme: int = 0) -> Release:
    info = Info(status=Status(code=code), last_deployed=Timestamp(version, 5))
    chart = Chart(metadata=Metadata(name=f"{name}-chart"))
    return Release(name=name, version=version, namespace="shop", chart=chart, info=info, manifest="x" * readme)


@pytest.fixture(params=[ConfigMapDriver, SecretDriver])
def driver(request: pytest.FixtureRequest) -> KubernetesDriver:
    made: KubernetesDriver = request.param(Counting(memory_api().store), "kube-system", FakeClock())
    for number in range(10):
        made.create(release(f"r{number}"))
    made.create(release("old", code=StatusCode.SUPERSEDED))
    return made


def reads(driver: KubernetesDriver) -> int:
    assert isinstance(driver.transport, Counting)
    return driver.transport.reads


def entries(catalogue: Catalogue) -> list[Entry]:
    return sorted(catalogue.entries(DEPLOYED), key=lambda entry: entry.name)


def read(catalogue: Catalogue, wanted: list[Entry]) -> list[str]:
    return [codec.read(message).name for message in catalogue.messages(wanted)]


def test_a_record_is_read_once(driver: KubernetesDriver) -> None:
    catalogue = driver.catalogue()
    found = entries(catalogue)
    assert [entry.key for entry in found] == [f"r{number}.v1" for number in range(10)]
    assert reads(driver) == 0
    assert read(catalogue, found[2:4]) == ["r2", "r3"]
    assert read(catalogue, found[2:4]) == ["r2", "r3"]
    assert reads(driver) == 1


def test_a_changed_record_is_read_again(driver: KubernetesDriver) -> None:
    catalogue = driver.catalogue()
    read(catalogue, entries(catalogue))
    driver.update(release("r3", readme=9))
    assert [codec.read(each).manifest for each in catalogue.messages(entries(catalogue)[3:4])] == ["x" * 9]


def test_records_come_in_their_order_from_many_requests(
    driver: KubernetesDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubernetes_catalogue, "BATCH", 3)
    catalogue = driver.catalogue()
    found = entries(catalogue)[::-1]
    read(catalogue, found[4:6])
    assert read(catalogue, found) == [entry.name for entry in found]


def test_what_is_kept_has_a_bound(driver: KubernetesDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes_catalogue, "KEPT", 100)
    catalogue = driver.catalogue()
    assert len(read(catalogue, entries(catalogue))) == 10
    assert sum(len(each.data) for each in driver.catalogue()._messages.values()) <= 100  # type: ignore[attr-defined, misc]  # what the bound is about


def test_a_record_that_went_away_is_left_out(driver: KubernetesDriver) -> None:
    catalogue = driver.catalogue()
    found = entries(catalogue)
    driver.delete("r1", 1)
    assert read(catalogue, found[:3]) == ["r0", "r2"]


def test_heads_are_read_once(driver: KubernetesDriver) -> None:
    catalogue = driver.catalogue()
    found = entries(catalogue)
    heads = catalogue.heads(found)
    assert (heads[found[1]].chart, heads[found[1]].last_deployed) == ("r1-chart", Timestamp(1, 5))
    before = reads(driver)
    assert {head.namespace for head in catalogue.heads(found, namespaces=True).values()} == {"shop"}
    assert reads(driver) == before + 1
    catalogue.heads(found, namespaces=True)
    catalogue.heads(found)
    assert reads(driver) == before + 1


def test_a_broken_record_hides_no_other(driver: KubernetesDriver, caplog: pytest.LogCaptureFixture) -> None:
    body = f'{{"kind":"{driver.kind}","apiVersion":"v1","metadata":{{"name":"r5.v2","labels":{{"OWNER":"TILLER","NAME":"r5","VERSION":"2","STATUS":"DEPLOYED"}}}},"data":{{"release":"aGVsbG8="}}}}'
    headers = {"content-type": "application/json"}
    path = f"/api/v1/namespaces/kube-system/{driver.plural}"
    assert (
        driver.transport.send(
            Request("POST", path, (), {**headers, "accept": "application/json"}, body.encode())
        ).status
        == 201
    )
    catalogue = driver.catalogue()
    assert len(read(catalogue, catalogue.entries(DEPLOYED))) == 10
    assert "skipping record r5.v2" in caplog.text
    if isinstance(driver, ConfigMapDriver):
        assert len(catalogue.entries(DEPLOYED)) == 10
