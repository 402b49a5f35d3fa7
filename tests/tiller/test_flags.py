"""What flags and environment of a running tiller change: one with many of them beside one with none."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from helmpy.chart.model import Chart, Config
from helmpy.client import Tiller
from helmpy.errors import HelmError
from helmpy.release.requests import HistoryRequest, InstallRequest, UpdateRequest
from tests.tiller.world import KUBECONFIG, chart, config
from tiller.kube.transport import Request
from tiller.sandbox.api import Api, memory_api
from tiller.sandbox.http import Door

FLAGS = [
    "--history-max=2",
    "--storage=secret",
    "--enable-dns",
    "--convert-removed-apis",
    "--render-limit=templates=3",
    "--log-format=json",
    "--trace",
]
HOST = config("host", '{{ getHostByName "localhost" }}')
OLD = "apiVersion: scheduling.k8s.io/v1alpha1\nkind: PriorityClass\nmetadata: {name: old}\nvalue: 1\n"


@dataclass
class Running:
    """A tiller, its cluster and its log."""

    api: Api
    client: Tiller
    log: Path

    def install(self, made: Chart, name: str) -> str:
        """The release's manifest, or the error's text."""
        request = InstallRequest(chart=made, name=name, namespace="shop", values=Config(raw="{}\n"))
        try:
            release = self.client.install(request).release
        except HelmError as error:
            return str(error)
        assert release is not None
        return release.manifest

    def records(self, plural: str, namespace: str) -> list[str]:
        path = f"/api/v1/namespaces/{namespace}/{plural}"
        items = self.api.send(Request("GET", path, (("labelSelector", "OWNER=TILLER"),))).json()["items"]
        return [each["metadata"]["name"] for each in items]


@contextmanager
def running(root: Path, *flags: str, **environment: str) -> Iterator[Running]:
    door, api = Door(), memory_api(time.time)
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "garden"}}
    headers = {"content-type": "application/json"}
    assert api.send(Request("POST", "/api/v1/namespaces", (), headers, json.dumps(body).encode())).status == 201
    door.open(api)
    (root / "config").write_text(KUBECONFIG % door.authority)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TILLER_", "KUBE"))}
    log = root / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tiller", "--listen=127.0.0.1:0", "--probe=false", *flags],
            env={**kept, "HOME": "/nonexistent", "KUBECONFIG": str(root / "config"), **environment},
            stderr=out,
        )
    try:
        while not (found := re.search(r"GRPC listening on ([\d.:]+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        with Tiller(found[1], patience=10) as client:
            yield Running(api, client, log)
    finally:
        process.kill()
        process.wait()
        door.close()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("plain")) as made:
        yield made


@pytest.fixture(scope="module")
def flagged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("flagged"), *FLAGS, TILLER_NAMESPACE="garden") as made:
        yield made


def test_history_has_a_limit(plain: Running, flagged: Running) -> None:
    def versions(tiller: Running) -> list[int]:
        made = chart(config("hist"))
        tiller.install(made, "hist")
        for _ in range(3):
            tiller.client.update(UpdateRequest(chart=made, name="hist", values=Config(raw="{}\n")))
        return [each.version for each in tiller.client.history(HistoryRequest("hist", 100)).releases]

    assert versions(plain) == [4, 3, 2, 1]
    assert versions(flagged) == [4, 3]


def test_the_environment_limits_history_too(tmp_path: Path) -> None:
    with running(tmp_path, TILLER_HISTORY_MAX="7") as made:
        assert "Max history per release is 7" in made.log.read_text()


def test_records_lie_where_they_should(plain: Running, flagged: Running) -> None:
    for tiller in (plain, flagged):
        tiller.install(chart(config("lies")), "lies")
    assert "lies.v1" in plain.records("configmaps", "kube-system")
    assert plain.records("secrets", "kube-system") == []
    assert "lies.v1" in flagged.records("secrets", "garden")
    assert flagged.records("configmaps", "garden") == []


def test_hosts_are_looked_up_with_leave(plain: Running, flagged: Running) -> None:
    assert 'key: ""' in plain.install(chart(HOST), "host")
    assert re.search(r'key: "(127\.0\.0\.1|::1)"', flagged.install(chart(HOST), "host"))


def test_removed_versions_are_converted_on_request(plain: Running, flagged: Running) -> None:
    assert "use scheduling.k8s.io/v1, or let --convert-removed-apis do so" in plain.install(chart(OLD), "old")
    assert "apiVersion: scheduling.k8s.io/v1\n" in flagged.install(chart(OLD), "old")


def test_renders_have_other_bounds(plain: Running, flagged: Running) -> None:
    many = chart(*(config(f"many-{number}") for number in range(4)))
    assert "# Source: " in plain.install(many, "many")
    assert flagged.install(many, "many") == "the charts have more templates than the limit of 3"


def test_every_line_of_the_log_is_json(plain: Running, flagged: Running) -> None:
    flagged.install(chart("{{ .Values.none.none }}"), "broken")
    lines: list[dict[str, Any]] = [json.loads(line) for line in flagged.log.read_text().splitlines()]
    assert {"info", "debug"} <= {line["level"] for line in lines}
    assert plain.log.read_text().startswith("[tiller] ")


def test_every_call_is_logged_on_request(plain: Running, flagged: Running) -> None:
    for tiller in (plain, flagged):
        tiller.client.version()
    called = [json.loads(line) for line in flagged.log.read_text().splitlines()]
    assert [line["outcome"] for line in called if line["message"] == "GetVersion"][-1:] == ["ok"]
    assert "GetVersion" not in plain.log.read_text()
