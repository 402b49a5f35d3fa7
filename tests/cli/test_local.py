"""The other commands that need no Tiller: create, home, inspect, lint, package."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from helmpy.cli.main import run
from helmpy.gocompat import yaml
from helmpy.repo import index
from tests.cli.conftest import made

CHART = {
    "Chart.yaml": "apiVersion: v1\nversion: 1.0.0\nname: web\nicon: https://example.com/i.png\nappVersion: 3\n",
    "values.yaml": "# a comment\na: 1",
    "README.md": "read me",
    "templates/a.yaml": "kind: {{ .Values.a }}\n",
}
METADATA = 'apiVersion: v1\nappVersion: "3"\nicon: https://example.com/i.png\nname: web\nversion: 1.0.0\n\n'


@pytest.fixture
def chart(home: Path) -> Path:
    return made(home / "web", CHART)


def helm(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = run(words)
    return status, *capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["inspect", "web"], f"{METADATA}---\n# a comment\na: 1\n---\nread me\n"),
        (["inspect", "chart", "web"], METADATA),
        (["inspect", "values", "web"], "# a comment\na: 1\n"),
        (["inspect", "readme", "web"], "read me\n"),
        (["show", "values", "web"], "# a comment\na: 1\n"),
    ],
)
@pytest.mark.usefixtures("chart")
def test_inspect_shows_the_parts(capsys: pytest.CaptureFixture[str], words: list[str], expected: str) -> None:
    assert helm(capsys, *words) == (0, expected, "")


def test_inspect_of_a_bare_chart(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(home / "bare", {"Chart.yaml": "name: bare"})
    assert helm(capsys, "inspect", "bare") == (0, "name: bare\n\n---\n", "")
    assert helm(capsys, "inspect", "values", "bare") == (0, "", "")
    assert helm(capsys, "inspect", "readme", "bare") == (0, "", "")


@pytest.mark.parametrize("name", ["readme.TXT", "Readme", "README.md"])
def test_a_readme_has_several_names(home: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    made(home / "bare", {"Chart.yaml": "name: bare", name: "hello"})
    assert helm(capsys, "inspect", "readme", "bare") == (0, "hello\n", "")


@pytest.mark.usefixtures("chart")
def test_inspect_needs_one_chart(capsys: pytest.CaptureFixture[str]) -> None:
    assert helm(capsys, "inspect") == (1, "", "Error: This command needs 1 argument: chart name\n")
    assert helm(capsys, "inspect", "./gone") == (1, "", 'Error: path "./gone" not found\n')


@pytest.mark.parametrize(
    "words",
    ["lint web", "template web", "package web", "inspect chart web", "dependency list web", "dependency update web"],
)
def test_links_in_a_chart_are_told(home: Path, chart: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    (chart / "copy").symlink_to("values.yaml")
    status, _, err = helm(capsys, *words.split())
    (line,) = err.splitlines()
    assert status == 0
    assert line.split(" ", 2)[2] == f"found symbolic link in path: {home}/web/copy resolves to {home}/web/values.yaml"


def test_a_chart_has_the_name_of_the_link_to_it(home: Path, chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chart.rename(home / "elsewhere")
    chart.symlink_to("elsewhere")
    assert helm(capsys, "lint", "web")[0] == 0
    assert helm(capsys, "package", "web", "--save=false")[0] == 0
    assert helm(capsys, "lint", "elsewhere")[0] == 1
    text = "Error: directory name (elsewhere) and Chart.yaml name (web) must match\n"
    assert helm(capsys, "package", "elsewhere", "--save=false") == (1, "", text)


@pytest.mark.usefixtures("chart")
def test_lint_tells_all_that_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert helm(capsys, "lint", "web") == (0, "==> Linting web\nLint OK\n\n1 chart(s) linted, no failures\n", "")
    made(home / "other", {"Chart.yaml": "name: web\nversion: 1.0.0\n", "values.yaml": "", "templates/a.yaml": "a: 1\n"})
    status, out, err = helm(capsys, "lint", "web", "other", "gone")
    assert (status, err) == (1, "Error: 2 chart(s) linted, 2 chart(s) failed\n")
    assert (
        "==> Linting other\n[ERROR] Chart.yaml: directory name (other) and chart name (web) must be the same\n" in out
    )
    assert "==> Skipping gone\n" in out


@pytest.mark.usefixtures("chart")
def test_lint_for_programs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(home / "other", {"Chart.yaml": "name: web\nversion: 1.0.0\n", "values.yaml": "", "templates/a.yaml": "a: 1\n"})
    status, out, err = helm(capsys, "lint", "web", "other", "gone", "-o", "json")
    assert (status, err) == (1, "Error: 2 chart(s) linted, 2 chart(s) failed\n")
    web, other, gone = json.loads(out)
    assert web == {"path": "web", "failed": False, "messages": []}
    assert other["failed"]
    assert other["messages"][0] == {
        "severity": "ERROR",
        "path": "Chart.yaml",
        "text": "directory name (other) and chart name (web) must be the same",
    }
    assert (gone["path"], gone["failed"]) == ("gone", True)
    assert gone["error"]
    assert yaml.load(helm(capsys, "lint", "web", "-o", "yaml")[1]) == [web]


def test_lint_looks_at_the_current_directory(
    chart: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(chart)
    assert helm(capsys, "lint")[1].startswith("==> Linting .\nLint OK\n")


def test_strict_lint_counts_warnings(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(
        home / "bare",
        {
            "Chart.yaml": "apiVersion: v1\nname: bare\nversion: 1.0.0\nicon: https://example.com/i.png\n",
            "values.yaml": "",
        },
    )
    assert helm(capsys, "lint", "bare")[0] == 0
    assert helm(capsys, "lint", "bare", "--strict")[0] == 1


@pytest.mark.usefixtures("chart")
def test_lint_looks_at_the_users_values_too(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = helm(capsys, "lint", "web", "--set", "aa.b=1")
    warning = (
        '[WARNING] values.yaml: the value "aa" means nothing to this chart: values.yaml has no such key, no template'
    )
    assert (status, err) == (0, "")
    assert f"==> Linting web\n{warning} reads it; did you mean" in out
    assert helm(capsys, "lint", "web", "--set", "aa.b=1", "--strict")[0] == 1


def test_lint_looks_for_unused_values_when_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(home / "web", {**CHART, "values.yaml": "a: 1\nb: 2"})
    assert helm(capsys, "lint", "web", "--strict")[1].startswith("==> Linting web\nLint OK\n")
    line = '[WARNING] values.yaml: no template reads "b"\n'
    assert helm(capsys, "lint", "web", "--unused")[:2] == (
        0,
        f"==> Linting web\n{line}\n1 chart(s) linted, no failures\n",
    )
    assert helm(capsys, "lint", "web", "--unused", "--strict")[0] == 1


def test_lint_says_more_to_a_person(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(chart, {"templates/b.yaml": "a: {{ .Values.a }}\n b: 1\n"})
    fault = "[ERROR] templates/b.yaml: unable to parse YAML\n\terror converting YAML to JSON: yaml: "
    hint = "\trendered line 2:  b: 1\n\tfrom web/templates/b.yaml:2:  b: 1\n"
    out = helm(capsys, "lint", "web")[1]
    assert fault in out
    assert hint not in out
    assert hint in helm(capsys, "lint", "web", "--debug")[1]


def test_lint_logs_what_is_required_and_missing(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(chart, {"templates/b.yaml": 'a: {{ required "say b" .Values.b }}\n'})
    status, out, err = helm(capsys, "lint", "web")
    assert (status, out) == (0, "==> Linting web\nLint OK\n\n1 chart(s) linted, no failures\n")
    assert err[19:] == " [INFO] Missing required value: say b\n"


@pytest.mark.usefixtures("chart")
def test_package_makes_an_archive(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = home / "web-1.0.0.tgz"
    line = f"Successfully packaged chart and saved it to: {archive}\n"
    assert helm(capsys, "package", "web") == (0, line, "")
    with tarfile.open(archive) as packed:
        assert {"web/Chart.yaml", "web/values.yaml", "web/templates/a.yaml", "web/README.md"} <= set(packed.getnames())
    assert helm(capsys, "inspect", "values", str(archive))[1] == "# a comment\na: 1\n"


@pytest.mark.usefixtures("chart")
def test_package_may_change_versions_and_place(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "out").mkdir()
    assert helm(capsys, "package", "web", "--version", "2.0.0", "--app-version", "4", "-d", "out")[0] == 0
    assert helm(capsys, "inspect", "chart", "out/web-2.0.0.tgz")[1] == METADATA.replace('"3"', '"4"').replace(
        "1.0.0", "2.0.0"
    )


@pytest.mark.usefixtures("chart")
def test_package_tells_what_it_changes_to_whoever_debugs(capsys: pytest.CaptureFixture[str]) -> None:
    out = helm(capsys, "package", "web", "--version", "2.0.0", "--app-version", "4", "--save=false", "--debug")[1]
    assert out.splitlines()[:2] == ["[debug] Setting version to 2.0.0", "[debug] Setting appVersion to 4"]


@pytest.mark.usefixtures("chart")
def test_who_may_read_a_package_is_for_the_umask_to_say(home: Path) -> None:
    before = os.umask(0o077)
    try:
        assert run(["package", "web", "--save=false"]) == 0
        archive = home / "web-1.0.0.tgz"
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600
        archive.chmod(0o640)
        assert run(["package", "web", "--save=false"]) == 0
        assert stat.S_IMODE(archive.stat().st_mode) == 0o640
    finally:
        os.umask(before)


@pytest.mark.usefixtures("chart")
def test_package_keeps_a_copy_where_there_is_a_place(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    local = home / "helm" / "repository" / "local"
    local.mkdir(parents=True)
    helm(capsys, "package", "web", "--save=false")
    assert list(local.iterdir()) == []
    helm(capsys, "package", "web")
    assert (local / "web-1.0.0.tgz").read_bytes() == (home / "web-1.0.0.tgz").read_bytes()


@pytest.mark.usefixtures("chart")
def test_a_package_stands_in_the_local_index(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    helm(capsys, "init", "--client-only", "--skip-refresh")
    helm(capsys, "repo", "remove", "stable")
    helm(capsys, "package", "web")
    helm(capsys, "package", "web", "--app-version", "4")  # in the place of the first
    helm(capsys, "package", "web", "--version", "1.1.0")
    assert helm(capsys, "search", "web", "-l", "-o", "json")[1] == (
        '[{"Name":"local/web","Version":"1.1.0","AppVersion":"3","Description":""},'
        '{"Name":"local/web","Version":"1.0.0","AppVersion":"4","Description":""}]\n'
    )
    listed = index.parse((home / "helm/repository/local/index.yaml").read_bytes()).entries["web"]
    digest = sha256((home / "web-1.1.0.tgz").read_bytes()).hexdigest()
    assert (listed[0].urls, listed[0].digest) == (
        ("http://127.0.0.1:8879/charts/web-1.1.0.tgz",),
        f"sha256:{digest}",
    )


@pytest.mark.usefixtures("chart")
def test_a_broken_local_index_is_told_and_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = home / "helm/repository/local/index.yaml"
    place.parent.mkdir(parents=True)
    place.write_text("a: [\n")
    status, _, err = helm(capsys, "package", "web")
    assert (status, err) == (1, "Error: yaml: line 1: did not find expected node content\n")
    assert place.read_text() == "a: [\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "need at least one argument, the path to the chart"),
        (["web", "--version", "x"], "Invalid Semantic Version"),
        (["web", "-d", "gone"], "Failed to save: stat gone: no such file or directory"),
        (["web", "-d", ""], "Failed to save: stat : no such file or directory"),
        (["other"], "directory name (other) and Chart.yaml name (web) must match"),
        (["needy"], "found in requirements.yaml, but missing in charts/ directory: db"),
    ],
)
@pytest.mark.usefixtures("chart")
def test_package_refuses(home: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    made(home / "other", CHART)
    made(
        home / "needy", {"Chart.yaml": "name: needy\nversion: 1.0.0", "requirements.yaml": "dependencies: [{name: db}]"}
    )
    assert helm(capsys, "package", *words) == (1, "", f"Error: {message}\n")


@pytest.mark.usefixtures("home")
def test_create_makes_a_chart_that_renders(capsys: pytest.CaptureFixture[str]) -> None:
    assert helm(capsys, "create", "mine") == (0, "Creating mine\n", "")
    assert helm(capsys, "lint", "mine")[0] == 0
    assert "name: release-name-mine" in helm(capsys, "template", "mine")[1]


def test_create_copies_a_starter(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(home / "helm" / "starters" / "small", {"Chart.yaml": "name: small", "templates/a.yaml": "app: <CHARTNAME>\n"})
    assert helm(capsys, "create", "mine", "-p", "small")[0] == 0
    assert (home / "mine" / "templates" / "a.yaml").read_text() == "app: mine\n"


def test_create_needs_one_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert helm(capsys, "create") == (1, "", "Error: the name of the new chart is required\n")
    assert helm(capsys, "create", "a", "b") == (1, "", "Error: command 'create' doesn't support multiple arguments\n")


def test_home_says_where(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert helm(capsys, "home") == (0, f"{home}/helm\n", "")
    lines = helm(capsys, "home", "--debug")[1].splitlines()
    assert lines[1:3] == [
        f"Repository: {home}/helm/repository",
        f"RepositoryFile: {home}/helm/repository/repositories.yaml",
    ]


def test_the_passphrase_of_a_key_may_come_from_the_environment(
    chart: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if shutil.which("gpg") is None:
        pytest.skip("needs gpg, which makes keys with a passphrase")
    place = tmp_path_factory.mktemp("g")
    place.chmod(0o700)
    gpg = ["gpg", "--homedir", str(place), "--batch", "--pinentry-mode", "loopback", "--passphrase", "open sesame"]
    try:
        subprocess.run([*gpg, "--quick-gen-key", "Eve <eve@example.org>", "rsa2048"], check=True, capture_output=True)
        ring = subprocess.run([*gpg, "--export-secret-keys"], check=True, capture_output=True).stdout
    finally:
        subprocess.run(["gpgconf", "--homedir", str(place), "--kill", "all"], check=False, capture_output=True)
    (place / "ring").write_bytes(ring)
    monkeypatch.setenv("HELM_KEY_PASSPHRASE", "open sesame")
    words = ["package", str(chart), "--sign", "--key", "eve", "--keyring", str(place / "ring"), "--save=false"]
    assert run(words) == 0, capfd.readouterr().err
    assert run(["verify", "web-1.0.0.tgz", "--keyring", str(place / "ring")]) == 0
    monkeypatch.setenv("HELM_KEY_PASSPHRASE", "wrong")
    assert run(words) == 1
    assert capfd.readouterr().err.startswith("Error: ")
    monkeypatch.delenv("HELM_KEY_PASSPHRASE")
    # In a session of its own nobody can be asked, not even at /dev/tty.
    code = "from helmpy.cli.start import entry; entry()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True, check=False,
    )  # fmt: skip
    asked = "Error: the key needs a passphrase, and nobody is there to give it: set HELM_KEY_PASSPHRASE\n"
    assert (done.returncode, done.stderr) == (1, asked)


def test_the_name_of_a_link_counts(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chart.parent / "other").symlink_to(chart)
    words = "directory name (other) and Chart.yaml name (web) must match"
    assert helm(capsys, "package", "other") == (1, "", f"Error: {words}\n")
    assert "directory name (other) and chart name (web) must be the same\n" in helm(capsys, "lint", "other")[1]
