"""The way of a user from an empty directory to a release and back, on the sandbox and on a real cluster."""

from __future__ import annotations

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compat.clusters import BINARIES, NO_CLUSTER, has_cluster
from tests.compat.transcripts.stage import Switch, free_port, own_cluster, tiller

KUBECTL = BINARIES / "kubectl-1.20"
CODE = "from helmpy.cli.start import entry; entry()"
ROOT = Path(__file__).parents[3]
IMAGE = "registry.example.com/tiller:v2.17.0"
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not KUBECTL.exists(), reason=f"there is no kubectl at {KUBECTL}"),
]

INGRESS = {
    "Chart.yaml": "apiVersion: v1\nname: nginx-ingress\nversion: 1.41.3\nappVersion: v0.34.1\ndescription: "
    "An ingress controller of the tests that has a description which is too long for a table by far\n",
    "values.yaml": "controller: {hostNetwork: false}\nrbac: {create: false}\n",
    "templates/controller.yaml": """
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}-controller"}
spec:
  selector: {matchLabels: {release: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {release: "{{ .Release.Name }}"}}
    spec:
      hostNetwork: {{ .Values.controller.hostNetwork }}
      containers: [{name: c, image: ingress}]
{{- if .Values.rbac.create }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: "{{ .Release.Name }}"}
rules: [{apiGroups: [""], resources: [services], verbs: [get]}]
{{- end }}
""",
    "templates/NOTES.txt": "The controller is {{ .Release.Name }}-controller.\n",
}
MONOCULAR = {
    "Chart.yaml": "apiVersion: v1\nname: monocular\nversion: 0.5.0\ndescription: A page of charts\n",
    "values.yaml": "api: {config: {repos: []}}\n",
    "templates/repos.yaml": """
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-repos"}
data:
{{- range .Values.api.config.repos }}
  {{ .name }}: {{ .url }}
{{- end }}
""",
}


class _Site(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@dataclass
class User:
    """Somebody with a shell, a home and a cluster."""

    home: Path
    url: str
    environ: dict[str, str]
    sandbox: bool

    def run(self, *words: str, status: int = 0) -> str:
        done = subprocess.run(
            words, cwd=self.home, env=self.environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def helm(self, *words: str, status: int = 0) -> str:
        return self.run(sys.executable, "-c", CODE, *words, status=status)

    def kubectl(self, *words: str) -> str:
        return self.run(str(KUBECTL), *words)


def _write(place: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return place


@pytest.fixture(params=["sandbox", "cluster"])
def user(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[User]:
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "TZ": "UTC", "PATH": os.environ["PATH"]}
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Site, directory=str(tmp_path / "site")))
    threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True).start()
    made = User(tmp_path, f"http://127.0.0.1:{site.server_address[1]}", environ, request.param == "sandbox")
    with ExitStack() as stack:
        stack.callback(site.server_close)
        stack.callback(site.shutdown)
        if made.sandbox:
            assert made.helm("sandbox", "start")
            stack.callback(made.helm, "sandbox", "reset")
            environ["KUBECONFIG"] = str(tmp_path / ".helm/sandbox/kubeconfig")
        else:
            if not has_cluster():
                pytest.skip(NO_CLUSTER)
            switch = Switch()
            threading.Thread(target=switch.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(switch.server_close)
            stack.callback(switch.shutdown)
            environ["KUBECONFIG"] = str(stack.enter_context(own_cluster(tmp_path / "plane", switch.port)))
            words = [sys.executable, "-m", "tiller"]
            started = tiller(words, {**environ, "TILLER_NAMESPACE": "kube-system"}, free_port(), tmp_path / "log")
            switch.target = stack.enter_context(started)
        for name, chart in (("stable", INGRESS), ("incubator", MONOCULAR), ("monocular", MONOCULAR)):
            shelf = tmp_path / "site" / name
            shelf.mkdir(parents=True)
            directory = _write(tmp_path / "src" / name / chart["Chart.yaml"].split("name: ")[1].split("\n")[0], chart)
            made.helm("package", "--save=false", "-d", str(shelf), str(directory))
            made.helm("repo", "index", str(shelf))
        yield made


def test_the_walkthrough(user: User) -> None:
    stable, incubator, monocular = (f"{user.url}/{name}" for name in ("stable", "incubator", "monocular"))
    # 1 and 3: the client alone
    assert "Usage:" in user.helm("help")
    assert f"Adding stable repo with URL: {stable}" in user.helm("init", "--client-only", "--stable-repo-url", stable)
    assert '"incubator" has been added to your repositories\n' in user.helm("repo", "add", "incubator", incubator)
    assert "Update Complete." in user.helm("repo", "update")
    # 2: Tiller into the cluster
    assert "has been installed into your Kubernetes Cluster." in user.helm("init")
    # 6: its account
    user.kubectl("create", "serviceaccount", "--namespace", "kube-system", "tiller")
    user.kubectl(
        "create", "clusterrolebinding", "tiller-cluster-rule", "--clusterrole=cluster-admin",
        "--serviceaccount=kube-system:tiller",
    )  # fmt: skip
    patch = '{"spec":{"template":{"spec":{"serviceAccount":"tiller"}}}}'
    user.kubectl("patch", "deploy", "--namespace", "kube-system", "tiller-deploy", "-p", patch)
    text = user.kubectl("get", "deploy", "-n", "kube-system", "tiller-deploy", "-o", "yaml")
    assert "serviceAccount: tiller\n" in text
    assert "serviceAccountName: tiller\n" in text
    # 4: another image in place
    told = user.helm(
        "init", "--service-account", "tiller", "--upgrade", "-i", IMAGE, "--stable-repo-url", stable, "--wait"
    )
    assert f"Tiller (the Helm server-side component) has been updated to {IMAGE} ." in told
    assert f"image: {IMAGE}\n" in user.kubectl("get", "deploy", "-n", "kube-system", "tiller-deploy", "-o", "yaml")
    # 7: it runs and answers
    pods = user.kubectl("-n", "kube-system", "get", "pods", "--no-headers", "-l", "name=tiller")
    assert re.search(r"^tiller-deploy-\S+ +1/1 +Running", pods, re.MULTILINE)
    assert re.findall(r"(?m)^(\w+): &version", user.helm("version")) == ["Client", "Server"]
    # 9 and 10: repositories
    assert user.helm("repo", "remove", "stable") == '"stable" has been removed from your repositories\n'
    user.helm("repo", "add", "stable", stable)
    user.helm("repo", "update")
    rows = [re.split(r" *\t", line) for line in user.helm("search").splitlines()]
    assert [each.strip() for each in rows[0]] == ["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"]
    assert [row[0] for row in rows[1:]] == ["incubator/monocular", "stable/nginx-ingress"]
    assert rows[2][3].endswith("...")
    # 11: a release with a name that is made up; a full-width comma is pointed at
    install = ["install", "stable/nginx-ingress", "--set"]
    told = user.helm(*install, "controller.hostNetwork=true,rbac.create=true")
    found = re.search(r"(?m)^NAME:   ([a-z]+-[a-z]+)$", told)
    assert found
    name = found[1]
    assert "STATUS: DEPLOYED" in told
    assert f"NOTES:\nThe controller is {name}-controller.\n" in told
    assert f"role.rbac.authorization.k8s.io/{name}" in user.kubectl("get", "role", "-o", "name")
    # 12: values from a file
    user.helm("repo", "add", "monocular", monocular)
    repos = "".join(
        f"    - {{name: {each}, url: {user.url}/{each}}}\n" for each in ("stable", "incubator", "monocular")
    )
    (user.home / "custom-repos.yaml").write_text(f"api:\n  config:\n    repos:\n{repos}")
    assert "STATUS: DEPLOYED" in user.helm("install", "monocular/monocular", "-f", "custom-repos.yaml", "-n", "page")
    data = user.kubectl("get", "configmap", "page-repos", "-o", "jsonpath={.data}")
    assert all(f"{user.url}/{each}" in data for each in ("stable", "incubator", "monocular"))
    # 13: the list shows what failed too
    user.kubectl("create", "configmap", "bad-repos")
    assert "already exists" in user.helm("install", "monocular/monocular", "-n", "bad", status=1)
    lines = user.helm("list").splitlines()
    heads = [each.strip() for each in lines[0].split("\t")]
    assert heads == ["NAME", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "NAMESPACE"]
    states = {line.split("\t")[0].strip(): line.split("\t")[3].strip() for line in lines[1:]}
    assert states == {name: "DEPLOYED", "page": "DEPLOYED", "bad": "FAILED"}
    # 15: a chart of one's own
    assert user.helm("create", "mongodb") == "Creating mongodb\n"
    made = {str(path.relative_to(user.home / "mongodb")) for path in (user.home / "mongodb").rglob("*")}
    templates = ("deployment.yaml", "_helpers.tpl", "ingress.yaml", "NOTES.txt", "service.yaml", "tests")
    assert {"charts", "Chart.yaml", "values.yaml", ".helmignore", *(f"templates/{each}" for each in templates)} <= made
    # 16: forth and back
    user.helm("upgrade", "page", "monocular/monocular", "--set", "api.config.repos=null")
    assert user.helm("rollback", "page", "1") == "Rollback was a success.\n"
    assert [line.split("\t")[5].strip() for line in user.helm("history", "page").splitlines()[1:]] == [
        "Install complete",
        "Upgrade complete",
        "Rollback to 1",
    ]
    # 14: gone, and yet remembered
    assert user.helm("delete", name) == f'release "{name}" deleted\n'
    assert name not in user.helm("list")
    assert "DELETED" in user.helm("list", "--all", name)
    # 8: Tiller goes when it is told so twice
    told = user.helm("reset", status=1)
    assert "Tip: use --force to remove Tiller." in told
    assert "has been uninstalled from your Kubernetes Cluster." in user.helm("reset", "--force")
    assert user.kubectl("-n", "kube-system", "get", "deploy,svc,secret", "-l", "name=tiller", "-o", "name") == ""


def test_a_full_width_comma_is_pointed_at(user: User) -> None:
    stable = f"{user.url}/stable"
    user.helm("init", "--stable-repo-url", stable, "--wait")
    told = user.helm(
        "install", "stable/nginx-ingress", "--set", "controller.hostNetwork=true\uff0crbac.create=true", status=1
    )
    assert told.startswith("WARNING: controller.hostNetwork=true\uff0crbac.create=true\n")
    assert told.splitlines()[1].index("^") == told.index("\uff0c")
    assert "Error: " in told


def test_tls(user: User) -> None:
    """Step 5: three files become a secret, and Tiller speaks TLS."""
    user.run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tiller",
        "-addext", "subjectAltName=DNS:tiller,IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem",
    )  # fmt: skip
    files = ["--tiller-tls-cert", "cert.pem", "--tiller-tls-key", "key.pem", "--tls-ca-cert", "cert.pem"]
    stable = f"{user.url}/stable"
    user.helm("init", "--stable-repo-url", stable, *files, "--tiller-namespace", "kube-system")
    data = user.kubectl("-n", "kube-system", "get", "secret", "tiller-secret", "-o", "jsonpath={.data}")
    assert all(f'"{each}"' in data for each in ("ca.crt", "tls.crt", "tls.key"))
    text = user.kubectl("-n", "kube-system", "get", "deploy", "tiller-deploy", "-o", "yaml")
    assert "name: TILLER_TLS_ENABLE\n" in text
    if not user.sandbox:
        return  # there is nobody to run this Tiller: the pods of the cluster are only played
    user.kubectl("-n", "kube-system", "wait", "--for=condition=Available", "deploy/tiller-deploy", "--timeout=60s")
    assert "--tls" in user.helm("list", "--tiller-connection-timeout", "5", status=1)
    keys = ["--tls-cert", "cert.pem", "--tls-key", "key.pem", "--tls-ca-cert", "cert.pem"]
    assert user.helm("list", "--tls-verify", "--tls-hostname", "tiller", *keys) == ""
