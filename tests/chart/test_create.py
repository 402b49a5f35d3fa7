"""Charts to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helmpy import engine
from helmpy.chart import create, loader
from helmpy.chart.capabilities import Capabilities, KubeVersion
from helmpy.chart.model import ChartError
from helmpy.gocompat import yaml

FILES = [
    ".helmignore",
    "Chart.yaml",
    "charts",
    "templates",
    "templates/NOTES.txt",
    "templates/_helpers.tpl",
    "templates/deployment.yaml",
    "templates/ingress.yaml",
    "templates/service.yaml",
    "templates/serviceaccount.yaml",
    "templates/tests",
    "templates/tests/test-connection.yaml",
    "values.yaml",
]


def listed(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_files(tmp_path: Path) -> None:
    root = create.create("web", tmp_path)
    assert root == tmp_path / "web"
    assert listed(root) == FILES
    assert not any(create.PLACEHOLDER in path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert (
        (root / "Chart.yaml").read_text()
        == 'apiVersion: v1\nappVersion: "1.0"\ndescription: A Helm chart for Kubernetes\nname: web\nversion: 0.1.0\n'
    )


def rendered(name: str, root: Path, values: dict[str, Any], minor: str = "30") -> dict[str, Any]:
    chart = loader.load(create.create(name, root))
    capabilities = Capabilities(kube_version=KubeVersion(major="1", minor=minor, git_version=f"v1.{minor}.0"))
    release = engine.ReleaseOptions(name="rel", namespace="ns", is_install=True)
    texts = engine.render(chart, values, release, capabilities)
    notes = texts.pop(f"{name}/templates/NOTES.txt")
    objects = {path.rpartition("/")[2]: yaml.load(text, ints=True) for path, text in texts.items()}
    return {**objects, "notes": notes}


@pytest.mark.parametrize("name", ["web", "y", "12"])
def test_default_objects(name: str, tmp_path: Path) -> None:
    found = rendered(name, tmp_path, {})
    full = f"rel-{name}"
    deployment, service = found["deployment.yaml"], found["service.yaml"]
    selector = service["spec"]["selector"]
    assert selector == {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": "rel"}
    assert deployment["spec"]["selector"]["matchLabels"] == selector
    assert deployment["spec"]["template"]["metadata"]["labels"] == selector
    assert (
        deployment["spec"]["template"]["spec"]["serviceAccountName"]
        == found["serviceaccount.yaml"]["metadata"]["name"]
        == full
    )
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:stable"
    assert found["ingress.yaml"] is None
    assert found["test-connection.yaml"]["metadata"]["annotations"] == {"helm.sh/hook": "test-success"}
    assert found["test-connection.yaml"]["spec"]["containers"][0]["args"] == [f"{full}:80"]
    assert f"port-forward service/{full} 8080:80 --namespace ns" in found["notes"]


def test_every_value_has_its_place(tmp_path: Path) -> None:
    values = yaml.load(
        "{fullnameOverride: full, replicaCount: 3, image: {tag: 1.25}, imagePullSecrets: [{name: s}], serviceAccount: {create: false},"
        " podSecurityContext: {fsGroup: 1}, securityContext: {runAsUser: 2}, resources: {limits: {cpu: 1}}, nodeSelector: {a: b},"
        " affinity: {c: {}}, tolerations: [{key: t}], service: {type: NodePort, port: 8080}}"
    )
    found = rendered("web", tmp_path, values)
    assert found["deployment.yaml"]["metadata"]["name"] == "full"
    assert found["deployment.yaml"]["spec"]["replicas"] == 3
    pod = found["deployment.yaml"]["spec"]["template"]["spec"]
    container = pod.pop("containers")[0]
    assert pod == {
        "serviceAccountName": "default",
        "imagePullSecrets": [{"name": "s"}],
        "securityContext": {"fsGroup": 1},
        "nodeSelector": {"a": "b"},
        "affinity": {"c": {}},
        "tolerations": [{"key": "t"}],
    }
    assert (container["image"], container["securityContext"], container["resources"]) == (
        "nginx:1.25",
        {"runAsUser": 2},
        {"limits": {"cpu": 1}},
    )
    assert found["serviceaccount.yaml"] is None
    assert found["service.yaml"]["spec"]["type"] == "NodePort"
    assert found["service.yaml"]["spec"]["ports"] == [{"name": "http", "port": 8080, "targetPort": "http"}]
    assert "nodePort" in found["notes"]


@pytest.mark.parametrize(
    ("minor", "version", "service"),
    [
        ("30", "networking.k8s.io/v1", {"service": {"name": "rel-web", "port": {"number": 80}}}),
        ("18", "networking.k8s.io/v1beta1", {"serviceName": "rel-web", "servicePort": 80}),
        ("13", "extensions/v1beta1", {"serviceName": "rel-web", "servicePort": 80}),
    ],
)
def test_ingress_of_the_time(minor: str, version: str, service: dict[str, Any], tmp_path: Path) -> None:
    values = {
        "ingress": {
            "enabled": True,
            "tls": [{"secretName": "s"}],
            "annotations": {"a": "b"},
            "hosts": [{"host": "h", "paths": ["/p"]}],
        }
    }
    found = rendered("web", tmp_path, values, minor)
    ingress = found["ingress.yaml"]
    assert ingress["apiVersion"] == version
    assert ingress["metadata"]["annotations"] == {"a": "b"}
    assert ingress["spec"]["tls"] == [{"secretName": "s"}]
    rule = ingress["spec"]["rules"][0]
    assert (rule["host"], rule["http"]["paths"][0]["path"], rule["http"]["paths"][0]["backend"]) == ("h", "/p", service)
    assert "https://h/p" in found["notes"]


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    root = tmp_path / "web"
    root.mkdir()
    (root / "values.yaml").write_text("mine: 1\n")
    create.create("web", tmp_path)
    assert (root / "values.yaml").read_text() == "mine: 1\n"
    assert listed(root) == FILES


def test_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cases = [
        ("web", tmp_path / "none", f"stat {tmp_path}/none: no such file or directory"),
        ("file", tmp_path, f"file {tmp_path}/file already exists and is not a directory"),
        ("", tmp_path, "invalid chart name ''"),
        ("..", tmp_path, "invalid chart name '..'"),
        ("a/b", tmp_path, "invalid chart name 'a/b'"),
        ('a"', tmp_path, "invalid chart name 'a\"'"),
    ]
    for name, directory, message in cases:
        with pytest.raises(ChartError) as caught:
            create.create(name, directory)
        assert str(caught.value) == message


def test_starter(tmp_path: Path) -> None:
    starter = tmp_path / "starter"
    for path, text in {
        "Chart.yaml": "name: starter\nversion: 9.0.0\n",
        "values.yaml": "app: <CHARTNAME>  # of <CHARTNAME>\n",
        "templates/x.yaml": 'a: {{ template "<CHARTNAME>.x" }}',
        "docs/x.md": "<CHARTNAME>",
        "charts/sub/Chart.yaml": "name: sub\nversion: 0.1.0\n",
    }.items():
        (starter / path).parent.mkdir(parents=True, exist_ok=True)
        (starter / path).write_text(text)
    root = create.create("web", tmp_path, starter)
    assert listed(root) == [
        "Chart.yaml",
        "charts",
        "charts/sub-0.1.0.tgz",
        "docs",
        "docs/x.md",
        "templates",
        "templates/x.yaml",
        "values.yaml",
    ]
    assert "name: web\nversion: 0.1.0\n" in (root / "Chart.yaml").read_text()
    assert (root / "values.yaml").read_text() == "app: web  # of web\n"
    assert (root / "templates/x.yaml").read_text() == 'a: {{ template "web.x" }}'
    assert (root / "docs/x.md").read_text() == "<CHARTNAME>"
    with pytest.raises(ChartError, match=r"mkdir .*web: file exists"):
        create.create("web", tmp_path, starter)
    with pytest.raises(ChartError, match=r"could not load .*none: stat .*none: no such file or directory"):
        create.create("other", tmp_path, tmp_path / "none")
