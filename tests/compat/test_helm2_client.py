"""The real Helm 2.17 client against our tiller on a sandbox, over real gRPC.

Skipped where the binary ``helm2.17`` is missing; HELM_ORACLES names its directory.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tiller.actions.environment import Environment
from tiller.clock import SystemClock
from tiller.kube.cluster import Cluster
from tiller.kube.transport import Request
from tiller.sandbox.api import Api, memory_api
from tiller.server import serve
from tiller.storage.kubernetes import ConfigMapDriver
from tiller.storage.storage import Storage

HELM = Path(os.environ.get("HELM_ORACLES") or Path.home() / ".cache/helm-oracles/bin", "helm2.17")

pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not HELM.exists(), reason=f"there is no real Helm at {HELM}"),
]

CHART = {
    "Chart.yaml": "apiVersion: v1\nname: stall\nversion: 1.2.3\nappVersion: '7'\n",
    "values.yaml": "fruit: apple\ncount: 1\n",
    "templates/config.yaml": """
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-fruit}
data: {fruit: {{ .Values.fruit | quote }}, revision: {{ .Release.Revision | quote }}}
""",
    "templates/deployment.yaml": """
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.count }}
  selector: {matchLabels: {stall: {{ .Release.Name }}}}
  template:
    metadata: {labels: {stall: {{ .Release.Name }}}}
    spec: {containers: [{name: c, image: fruit}]}
""",
    "templates/account.yaml": """
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}-kept, annotations: {"helm.sh/resource-policy": keep}}
""",
    "templates/test.yaml": """
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-taste, annotations: {"helm.sh/hook": test-success}}
spec: {restartPolicy: Never, containers: [{name: c, image: taste}]}
""",
    "templates/NOTES.txt": "Have an {{ .Values.fruit }}.",
}


@dataclass
class Bench:
    """A tiller, its cluster, and the client's command line."""

    api: Api
    port: int
    home: Path
    chart: Path

    def helm(self, *arguments: str, status: int = 0) -> str:
        """Run the client; return what it printed, both streams."""
        command = [str(HELM), "--host", f"127.0.0.1:{self.port}", *arguments]
        environment = {"HELM_HOME": str(self.home), "PATH": os.environ["PATH"], "HOME": str(self.home), "TZ": "UTC"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def data(self, name: str) -> object:
        response = self.api.send(Request("GET", f"/api/v1/namespaces/default/configmaps/{name}"))
        return response.json()["data"] if response.status == 200 else None


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("helm2")
    for name, text in CHART.items():
        path = root / "stall" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    api, clock = memory_api(), SystemClock()
    storage = Storage(ConfigMapDriver(api, "kube-system", clock))
    handle = serve(Environment(cluster=Cluster(api, clock), storage=storage, clock=clock))
    (root / "home").mkdir()
    yield Bench(api, handle.port, root / "home", root / "stall")
    handle.stop(0)


def test_version(bench: Bench) -> None:
    assert 'Server: &version.Version{SemVer:"v2.17.0"' in bench.helm("version")


def test_a_life(bench: Bench) -> None:
    assert bench.helm("list") == ""
    text = bench.helm("install", str(bench.chart), "--name", "one", "--wait")
    assert "STATUS: DEPLOYED" in text
    assert re.search(r"==> v1/ConfigMap\nNAME +DATA +AGE\none-fruit +2 ", text)
    assert re.search(r"==> v1/Deployment\nNAME +READY +UP-TO-DATE +AVAILABLE +AGE\none +1/1 +1 +1 ", text)
    assert "==> v1/Pod(related)\n" in text
    assert "NOTES:\nHave an apple.\n" in text
    assert re.search(r"one *\t1 .*\tDEPLOYED\tstall-1\.2\.3\t7 +\tdefault", bench.helm("list"))
    assert bench.helm("status", "one").count("STATUS: DEPLOYED") == 1

    text = bench.helm("upgrade", "one", str(bench.chart), "--set", "fruit=pear,count=2")
    assert 'Release "one" has been upgraded.' in text
    assert bench.data("one-fruit") == {"fruit": "pear", "revision": "2"}
    assert bench.helm("get", "values", "one") == "count: 2\nfruit: pear\n\n"
    bench.helm("upgrade", "one", str(bench.chart), "--reuse-values", "--set", "count=3")
    assert bench.data("one-fruit") == {"fruit": "pear", "revision": "3"}

    assert bench.helm("rollback", "one", "1") == "Rollback was a success.\n"
    assert bench.data("one-fruit") == {"fruit": "apple", "revision": "1"}
    history = [re.split(r" *\t", line) for line in bench.helm("history", "one").splitlines()]
    assert [(row[0], row[2], row[5].strip()) for row in history[1:]] == [
        ("1", "SUPERSEDED", "Install complete"),
        ("2", "SUPERSEDED", "Upgrade complete"),
        ("3", "SUPERSEDED", "Upgrade complete"),
        ("4", "DEPLOYED", "Rollback to 1"),
    ]

    assert bench.helm("test", "one", "--cleanup") == "RUNNING: one-taste\nPASSED: one-taste\n"

    text = bench.helm("delete", "one")
    assert "[ServiceAccount] one-kept\n" in text
    assert 'release "one" deleted\n' in text
    assert bench.data("one-fruit") is None
    assert "DELETED" in bench.helm("list", "--all")
    bench.helm("delete", "one", "--purge")
    assert bench.helm("list", "--all") == ""


def test_errors_are_printed_as_ever(bench: Bench) -> None:
    bench.helm("install", str(bench.chart), "--name", "twin")
    text = bench.helm("install", str(bench.chart), "--name", "twin", status=1)
    assert "Error: a release named twin already exists." in text
    assert 'Error: release: "none" not found' in bench.helm("delete", "none", status=1)
    text = bench.helm("status", "none", status=1)
    assert 'Error: getting deployed release "none": release: "none" not found' in text
    text = bench.helm("upgrade", "none", str(bench.chart), status=1)
    assert 'Error: UPGRADE FAILED: "none" has no deployed releases' in text
    assert 'Error: release: "twin.v9" not found' in bench.helm("rollback", "twin", "9", status=1)
    bench.helm("delete", "twin", "--purge")


def test_upgrade_installs_what_is_missing(bench: Bench) -> None:
    text = bench.helm("upgrade", "--install", "fresh", str(bench.chart))
    assert 'Release "fresh" does not exist. Installing it now.' in text
    assert "STATUS: DEPLOYED" in bench.helm("upgrade", "--install", "fresh", str(bench.chart))
    bench.helm("delete", "fresh", "--purge")


def test_an_atomic_upgrade_goes_back(bench: Bench) -> None:
    bench.helm("install", str(bench.chart), "--name", "firm")
    broken = ["--set", "fruit=pear", "--set", "count=-1"]
    text = bench.helm("upgrade", "firm", str(bench.chart), "--atomic", *broken, status=1)
    assert "UPGRADE FAILED" in text
    assert "ROLLING BACK" in text
    assert bench.data("firm-fruit") == {"fruit": "apple", "revision": "1"}
    rows = [re.split(r" *\t", line)[2] for line in bench.helm("history", "firm").splitlines()[1:]]
    assert rows == ["SUPERSEDED", "SUPERSEDED", "DEPLOYED"]
    bench.helm("delete", "firm", "--purge")


def test_a_dry_run_prints_what_would_be(bench: Bench) -> None:
    text = bench.helm("install", str(bench.chart), "--name", "ghost", "--dry-run", "--debug")
    assert "# Source: stall/templates/config.yaml\n" in text
    assert "COMPUTED VALUES:\ncount: 1\nfruit: apple\n" in text
    assert bench.helm("list", "--all") == ""
