"""Whatever is wrong with the input: one clear text on stderr, status 1, never a traceback."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from helmpy.cli.main import run
from tests.cli.conftest import Helm, write_chart
from tests.terminal import at_terminal

HINT = (
    "name a cluster with --kubeconfig or KUBECONFIG, Tiller itself with --host, or start one here: helm sandbox start"
)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("install nosuch", 'failed to download "nosuch" (hint: running `helm repo update` may help)'),
        ("install ./nosuch", 'path "./nosuch" not found'),
        ("install /no/such", 'path "/no/such" not found'),
        ("upgrade blog ./nosuch", 'path "./nosuch" not found'),
        ("install web --verify", "cannot verify a directory"),
        ("install web -f nosuch.yaml", "open nosuch.yaml: no such file or directory"),
        ("install web --set greeting", 'failed parsing --set data: key "greeting" has no value'),
        ("install web --set a[=1", None),
        ("install web --set-file a=nosuch", None),
        ("install web -n Blog", None),
        ("install web --name-template '{{'", None),
        ("install web -o toml", "unsupported format toml"),
        ("install web -n taken", None),
        ("status nosuch", 'getting deployed release "nosuch": release: "nosuch" not found'),
        ("history nosuch", 'release: "nosuch" not found'),
        ("get nosuch", 'release: "nosuch" not found'),
        ("delete nosuch", 'release: "nosuch" not found'),
        ("rollback nosuch 1", 'release: "nosuch" not found'),
        ("test nosuch", None),
        ("upgrade nosuch web", 'UPGRADE FAILED: "nosuch" has no deployed releases'),
        ("status taken --revision 9", None),
        ("get manifest taken --revision 9", 'release: "taken.v9" not found'),
        ("rollback taken 9", None),
        ("list [", None),
        ("list --offset nosuch", None),
        ("get taken --template '{{.Nosuch}}'", None),
        ("install web -f .", None),
    ],
)
def test_input(helm: Helm, line: str, error: str | None) -> None:
    helm("install web -n taken")
    result = helm(line)
    assert result.status == 1
    assert result.err.startswith("Error: ")
    assert "Traceback" not in result.err
    assert "internal error" not in result.err
    if error is not None:
        assert result.err.split("\n")[0] == f"Error: {error}"


def test_a_taken_name(helm: Helm) -> None:
    helm("install web -n taken")
    assert helm("install web -n taken").err == (
        "Error: a release named taken already exists.\n"
        "Run: helm ls --all taken; to check the status of the release\n"
        "Or run: helm del --purge taken; to delete it\n"
    )


def test_broken_values_are_placed(helm: Helm, home: Path) -> None:
    (home / "mine.yaml").write_text("a: 1\nb:\n  - x\n  y: 2\n")
    error = helm("install web -f mine.yaml").err
    assert error.startswith("Error: failed to parse mine.yaml: error converting YAML to JSON: yaml: line ")
    assert "mine.yaml:" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Chart.yaml", "name: [", "error converting YAML to JSON: yaml: line 1: "),
        ("Chart.yaml", "version: 1.0.0\n", "name"),
        ("Chart.yaml", "apiVersion: v9\nname: web\nversion: 1.0.0\n", "v9"),
        ("values.yaml", "- a\n- b\n", "values"),
        ("requirements.yaml", "dependencies: [{name: db, version: 1.0.0}]\n", "db"),
    ],
)
def test_a_broken_chart(helm: Helm, home: Path, name: str, text: str, words: str) -> None:
    (home / "web" / name).write_text(text)
    result = helm("install web -n blog")
    assert result.status == 1
    assert words in result.err
    assert result.err.startswith("Error: ")
    assert "internal error" not in result.err


@pytest.mark.parametrize("data", [b"", b"just text", b"\x1f\x8b\x08\x00cut off", b"apiVersion: v1\n"])
def test_a_broken_archive(helm: Helm, home: Path, data: bytes) -> None:
    (home / "web.tgz").write_bytes(data)
    result = helm("install ./web.tgz -n blog")
    assert result.status == 1
    assert result.err.startswith("Error: ")
    assert result.err.count("\n") == 1
    assert "internal error" not in result.err


def test_a_template_error_shows_its_line(helm: Helm) -> None:
    plain = helm("install web -n blog --set greeting=").err
    assert plain.startswith(
        'Error: render error in "web/templates/page.yaml": template: web/templates/page.yaml:6:15: '
    )
    assert plain.count("\n") == 1
    assert helm("install web -n blog --set greeting= --debug").err.endswith(
        plain + '  greeting: {{ required "a greeting is needed" .Values.greeting | quote }}\n               ^\n'
    )


def test_a_person_is_told_more(home: Path) -> None:
    write_chart(home / "web")
    (home / "web/templates/page.yaml").write_text("a: 1\nb: {{ .Values.nosuch.deep }}\n")
    (home / "web/bad.yaml").write_text("a: [1\n")
    for more, hint in (
        ((), "b: {{ .Values.nosuch.deep }}\n             ^\n"),
        (("-f", "web/bad.yaml"), "at web/bad.yaml:2:1\n"),
    ):
        status, shown = at_terminal("template", "web", *more, only_stderr=True, cwd=home)
        assert status == 1
        assert shown.split("\n", 1)[1].startswith(hint)


def test_a_template_error_in_a_subchart_shows_its_line(helm: Helm, home: Path) -> None:
    child = home / "web/charts/db"
    write_chart(child, Chart_yaml="name: db\nversion: 1.0.0\n")
    (child / "templates/page.yaml").write_text("a: 1\nb: {{ .Values.nosuch.deep }}\n")
    lines = helm("install web -n blog --debug").err.split("\n")
    assert "web/charts/db/templates/page.yaml:2:" in lines[-4]
    assert lines[-3] == "b: {{ .Values.nosuch.deep }}"
    assert lines[-2].strip() == "^"


@pytest.mark.parametrize(
    ("kubeconfig", "error"),
    [
        ("", f"no Kubernetes cluster is configured; {HINT}"),
        ("/no/such/file", f"no Kubernetes cluster is configured: /no/such/file does not exist; {HINT}"),
    ],
)
@pytest.mark.parametrize("line", ["list", "status blog", "reset", "reset extra", "install web"])
def test_no_cluster(
    *,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kubeconfig: str,
    error: str,
    line: str,
) -> None:
    write_chart(home / "web")
    # The library looks for the default file when it is imported: here it finds this user's.
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(home / ".kube/config"))
    if kubeconfig:
        monkeypatch.setenv("KUBECONFIG", kubeconfig)
    assert run(line.split()) == 1
    assert capsys.readouterr() == ("", f"Error: {error}\n")


def kubeconfig_of(home: Path, server: str) -> Path:
    file = home / "kubeconfig"
    file.write_text(
        f"clusters: [{{name: c, cluster: {{server: '{server}'}}}}]\n"
        "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
        "users: [{name: u, user: {}}]\ncurrent-context: c\n"
    )
    return file


def test_a_cluster_that_refuses(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = f"http://127.0.0.1:{free.getsockname()[1]}"
    file = kubeconfig_of(home, server)
    for line in ("list", "init --skip-refresh"):
        assert run([*line.split(), "--kubeconfig", str(file)]) == 1
        error = capsys.readouterr().err
        assert error == f"Error: cannot reach the Kubernetes API at {server}: connection refused; {HINT}\n"


def test_a_context_that_is_not_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = kubeconfig_of(home, "http://127.0.0.1:1")
    assert run(["list", "--kubeconfig", str(file), "--kube-context", "moon"]) == 1
    assert capsys.readouterr().err == (
        'Error: could not get Kubernetes config for context "moon": context "moon" does not exist\n'
    )
    assert run(["init", "--skip-repos", "--kubeconfig", str(file), "--kube-context", "moon"]) == 1
    assert capsys.readouterr().err == (
        "Error: could not get kubernetes client: "
        'could not get Kubernetes config for context "moon": context "moon" does not exist\n'
    )


def test_a_broken_kubeconfig(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "kubeconfig"
    file.write_text("just words")
    assert run(["list", "--kubeconfig", str(file)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: the Kubernetes configuration cannot be used: ")
    assert error.count("\n") == 1


def test_tls_files_that_are_missing(helm: Helm, home: Path) -> None:
    result = helm("list --tls")
    assert result.status == 2
    assert result.err.startswith(f'could not read x509 key pair (cert: "{home}/helm/cert.pem"')


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(helm: Helm, home: Path) -> None:
    (home / "mine.yaml").touch(mode=0)
    assert helm("install web -f mine.yaml").err == "Error: open mine.yaml: permission denied\n"
