"""A Tiller with no more rights than deploy/namespaced.yaml gives serves its namespace and no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compat.clusters import BINARIES
from tests.compat.transcripts.stage import free_port, tiller

ROOT = Path(__file__).parents[3]
KUBECTL = BINARIES / "kubectl-1.20"
HELM = (sys.executable, "-c", "from helmpy.cli.start import entry; entry()")
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not KUBECTL.exists(), reason=f"there is no kubectl at {KUBECTL}"),
]


def test_one_namespace(kubeconfig: Path, tmp_path: Path) -> None:
    environ = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "KUBECONFIG": str(kubeconfig)}

    def run(*words: str | Path, status: int = 0) -> str:
        done = subprocess.run(
            words, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    run(KUBECTL, "apply", "-f", ROOT / "deploy/namespaced.yaml")
    request = tmp_path / "token.json"
    request.write_text('{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}')
    made = run(KUBECTL, "create", "--raw", "/api/v1/namespaces/team/serviceaccounts/tiller/token", "-f", request)
    config = json.loads(kubeconfig.read_text())
    config["users"] = [{"name": "tiller", "user": {"token": json.loads(made)["status"]["token"]}}]
    config["contexts"] = [{"name": "tiller", "context": {"cluster": config["clusters"][0]["name"], "user": "tiller"}}]
    config["current-context"] = "tiller"
    own = tmp_path / "own"
    own.write_text(json.dumps(config))
    server = {**environ, "KUBECONFIG": str(own), "TILLER_NAMESPACE": "team"}
    try:
        with tiller([sys.executable, "-m", "tiller"], server, free_port(), tmp_path / "log") as port:
            environ["HELM_HOST"] = f"127.0.0.1:{port}"
            run(*HELM, "create", "web")
            told = run(*HELM, "install", "web", "--name", "own", "--namespace", "team", "--wait", "--timeout", "60")
            assert "STATUS: DEPLOYED" in told
            assert run(*HELM, "test", "own", "--cleanup").endswith("PASSED: own-web-test-connection\n")
            run(*HELM, "upgrade", "own", "web", "--set", "replicaCount=2", "--recreate-pods")
            run(*HELM, "rollback", "own", "1")
            told = run(*HELM, "install", "web", "--name", "other", "--namespace", "default", status=1)
            assert "forbidden" in told
            run(*HELM, "delete", "own", "--purge")
            assert "deploy" not in run(KUBECTL, "-n", "team", "get", "deploy,svc,cm", "-o", "name").replace(
                "kube-root", ""
            )
    finally:
        run(KUBECTL, "delete", "-f", ROOT / "deploy/namespaced.yaml")
