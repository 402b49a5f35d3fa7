"""``helm plugin`` and plugins as commands and downloaders."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from helmpy.cli.main import run
from tests.cli.conftest import user_home

PLUGIN = """\
name: one
version: 0.1.0
usage: say things
description: Says things in words
command: "$HELM_PLUGIN_DIR/say.sh -x"
hooks:
  install: "echo hook installed $HELM_PLUGIN_NAME"
  update: "echo hook updated"
  delete: "echo hook deleted"
downloaders:
- command: "say.sh"
  protocols: [say]
"""
SCRIPT = """\
#!/bin/sh
echo "args: $*"
echo "host: $TILLER_HOST home: $HELM_HOME debug: $HELM_DEBUG"
[ "$2" = fail ] && exit 7
exit 0
"""


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Path:
    home = user_home(tmp_path, monkeypatch)
    monkeypatch.delenv("HELM_PLUGIN", raising=False)
    assert run(["init", "--client-only", "--skip-repos"]) == 0
    capfd.readouterr()
    return home


@pytest.fixture(name="source")
def _source(home: Path) -> Path:
    directory = home / "one-plugin"
    directory.mkdir()
    (directory / "plugin.yaml").write_text(PLUGIN)
    (directory / "say.sh").write_text(SCRIPT)
    (directory / "say.sh").chmod(0o755)
    return directory


def _said(capfd: pytest.CaptureFixture[str], line: str) -> tuple[int, str, str]:
    status = run(line.split())
    out, err = capfd.readouterr()
    return status, out, err


def test_from_a_directory(home: Path, source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert _said(capfd, f"plugin install {source}") == (0, "hook installed one\nInstalled plugin: one\n", "")
    assert (home / "helm/plugins/one-plugin").is_symlink()
    assert _said(capfd, f"plugin install {source}") == (1, "", "Error: plugin already exists\n")
    listed = "NAME\tVERSION\tDESCRIPTION         \none \t0.1.0  \tSays things in words\n"
    assert _said(capfd, "plugin list") == (0, listed, "")
    assert "hook deleted\nRemoved plugin: one\n" in _said(capfd, "plugin remove one")[1]
    assert _said(capfd, "plugin list")[1] == "NAME\tVERSION\tDESCRIPTION\n"
    assert source.is_dir()


def test_plugins_need_a_place(home: Path, source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "helm/plugins").rmdir()
    words = 'Error: plugin home "$HELM_HOME/plugins" does not exist\n'
    assert _said(capfd, f"plugin install {source}") == (1, "", words)
    assert not (home / "helm/plugins").exists()


def test_what_is_installed_is_told_before_anything_else(
    home: Path, source: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _said(capfd, f"plugin install {source}")[0] == 0
    (home / "other/one-plugin").mkdir(parents=True)
    assert _said(capfd, f"plugin install {home}/other/one-plugin") == (1, "", "Error: plugin already exists\n")


def test_a_directory_has_no_versions(
    home: Path, source: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _git(source, "init", "-q")
    monkeypatch.chdir(home)
    assert _said(capfd, "plugin install one-plugin --version 9") == (
        0,
        "hook installed one\nInstalled plugin: one\n",
        "",
    )
    assert (home / "helm/plugins/one-plugin").readlink() == source
    untold = "Unable to retrieve local repo information: exit status 1"
    assert _said(capfd, "plugin update one") == (1, "", f"Error: Failed to update plugin one, got error ({untold})\n")


def test_each_step_is_told_to_whoever_debugs(home: Path, source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    link = home / "helm/plugins/one-plugin"
    lines = _said(capfd, f"plugin install {source} --debug")[1].splitlines()
    assert lines[:2] == [f"[debug] symlinking {source} to {link}", f"[debug] loading plugin from {link}"]
    assert lines[2].startswith("[debug] running install hook: /")
    assert lines[2].endswith("/sh -c echo hook installed $HELM_PLUGIN_NAME")
    for verb in ("update", "remove"):
        first = _said(capfd, f"plugin {verb} one --debug")[1].splitlines()[0]
        assert first == f"[debug] loading installed plugins from {home}/helm/plugins"


def test_plugins_that_are_no_commands_still_fetch(
    home: Path, source: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (source / "say.sh").write_text("#!/bin/sh\necho hello\n")
    assert _said(capfd, f"plugin install {source}")[0] == 0
    monkeypatch.setenv("HELM_NO_PLUGINS", "1")
    assert _said(capfd, "one x")[0] == 1
    assert "Says things" in _said(capfd, "plugin list")[1]
    assert _said(capfd, f"fetch say://h/a.txt -d {home}") == (0, "", "")
    assert (home / "a.txt").read_text() == "hello\n"
    assert _said(capfd, "plugin remove one")[0] == 0


@pytest.mark.parametrize(
    ("archive", "name"),
    [("one-0.1.0.tgz", "one"), ("one-1.tgz", "one-1"), ("one-v1.0.tar.gz", "one-v1.0"), ("a-1.0-2.0-b.tgz", "a-1.0")],
)
def test_an_archive_names_the_plugins_directory(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], archive: str, name: str
) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        member = tarfile.TarInfo("plugin.yaml")
        member.size = len(PLUGIN.encode())
        tar.addfile(member, io.BytesIO(PLUGIN.encode()))
    monkeypatch.setattr("helmpy.cli.plugin_install._fetch", lambda _url: stream.getvalue())
    assert _said(capfd, f"plugin install http://h/{archive}")[0] == 0
    assert [path.name for path in (home / "helm/plugins").iterdir()] == [name]


def test_a_link_names_the_directory(home: Path, source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "link").symlink_to(source)
    assert _said(capfd, f"plugin install {home}/link/")[0] == 0
    assert (home / "helm/plugins/link").readlink() == home / "link"


@pytest.mark.parametrize(
    ("line", "status", "out"),
    [
        ("one a --flag b", 0, "args: -x a --flag b\nhost:  home: {home} debug: \n"),
        ("one --host x:1 a --debug -h", 0, "args: -x a -h\nhost: x:1 home: {home} debug: 1\n"),
        ("--host=x:1 one -- --host y", 0, "args: -x -- --host y\nhost: x:1 home: {home} debug: \n"),
        ("one a --kubeconfig k", 0, "args: -x a --kubeconfig k\nhost:  home: {home} debug: \n"),
        (
            "--kubeconfig=k one --tiller-connection-timeout 5",
            0,
            "args: -x --kubeconfig=k --tiller-connection-timeout 5\nhost:  home: {home} debug: \n",
        ),
        ("one fail", 7, "args: -x fail\nhost:  home: {home} debug: \n"),
    ],
)
def test_as_a_command(
    home: Path, source: Path, capfd: pytest.CaptureFixture[str], *, line: str, status: int, out: str
) -> None:
    assert run(["plugin", "install", str(source)]) == 0
    capfd.readouterr()
    err = 'Error: plugin "one" exited with error\n' if status else ""
    assert _said(capfd, line) == (status, out.format(home=home / "helm"), err)


def test_debug_tells_where_plugins_are_and_which_tiller_one_is_given(
    home: Path, source: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with (source / "plugin.yaml").open("a") as file:
        file.write("\nuseTunnel: true\n")
    assert run(["plugin", "install", str(source)]) == 0
    capfd.readouterr()
    assert _said(capfd, "one --debug --host x:1 a")[1].startswith('[debug] SERVER: "x:1"\n\nargs: -x a\n')
    assert _said(capfd, "plugin list --debug")[1].startswith(f"[debug] pluginDirs: {home / 'helm/plugins'}\nNAME")


def test_as_a_downloader(
    home: Path, source: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["plugin", "install", str(source)]) == 0
    monkeypatch.chdir(home)
    capfd.readouterr()
    assert _said(capfd, "fetch say://b/c.tgz --ca-file ca") == (0, "", "")
    assert (home / "c.tgz").read_text().startswith("args:   ca say://b/c.tgz\n")
    assert _said(capfd, "fetch cry://b/c.tgz") == (1, "", 'Error: scheme "cry" not supported\n')


def test_as_the_way_to_a_repository(
    home: Path, source: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (source / "say.sh").write_text("#!/bin/sh\ncase $4 in */index.yaml) cat index.yaml;; *) echo chart of $4;; esac\n")
    (home / "index.yaml").write_text("apiVersion: v1\nentries: {web: [{name: web, version: 1.0.0, urls: [web.tgz]}]}\n")
    monkeypatch.chdir(home)
    assert run(["plugin", "install", str(source)]) == 0
    assert run(["repo", "add", "one", "say://bucket/charts"]) == 0
    assert run(["repo", "update", "--strict"]) == 0
    assert run(["fetch", "one/web"]) == 0
    assert (home / "web.tgz").read_text().startswith("chart of say://bucket/charts/web.tgz\n")
    (home / "index.yaml").write_text("apiVersion: v1\nentries: {web: [{name: web, version: 2.0.0, urls: [web.tgz]}]}\n")
    assert run(["repo", "update", "--strict"]) == 0
    capfd.readouterr()
    assert "2.0.0" in _said(capfd, "search web")[1]


def test_a_downloader_that_fails(home: Path, source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    del home
    (source / "plugin.yaml").write_text(PLUGIN.replace('"say.sh"', '"say.sh -q it\'s"'))
    (source / "say.sh").write_text("#!/bin/sh\necho $# $1 $2 >&2\nexit 3\n")
    assert run(["plugin", "install", str(source)]) == 0
    capfd.readouterr()
    looks = 'Error: Looks like "say://b" is not a valid chart repository or cannot be reached: '
    words = 'plugin "say.sh -q it\'s" exited with error'
    assert _said(capfd, "repo add one say://b") == (1, "", f"6 -q it's\n{looks}{words}\n")
    assert _said(capfd, "fetch say://b/c.tgz") == (1, "", f"6 -q it's\nError: {words}\n")
    (source / "say.sh").unlink()
    program = source.parent / "helm/plugins/one-plugin/say.sh"
    gone = f"fork/exec {program}: no such file or directory\n"
    assert _said(capfd, "repo add one say://b") == (1, "", looks + gone)


def test_from_an_archive(home: Path, source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    archive = home / "one-0.1.0.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(source, ".")
    port_code = "import http.server,functools,sys;h=functools.partial(http.server.SimpleHTTPRequestHandler,directory=sys.argv[1]);s=http.server.HTTPServer(('127.0.0.1',0),h);print(s.server_port,flush=True);s.serve_forever()"
    with subprocess.Popen(
        [sys.executable, "-c", port_code, str(home)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            assert _said(capfd, f"plugin install {url}/one-0.1.0.tgz")[0] == 0
            assert _said(capfd, "one b")[1].startswith("args: -x b\n")
            with tarfile.open(archive, "w:gz") as tar:
                member = tarfile.TarInfo("../evil")
                tar.addfile(member, io.BytesIO(b""))
            assert _said(capfd, "plugin remove one")[0] == 0
            status, _, err = _said(capfd, f"plugin install {url}/one-0.1.0.tgz")
            assert (status, err) == (1, "Error: path '../evil' of the archive is outside of the plugin's directory\n")
        finally:
            server.terminate()


def _git(directory: Path, *words: str) -> None:
    config = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", "-C", str(directory), *config, *words], check=True, capture_output=True)


def test_from_a_repository(home: Path, source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _git(source, "init", "-q", "-b", "main")
    _git(source, "add", "-A")
    _git(source, "commit", "-qm", "first")
    _git(source, "tag", "v0.1.0")
    (source / "plugin.yaml").write_text(PLUGIN.replace("0.1.0", "0.2.0"))
    _git(source, "commit", "-qam", "second")
    _git(source, "tag", "v0.2.0")
    assert _said(capfd, f"plugin install file://{source} --version <0.2")[0] == 0
    assert "0.1.0" in _said(capfd, "plugin list")[1]
    assert _said(capfd, "plugin update one") == (0, "hook updated\nUpdated plugin: one\n", "")
    assert "0.1.0" in _said(capfd, "plugin list")[1]  # a version that was asked for stays, as in Helm 2.17
    assert _said(capfd, "plugin remove one")[0] == 0
    assert _said(capfd, f"plugin install file://{source}")[0] == 0
    assert "0.2.0" in _said(capfd, "plugin list")[1]
    for version in ("0.3.0", "0.4.0"):
        (source / "plugin.yaml").write_text(PLUGIN.replace("0.1.0", version))
        _git(source, "commit", "-q", "--amend", "-am", version)  # what was there before is history no more
        assert _said(capfd, "plugin update one")[0] == 0
        assert version in _said(capfd, "plugin list")[1]
    assert _said(capfd, "plugin remove one")[0] == 0
    status, _, err = _said(capfd, f"plugin install file://{source} --version 9.9.9")
    assert (status, err) == (1, f'Error: requested version "9.9.9" does not exist for plugin "file://{source}"\n')
    status, _, err = _said(capfd, f"plugin install file://{source} --version no/such")
    assert (status, err) == (1, "Error: improper constraint: no/such\n")
    for version in ("main", "HEAD"):
        assert _said(capfd, f"plugin install file://{source} --version {version}")[0] == 0
        assert "0.4.0" in _said(capfd, "plugin list")[1]
        assert _said(capfd, "plugin remove one")[0] == 0
    status, _, err = _said(capfd, f"plugin install file://{home}/none")
    assert (status, err) == (1, "Error: Cannot detect VCS\n")
    status, _, err = _said(capfd, f"plugin install file://{home}/none.git")
    assert err.startswith("Error: Unable to get repository: Cloning into '")
    assert err.endswith(": exit status 128\n")
    (home / "helm/cache/plugins").joinpath(f"file-{str(source).replace('/', '-')}", "say.sh").write_text("mine")
    assert _said(capfd, f"plugin install file://{source}")[0] == 0
    assert _said(capfd, "plugin update one")[2] == (
        "Error: Failed to update plugin one, got error (plugin repo was modified)\n"
    )


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("plugin install", "This command needs 1 argument: plugin"),
        ("plugin install none", "Cannot detect VCS"),
        pytest.param(f"plugin install {'n' * 300}", "Cannot detect VCS", id="too long for a file"),
        ("plugin install helm", "plugin metadata (plugin.yaml) missing"),
        ("plugin remove", "please provide plugin name to remove"),
        ("plugin update", "please provide plugin name to update"),
        ("plugin remove none", "Plugin: none not found"),
        ("plugin update one", "Failed to update plugin one, got error (cannot get information about plugin source)"),
        ("onee", 'unknown command "onee" for "helm"'),
    ],
)
def test_what_goes_wrong(source: Path, capfd: pytest.CaptureFixture[str], line: str, error: str) -> None:
    assert run(["plugin", "install", str(source)]) == 0
    capfd.readouterr()
    status, out, err = _said(capfd, line)
    assert (status, out, err.splitlines()[0]) == (1, "", f"Error: {error}")


def test_a_program_that_is_not_there(source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (source / "plugin.yaml").write_text("name: two\ncommand: no-such-program-here\n")
    assert run(["plugin", "install", str(source)]) == 0
    capfd.readouterr()
    assert _said(capfd, "two") == (
        1,
        "",
        'Error: exec: "no-such-program-here": executable file not found in $PATH\n',
    )


def test_a_failing_hook_says_so(source: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (source / "plugin.yaml").write_text("name: two\ncommand: x\nhooks: {install: exit 3}\n")
    assert _said(capfd, f"plugin install {source}") == (
        1,
        "",
        'Error: plugin install hook for "two" exited with error\n',
    )


def test_plugins_of_the_home_that_is_named_are_suggested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "full" / "plugins" / "greet"
    place.mkdir(parents=True)
    (place / "plugin.yaml").write_text("name: greet\nusage: x\ncommand: 'true'\n")
    monkeypatch.delenv("HELM_PLUGIN", raising=False)
    for used, named, meant in (("full", "empty", False), ("empty", "full", True)):
        monkeypatch.setenv("HELM_HOME", str(tmp_path / used))
        assert run(["gret", "--home", str(tmp_path / named)]) == 1
        assert ("\tgreet\n" in capsys.readouterr().err) is meant
