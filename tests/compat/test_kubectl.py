"""kubectl 1.20 works against the sandbox process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.compat

ROOT = Path(__file__).parents[2]
BIN = Path(os.environ.get("HELM_ORACLES") or Path.home() / ".cache/helm-oracles/bin", "kubectl-1.20")
KUBECTL = str(BIN) if BIN.exists() else shutil.which("kubectl-1.20")
START_SECONDS = 20.0

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: c, image: "nginx:1", ports: [{containerPort: 80}], env: [{name: A, value: b}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
"""


class Kubectl:
    """kubectl with a kubeconfig and a home of its own."""

    def __init__(self, config: Path, home: Path) -> None:
        self.environment = {"HOME": str(home), "KUBECONFIG": str(config), "PATH": os.environ.get("PATH", "")}

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        assert KUBECTL is not None
        return subprocess.run(
            [KUBECTL, *words],
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            env=self.environment,
            check=False,
        )

    def ok(self, *words: str, given: str = "") -> str:
        done = self.run(*words, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[str]:
        assert KUBECTL is not None
        return subprocess.Popen([KUBECTL, *words], stdout=subprocess.PIPE, text=True, env=self.environment)


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    if KUBECTL is None:
        pytest.skip("kubectl-1.20 is not on this machine (HELM_ORACLES names its directory)")
    state = tmp_path_factory.mktemp("sandbox")
    child = subprocess.Popen([sys.executable, "-m", "tiller.sandbox", "--state", str(state), "--no-spawn"], cwd=ROOT)
    end = time.monotonic() + START_SECONDS
    while not (state / "sandbox.json").exists():
        assert child.poll() is None, "the sandbox ended"
        assert time.monotonic() < end, "the sandbox did not start"
        time.sleep(0.05)
    yield Kubectl(state / "kubeconfig", tmp_path_factory.mktemp("home"))
    child.send_signal(signal.SIGTERM)
    assert child.wait(15) == 0


@pytest.fixture
def web(kubectl: Kubectl) -> Iterator[Kubectl]:
    kubectl.ok("apply", "-f", "-", given=WEB)
    yield kubectl
    kubectl.ok("delete", "--ignore-not-found", "-f", "-", given=WEB)
    assert kubectl.ok("get", "pods", "-o", "name") == ""


def test_version_and_resources(kubectl: Kubectl) -> None:
    assert "v1.29.0+sandbox" in kubectl.ok("version", "--short")
    listed = kubectl.ok("api-resources")
    assert "deployments" in listed
    assert "customresourcedefinitions" in listed
    assert "extensions/v1beta1" in kubectl.ok("api-versions")


def test_apply_creates_updates_and_leaves_alone(web: Kubectl) -> None:
    assert web.ok("apply", "-f", "-", given=WEB).split("\n")[:2] == [
        "deployment.apps/web unchanged",
        "service/web unchanged",
    ]
    changed = WEB.replace("nginx:1", "nginx:2").replace(", env: [{name: A, value: b}]", "")
    assert "deployment.apps/web configured" in web.ok("apply", "-f", "-", given=changed)
    container = json.loads(web.ok("get", "deploy", "web", "-o", "json"))["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "nginx:2"
    assert "env" not in container


def test_get_in_its_forms(web: Kubectl) -> None:
    plain = web.ok("get", "deploy").splitlines()
    assert plain[0].split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert plain[1].split()[:4] == ["web", "2/2", "2", "2"]
    assert "nginx:1" in web.ok("get", "deploy,rs,pods,svc", "-o", "wide")
    assert web.ok("get", "svc", "web", "-o", "yaml").startswith("apiVersion: v1\n")
    assert web.ok("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.phase}") == "Running Running"
    names = web.ok("get", "all", "-o", "name").split()
    assert names.count("deployment.apps/web") == 1
    assert web.ok("get", "pods", "--field-selector", "status.phase=Failed", "-o", "name") == ""


def test_describe(web: Kubectl) -> None:
    text = web.ok("describe", "deploy", "web")
    assert "2 desired | 2 updated | 2 total | 2 available | 0 unavailable" in text
    assert "Endpoints:" in web.ok("describe", "svc", "web")
    assert "Status:       Running" in web.ok("describe", "pods", "-l", "app=web")
    assert "Ready" in web.ok("describe", "node", "sandbox")


def test_patch_label_scale_rollout(web: Kubectl) -> None:
    assert web.ok("label", "deploy", "web", "x=y") == "deployment.apps/web labeled\n"
    assert web.ok("annotate", "deploy", "web", "x.example/a=b") == "deployment.apps/web annotated\n"
    assert web.ok("scale", "deploy", "web", "--replicas=3") == "deployment.apps/web scaled\n"
    assert web.ok("set", "image", "deploy/web", "c=nginx:3") == "deployment.apps/web image updated\n"
    assert web.ok("rollout", "status", "deploy/web") == 'deployment "web" successfully rolled out\n'
    assert web.ok("rollout", "undo", "deploy/web") == "deployment.apps/web rolled back\n"
    assert web.ok("get", "deploy", "web", "-o", "jsonpath={..image} {.spec.replicas}") == "nginx:1 3"
    for kind, patch in (
        ("merge", '{"spec":{"replicas":1}}'),
        ("json", '[{"op":"replace","path":"/spec/replicas","value":2}]'),
    ):
        assert web.ok("patch", "deploy", "web", "--type", kind, "-p", patch) == "deployment.apps/web patched\n"
    assert web.ok("wait", "--for=condition=Available", "deploy/web") == "deployment.apps/web condition met\n"


def test_server_side_apply_and_its_conflicts(web: Kubectl) -> None:
    other = WEB.replace("nginx:1", "nginx:9")
    done = web.run("apply", "--server-side", "--field-manager=other", "-f", "-", given=other)
    assert done.returncode == 1
    assert 'conflict with "kubectl' in done.stderr
    assert '.spec.template.spec.containers[name="c"].image' in done.stderr
    web.ok("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-", given=other)
    assert web.ok("get", "deploy", "web", "-o", "jsonpath={..image}") == "nginx:9"


def test_watch(kubectl: Kubectl) -> None:
    watcher = kubectl.start(
        "get", "configmaps", "-w", "-o", "name", "--field-selector", "metadata.name!=kube-root-ca.crt"
    )
    try:
        assert watcher.stdout is not None
        time.sleep(0.5)  # kubectl lists first; what comes after that is what it must see
        kubectl.ok("create", "configmap", "seen", "--from-literal=a=b")
        assert watcher.stdout.readline() == "configmap/seen\n"
        kubectl.ok("delete", "configmap", "seen")
        assert watcher.stdout.readline() == "configmap/seen\n"
    finally:
        watcher.terminate()
        watcher.communicate(timeout=10)


def test_namespaces_jobs_and_logs(kubectl: Kubectl) -> None:
    kubectl.ok("create", "namespace", "n")
    kubectl.ok("-n", "n", "create", "job", "j", "--image=busybox", "--", "true")
    assert kubectl.ok("-n", "n", "wait", "--for=condition=Complete", "job/j") == "job.batch/j condition met\n"
    assert "has no process here" in kubectl.ok("-n", "n", "logs", "job/j")
    assert kubectl.ok("delete", "namespace", "n") == 'namespace "n" deleted\n'
    assert kubectl.run("get", "namespace", "n").stderr == 'Error from server (NotFound): namespaces "n" not found\n'


REFUSED = [
    (["get", "deploy", "none"], 'Error from server (NotFound): deployments.apps "none" not found'),
    (["create", "namespace", "default"], 'Error from server (AlreadyExists): namespaces "default" already exists'),
    (
        ["create", "namespace", "A_"],
        'metadata.name: Invalid value: "A_": a lowercase RFC 1123 label',
    ),
    (["get", "pods", "--as", "bob"], 'pods is forbidden: User "bob" cannot list resource "pods" in API group ""'),
]


@pytest.mark.parametrize(("words", "expected"), REFUSED)
def test_errors_read_as_users_know_them(kubectl: Kubectl, words: list[str], expected: str) -> None:
    done = kubectl.run(*words)
    assert done.returncode == 1
    assert expected in done.stderr


def test_can_i(kubectl: Kubectl) -> None:
    assert kubectl.ok("auth", "can-i", "create", "pods") == "yes\n"
    assert kubectl.run("auth", "can-i", "create", "pods", "--as", "bob").stdout == "no\n"
