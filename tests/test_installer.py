"""Tiller into a cluster and out of it: against the sandbox's own HTTP door."""

from __future__ import annotations

import copy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from helmpy import installer, kubeapi
from helmpy.cli import tiller_manifest
from helmpy.cli.tiller_manifest import Options, TlsFiles
from helmpy.installer import AlreadyInstalled, InstallerError
from helmpy.kubeapi import KubeApi, KubeError
from helmpy.portforward import Forward
from helmpy.tunnel import Tunnel, TunnelError, find_pod
from tiller.sandbox.api import memory_api
from tiller.sandbox.http import Door

DEPLOYMENTS = "/apis/apps/v1/namespaces/kube-system/deployments"


@contextmanager
def cluster(tmp_path: Path, ready_after: float = 0.0) -> Iterator[KubeApi]:
    door = Door()
    door.open(memory_api(ready_after=ready_after))
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        f"clusters: [{{name: c, cluster: {{server: 'http://{door.authority}'}}}}]\n"
        "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
        "users: [{name: u, user: {}}]\ncurrent-context: c\n"
    )
    made = kubeapi.connect(str(kubeconfig))
    yield made
    made.client.rest_client.pool_manager.clear()
    door.close()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[KubeApi]:
    with cluster(tmp_path) as found:
        yield found


def objects(**options: Any) -> list[dict[str, Any]]:
    return tiller_manifest.objects(Options(**options))


def pod_of(api: KubeApi) -> dict[str, Any]:
    found = api.get(f"{DEPLOYMENTS}/tiller-deploy")["spec"]["template"]["spec"]
    assert isinstance(found, dict)
    return found


def test_install(api: KubeApi) -> None:
    installer.install(api, objects())
    assert pod_of(api)["containers"][0]["image"] == "helmpy/tiller:v2.17.0"
    assert api.get("/api/v1/namespaces/kube-system/services/tiller-deploy")["spec"]["ports"][0]["port"] == 44134
    with pytest.raises(AlreadyInstalled, match='"tiller-deploy" already exists'):
        installer.install(api, objects())


def test_install_with_tls_leaves_a_running_tiller_alone(api: KubeApi) -> None:
    installer.install(api, objects(tls=TlsFiles(b"one", b"cert")))
    with pytest.raises(AlreadyInstalled, match='"tiller-deploy" already exists'):
        installer.install(api, objects(tls=TlsFiles(b"two", b"cert")))
    assert api.get("/api/v1/namespaces/kube-system/secrets/tiller-secret")["data"]["tls.key"] == "b25l"


def test_install_takes_a_secret_that_was_left(api: KubeApi) -> None:
    for key in (b"one", b"two"):
        installer.install(api, objects(tls=TlsFiles(key, b"cert")))
        installer.uninstall(api, objects())
    assert api.get("/api/v1/namespaces/kube-system/secrets/tiller-secret")["data"]["tls.key"] == "dHdv"


def test_install_into_a_namespace_that_is_missing(api: KubeApi) -> None:
    with pytest.raises(InstallerError, match=r'^error installing: namespaces "nowhere" not found$'):
        installer.install(api, objects(namespace="nowhere"))


def test_upgrade_changes_image_and_account_only(api: KubeApi) -> None:
    installer.install(api, objects(replicas=3, node_selectors={"disk": "ssd"}, history_max=7))
    installer.upgrade(api, objects(image="mine/tiller:v2.17.1", service_account="ops"))
    pod = pod_of(api)
    assert pod["containers"][0]["image"] == "mine/tiller:v2.17.1"
    assert (pod["serviceAccountName"], pod["serviceAccount"]) == ("ops", "ops")
    assert pod["nodeSelector"] == {"disk": "ssd"}
    assert {"name": "TILLER_HISTORY_MAX", "value": "7"} in pod["containers"][0]["env"]
    assert api.get(f"{DEPLOYMENTS}/tiller-deploy")["spec"]["replicas"] == 3


def test_upgrade_changes_the_first_container_whatever_its_name(api: KubeApi) -> None:
    deployment = copy.deepcopy(objects()[0])
    deployment["spec"]["template"]["spec"]["containers"][0]["name"] = "mine"
    installer.install(api, [deployment])
    installer.upgrade(api, objects(image="mine/tiller:v2.18.0"))
    containers = pod_of(api)["containers"]
    assert [(one["name"], one["image"]) for one in containers] == [("mine", "mine/tiller:v2.18.0")]


def test_upgrade_without_an_account_leaves_it(api: KubeApi) -> None:
    installer.install(api, objects(service_account="ops"))
    installer.upgrade(api, objects(image="mine/tiller:v2.18.0"))
    assert pod_of(api)["serviceAccountName"] == "ops"


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        ("a/tiller:v2.17.0", "b/tiller:v2.16.9", True),
        ("a/tiller:v2.17.0", "b/tiller:v2.17.0", False),
        ("a/tiller:canary", "b/tiller:v2.0.0", False),
        ("host:5000/tiller", "b/tiller:v2.0.0", False),
        ("a/tiller:v2.9.0", "b/tiller:v2.10.0", False),
    ],
)
def test_upgrade_does_not_go_back(*, api: KubeApi, old: str, new: str, refused: bool) -> None:
    installer.install(api, objects(image=old))
    if refused:
        with pytest.raises(InstallerError) as caught:
            installer.upgrade(api, objects(image=new))
        assert str(caught.value) == (
            f"error when upgrading: current Tiller version {old} is newer than client version {new}, "
            "use --force-upgrade to downgrade"
        )
    installer.upgrade(api, objects(image=new), force=refused)
    assert pod_of(api)["containers"][0]["image"] == new


def test_upgrade_to_tls(api: KubeApi) -> None:
    installer.install(api, objects())
    for key in (b"one", b"two"):
        installer.upgrade(api, objects(tls=TlsFiles(key, b"cert", b"ca", verify=True)))
    pod = pod_of(api)
    assert pod["volumes"][0]["secret"]["secretName"] == "tiller-secret"
    assert pod["containers"][0]["volumeMounts"][0]["mountPath"] == "/etc/certs"
    assert {"name": "TILLER_TLS_VERIFY", "value": "1"} in pod["containers"][0]["env"]
    secret = api.get("/api/v1/namespaces/kube-system/secrets/tiller-secret")
    assert secret["data"] == {"tls.key": "dHdv", "tls.crt": "Y2VydA==", "ca.crt": "Y2E="}


def test_upgrade_makes_a_missing_service(api: KubeApi) -> None:
    installer.install(api, objects()[:1])
    installer.upgrade(api, objects())
    assert api.get("/api/v1/namespaces/kube-system/services/tiller-deploy")["spec"]["type"] == "ClusterIP"


def test_uninstall_twice(api: KubeApi) -> None:
    installer.install(api, objects())
    for _ in range(2):
        installer.uninstall(api, objects(tls=TlsFiles(b"", b"")))
    with pytest.raises(KubeError) as caught:
        api.get(f"{DEPLOYMENTS}/tiller-deploy")
    assert (caught.value.status, caught.value.reason) == (404, "NotFound")


def test_find_pod(tmp_path: Path) -> None:
    with cluster(tmp_path, ready_after=3600) as api:
        with pytest.raises(TunnelError, match=r"^could not find tiller$") as none:
            find_pod(api, "kube-system")
        assert none.value.hint.startswith("none in kube-system; `helm init` installs one")
        installer.install(api, objects())
        with pytest.raises(TunnelError, match=r"^could not find a ready tiller pod$") as starting:
            find_pod(api, "kube-system")
        assert starting.value.hint.startswith("kubectl -n kube-system describe pod tiller-deploy-")


def test_wait_until_ready(api: KubeApi) -> None:
    installer.install(api, objects(image="mine/tiller:1"))
    installer.wait_until_ready(api, "kube-system", "mine/tiller:1", 10)
    assert find_pod(api, "kube-system").startswith("tiller-deploy-")
    with pytest.raises(InstallerError, match=r"^tiller was not found. polling deadline exceeded$"):
        installer.wait_until_ready(api, "kube-system", "mine/tiller:2", 0)


def test_a_pod_on_its_way_out_is_not_ready() -> None:
    pod = {"metadata": {}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    assert kubeapi.is_ready(pod)
    assert not kubeapi.is_ready({**pod, "metadata": {"deletionTimestamp": "2020-01-01T00:00:00Z"}})


class Carried(socket.socket):
    """A forwarded port that is a socket."""

    failure = ""


def test_a_tunnel_goes_to_another_pod_where_its_own_is_gone(api: KubeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    installer.install(api, objects())
    installer.wait_until_ready(api, "kube-system", "helmpy/tiller:v2.17.0", 10)
    tried: list[str] = []
    mine, there = socket.socketpair()
    here = Carried(fileno=mine.detach())

    def forward(_tunnel: Tunnel, pod: str) -> Forward:
        tried.append(pod)
        if pod == "gone":
            raise TunnelError("404")
        return here

    monkeypatch.setattr(Tunnel, "_forward_to", forward)
    with Tunnel(api, "kube-system", "gone") as tunnel, there:
        host, _, port = tunnel.address.partition(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"hello")
            assert there.recv(5) == b"hello"
        assert tried == ["gone", find_pod(api, "kube-system")]
        assert tunnel.failure is None


def test_a_tunnel_says_why_it_cannot_be(api: KubeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    installer.install(api, objects())
    installer.wait_until_ready(api, "kube-system", "helmpy/tiller:v2.17.0", 10)

    def forward(_tunnel: Tunnel, pod: str) -> socket.socket:
        raise TunnelError(f"cannot forward a port to {pod}")

    monkeypatch.setattr(Tunnel, "_forward_to", forward)
    pod = find_pod(api, "kube-system")
    with Tunnel(api, "kube-system", pod) as tunnel:
        host, _, port = tunnel.address.partition(":")
        with socket.create_connection((host, int(port))) as connection:
            assert connection.recv(1) == b""
        assert str(tunnel.failure) == f"cannot forward a port to {pod}"
