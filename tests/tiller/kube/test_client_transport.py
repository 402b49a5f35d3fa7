"""Raw requests through the official client, against the sandbox's HTTP door with TLS and tokens."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiller.clock import SystemClock
from tiller.kube.client_transport import ClientTransport, NoCluster, from_kubeconfig, in_cluster
from tiller.kube.cluster import Cluster
from tiller.kube.transport import Conflict, NotFound, Request, Unauthorized, Unreachable
from tiller.sandbox import certificates
from tiller.sandbox.api import memory_api
from tiller.sandbox.call import User
from tiller.sandbox.http import Door

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Iterator[Path]:
    made = certificates.make(time.time())
    (tmp_path / "server.pem").write_bytes(made.server)
    door = Door(tls=certificates.context(tmp_path / "server.pem"))
    door.open(memory_api(tokens={"secret-token": User("tiller")}))
    cluster = {
        "server": f"https://{door.authority}",
        "certificate-authority-data": base64.b64encode(made.ca).decode(),
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "good",
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": {"token": "secret-token"}}, {"name": "nobody", "user": {}}],
        "contexts": [
            {"name": "good", "context": {"cluster": "c", "user": "u"}},
            {"name": "bad", "context": {"cluster": "c", "user": "nobody"}},
        ],
    }
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    yield path
    door.close()


@pytest.fixture
def transport(kubeconfig: Path) -> ClientTransport:
    return from_kubeconfig(str(kubeconfig))


def test_objects_come_and_go(transport: ClientTransport) -> None:
    cluster = Cluster(transport, SystemClock())
    assert cluster.version()["gitVersion"].startswith("v1.")
    cluster.ensure_namespace("shop")
    (target,) = cluster.build(CONFIG, "shop")
    cluster.create(target)
    with pytest.raises(Conflict, match='configmaps "a" already exists'):
        cluster.create(target)
    found = cluster.get(target)
    assert found is not None
    assert found["data"] == {"k": "v"}
    assert [each["metadata"]["name"] for each in cluster.list_objects(target.resource, "shop", "x=y")] == []
    assert cluster.delete(target) is True
    assert cluster.delete(target) is False


def test_a_watch_comes_line_by_line(transport: ClientTransport) -> None:
    cluster = Cluster(transport, SystemClock())
    cluster.ensure_namespace("shop")
    (target,) = cluster.build(CONFIG, "shop")
    made = cluster.create(target)
    cluster.apply(target)
    cluster.delete(target)
    events = list(cluster.watch(target, made["metadata"]["resourceVersion"], 1))
    assert events[-1][0] == "DELETED"
    assert {body["metadata"]["name"] for _, body in events} == {"a"}


def test_a_stream_that_is_refused(transport: ClientTransport) -> None:
    lines = transport.stream(Request("GET", "/api/v1/namespaces/shop/pods/none/log"))
    with pytest.raises(NotFound):
        next(lines)


def test_who_shows_no_token_is_refused(kubeconfig: Path) -> None:
    nobody = Cluster(from_kubeconfig(str(kubeconfig), context="bad"), SystemClock())
    with pytest.raises(Unauthorized):
        nobody.build(CONFIG, "shop")


def test_a_server_with_another_certificate_is_not_trusted(kubeconfig: Path) -> None:
    config = json.loads(kubeconfig.read_text())
    other = certificates.make(time.time()).ca
    config["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(other).decode()
    kubeconfig.write_text(json.dumps(config))
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        from_kubeconfig(str(kubeconfig)).send(Request("GET", "/version"))


def test_nobody_there(kubeconfig: Path) -> None:
    config = json.loads(kubeconfig.read_text())
    config["clusters"][0]["cluster"] = {"server": "http://127.0.0.1:9"}
    kubeconfig.write_text(json.dumps(config))
    nowhere = from_kubeconfig(str(kubeconfig))
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:9"):
        nowhere.send(Request("GET", "/version"))
    with pytest.raises(Unreachable):
        next(nowhere.stream(Request("GET", "/version")))


@pytest.mark.parametrize("text", ["", "a: b", "[", '{"current-context": "gone"}'])
def test_a_configuration_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").write_text(text)
    with pytest.raises(NoCluster, match="no cluster is configured"):
        from_kubeconfig(str(tmp_path / "config"))


def test_this_is_no_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(NoCluster, match="no cluster is configured"):
        in_cluster()
