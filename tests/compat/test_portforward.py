"""Port-forwards with real partners: a real API server that allows SPDY only, and Helm 2's client on our sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from helmpy import kubeapi
from helmpy.portforward import by_spdy
from helmpy.tunnel import find_pod
from tests.cli.conftest import serve_frozen
from tests.compat.clusters import BINARIES, NO_CLUSTER, has_cluster
from tests.compat.transcripts.stage import own_cluster

REAL = BINARIES / "helm2.17"
ROOT = Path(__file__).parents[2]
CODE = "from helmpy.cli.start import entry; entry()"
LABELS = {"app": "helm", "name": "tiller"}
pytestmark = pytest.mark.compat


def _call(words: list[str], home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    known = {"HOME": str(home), "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **environ}
    return subprocess.run(words, env=known, cwd=home, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(name="cluster")
def _cluster(tmp_path: Path) -> Iterator[Path]:
    """A control plane with a pod of Tiller's, where bob may see pods and `create` port-forwards, as Helm 2 needs it."""
    if not has_cluster() or os.environ.get("HELMPY_CLUSTER"):
        pytest.skip(NO_CLUSTER if not has_cluster() else "needs a control plane whose port-forwards lead here")
    with serve_frozen() as address, own_cluster(tmp_path / "plane", int(address.rpartition(":")[2])) as kubeconfig:
        admin = kubeapi.connect(str(kubeconfig))
        admin.create(
            "/api/v1/namespaces/kube-system/pods",
            {
                "metadata": {"name": "tiller-1", "labels": LABELS},
                "spec": {"nodeName": "fake", "containers": [{"name": "tiller", "image": "any"}]},
            },
        )
        admin.create(
            "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/roles",
            {
                "metadata": {"name": "tiller-user"},
                "rules": [
                    {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
                    {"apiGroups": [""], "resources": ["pods/portforward"], "verbs": ["create"]},
                ],
            },
        )
        admin.create(
            "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings",
            {
                "metadata": {"name": "bob"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tiller-user"},
                "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "bob"}],
            },
        )
        _until_ready(admin)
        yield kubeconfig


def _until_ready(admin: kubeapi.KubeApi) -> None:
    end = time.monotonic() + 60
    while not any(map(kubeapi.is_ready, kubeapi.tiller_pods(admin, "kube-system"))):
        assert time.monotonic() < end
        time.sleep(0.2)


def test_who_may_only_create_port_forwards_reaches_tiller(cluster: Path, tmp_path: Path) -> None:
    for words in (["--kube-context", "bob"], ["--kube-context", "alice"]):
        done = _call([sys.executable, "-c", CODE, "--kubeconfig", str(cluster), *words, "version", "-s"], tmp_path)
        if words[1] == "bob":
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout.startswith('Server: &version.Version{SemVer:"v2.17')
        else:
            assert done.returncode == 1
            assert 'User "alice" cannot list resource "pods"' in done.stderr


def test_a_real_server_forwards_by_spdy(cluster: Path) -> None:
    api = kubeapi.connect(str(cluster))
    path = f"/api/v1/namespaces/kube-system/pods/{find_pod(api, 'kube-system')}/portforward"
    port = by_spdy(api, path, 44134)
    port.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
    assert port.recv(9)[3:4] == b"\4"  # gRPC's server says its settings
    port.close()
    port = by_spdy(api, path, 1)
    assert port.recv(9) == b""
    assert port.failure
    port.close()


@pytest.mark.skipif(not REAL.exists(), reason="no real Helm 2.17 client here (set HELM_ORACLES)")
def test_helm_2_reaches_a_tiller_in_our_sandbox(tmp_path: Path) -> None:
    ours = [sys.executable, "-c", CODE]
    try:
        assert _call([*ours, "sandbox", "start"], tmp_path).returncode == 0
        kubeconfig = str(tmp_path / ".helm/sandbox/kubeconfig")
        done = _call([*ours, "init", "--wait", "--skip-refresh", "--kubeconfig", kubeconfig], tmp_path)
        assert done.returncode == 0, done.stderr
        done = _call([str(REAL), "version", "--server", "--kubeconfig", kubeconfig], tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith('Server: &version.Version{SemVer:"v2.17')
        listed = json.loads(_call([*ours, "version", "-o", "json", "--kubeconfig", kubeconfig], tmp_path).stdout)
        assert listed["Server"]["SemVer"] == "v2.17.0"
    finally:
        _call([*ours, "sandbox", "reset"], tmp_path)
