"""Charts in a real registry: what Helm 3 pushes ours pulls, and the reverse; both store the same and say the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pysequoia import CipherSuite, Tsk

from tests.registry import MISSING, PASSWORD, USER, Registry, running

HELM3 = Path(os.environ.get("HELM_ORACLES", Path.home() / ".cache" / "helm-oracles" / "bin"), "helm3")
OURS = Path(sys.executable).with_name("helm")
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
    pytest.mark.skipif(not HELM3.exists(), reason="no real Helm 3 here (set HELM_ORACLES)"),
]
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
V1 = "apiVersion: v1\nname: web\nversion: 1.0.0\nengine: gotpl\ndescription: <a> & b\nkeywords: [x, y]\nhome: https://h\n"
V2 = """\
apiVersion: v2
name: web
version: 1.0.0+b.1
appVersion: "7"
type: application
kubeVersion: ">=1.2"
sources: [https://s]
icon: https://i
deprecated: true
annotations: {b: "2", a: "1"}
maintainers: [{url: u, name: Ann, email: a@h}, {name: Bob}]
dependencies:
- {name: lib, version: 0.1.0, repository: "https://r", condition: a.b, tags: [t], alias: it, import-values: [x, {parent: ., child: c}]}
"""
LIB = "apiVersion: v2\nname: lib\nversion: 0.1.0\n"


@pytest.fixture(name="registry", scope="module")
def _registry() -> Iterator[Registry]:
    with running() as registry:
        yield registry


@pytest.fixture(name="closed", scope="module")
def _closed() -> Iterator[Registry]:
    with running(auth="htpasswd") as registry:
        yield registry


def _run(binary: Path, directory: Path, line: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environ = {"HOME": str(directory), "PATH": os.environ["PATH"]}
    words = [str(binary), *line.split()]
    return subprocess.run(words, cwd=directory, env=environ, input=stdin, capture_output=True, text=True, check=False)


def _packaged(directory: Path, chart_yaml: str, requirements: str = "", *more: str) -> Path:
    chart = directory / "web"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(chart_yaml)
    (chart / "values.yaml").write_text("a: 1\n")
    (chart / "charts" / "lib").mkdir(parents=True)
    (chart / "charts" / "lib" / "Chart.yaml").write_text(LIB)
    if requirements:
        (chart / "requirements.yaml").write_text(requirements)
    done = _run(OURS, directory, " ".join(["package web --save=false", *more]))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().rpartition(": ")[2])


@pytest.mark.parametrize(
    ("chart_yaml", "requirements"),
    [(V1, 'dependencies: [{name: lib, version: 0.1.0, repository: ""}]\n'), (V1, ""), (V2, "")],
    ids=["v1 with requirements", "v1", "v2"],
)
def test_both_store_the_same(registry: Registry, tmp_path: Path, chart_yaml: str, requirements: str) -> None:
    archive = _packaged(tmp_path, chart_yaml, requirements)
    manifests = []
    for binary, place in ((HELM3, "theirs"), (OURS, "ours")):
        done = _run(binary, tmp_path, f"push {archive.name} oci://{registry.host}/{place}")
        assert done.returncode == 0, done.stderr
        tag = archive.name.removeprefix("web-").removesuffix(".tgz").replace("+", "_")
        body, digest = registry.get(f"/v2/{place}/web/manifests/{tag}", MANIFEST)
        assert done.stdout.startswith(f"Pushed: {registry.host}/{place}/web:{tag}\nDigest: {digest}\n")
        manifests.append(json.loads(body))
    theirs, ours = manifests
    ours.pop("annotations")  # 3.8 writes none yet
    assert ours == theirs
    for puller, place in ((OURS, "theirs"), (HELM3, "ours")):
        work = tmp_path / place
        work.mkdir()
        version = archive.name.removeprefix("web-").removesuffix(".tgz")
        done = _run(puller, work, f"pull oci://{registry.host}/{place}/web --version {version}")
        assert done.returncode == 0, done.stderr
        assert (work / archive.name).read_bytes() == archive.read_bytes()


def test_both_say_the_same(registry: Registry, tmp_path: Path) -> None:
    archive = _packaged(tmp_path, V1)
    assert _run(HELM3, tmp_path, f"push {archive.name} oci://{registry.host}/said").returncode == 0
    for line in (
        f"pull oci://{registry.host}/said/web",
        f"pull oci://{registry.host}/said/web --version ^1",
        f"show values oci://{registry.host}/said/web",
        f"push {archive.name} oci://{registry.host}/said",
        "push web oci://h/x",
        "push none.tgz oci://h/x",
    ):
        theirs, ours = (_run(binary, tmp_path, line) for binary in (HELM3, OURS))
        assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr), line
        if not line.startswith("push web-"):  # annotations make another digest
            assert ours.stdout.rstrip("\n") == theirs.stdout.rstrip("\n"), line


def test_signatures_travel(registry: Registry, tmp_path: Path) -> None:
    key = Tsk.generate(user_id="Ann <ann@example.org>", cipher_suite=CipherSuite.RSA2k)
    (tmp_path / "secret.gpg").write_bytes(bytes(key))
    (tmp_path / "public.gpg").write_bytes(bytes(key.extract_certificate()))
    archive = _packaged(tmp_path, V1, "", "--sign", "--key", "ann@", "--keyring", "secret.gpg")
    for pusher, puller, place in ((HELM3, OURS, "theirs"), (OURS, HELM3, "ours")):
        done = _run(pusher, tmp_path, f"push {archive.name} oci://{registry.host}/signed/{place}")
        assert done.returncode == 0, done.stderr
        work = tmp_path / place
        work.mkdir()
        line = f"pull oci://{registry.host}/signed/{place}/web --verify --keyring ../public.gpg"
        done = _run(puller, work, line)
        assert done.returncode == 0, done.stderr
        assert (work / f"{archive.name}.prov").read_bytes() == Path(f"{archive}.prov").read_bytes()


def test_both_lock_dependencies_alike(registry: Registry, tmp_path: Path) -> None:
    archive = _packaged(tmp_path, V1)
    assert _run(OURS, tmp_path, f"push {archive.name} oci://{registry.host}/locked").returncode == 0
    locks = []
    for binary in (HELM3, OURS):
        app = tmp_path / binary.name / "app"
        app.mkdir(parents=True)
        listed = f'dependencies: [{{name: web, version: ^1.0.0, repository: "oci://{registry.host}/locked"}}]\n'
        (app / "Chart.yaml").write_text(f"apiVersion: v2\nname: app\nversion: 0.1.0\n{listed}")
        done = _run(binary, app.parent, "dependency update app")
        assert done.returncode == 0, done.stderr
        locks.append((app / "Chart.lock").read_text().partition("generated:")[0])
        assert [path.name for path in (app / "charts").iterdir()] == ["web-1.0.0.tgz"]
    assert locks[0] == locks[1]


def test_a_login_of_helm_3_is_ours_too(closed: Registry, tmp_path: Path) -> None:
    archive = _packaged(tmp_path, V1)
    line = f"registry login {closed.host} -u {USER} --password-stdin"
    theirs = _run(HELM3, tmp_path, line, PASSWORD)
    assert theirs.returncode == 0, theirs.stderr
    push = f"push {archive.name} oci://{closed.host}/c"
    assert _run(OURS, tmp_path, push).returncode == 0
    ours = _run(OURS, tmp_path, line, PASSWORD)
    assert (ours.returncode, ours.stdout) == (0, theirs.stdout)
    assert _run(HELM3, tmp_path, f"registry logout {closed.host}").returncode == 0
    assert _run(OURS, tmp_path, push).returncode == 0
    assert _run(OURS, tmp_path, f"registry logout {closed.host}").returncode == 0
    assert _run(OURS, tmp_path, push).returncode == 1
