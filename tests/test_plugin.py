from __future__ import annotations

from pathlib import Path

import pytest

from helmpy import plugin
from helmpy.home import Home, Settings
from helmpy.plugin import Plugin, PluginError

# The shape of a plugin that pushes charts to object storage, in words of our own.
STORE = """
name: "store"
version: "0.4.2"
usage: "keep charts in a bucket"
description: |-
  Keeps charts in a bucket.
  More in the README.
command: "$HELM_PLUGIN_DIR/bin/store --quiet"
ignoreFlags: false
useTunnel: false
hooks:
  install: "cd $HELM_PLUGIN_DIR; ./install.sh"
  update: "cd $HELM_PLUGIN_DIR; ./install.sh"
downloaders:
- command: "bin/store fetch"
  protocols:
  - "store"
  - "stores"
"""
# One that talks to tiller, as those that compare releases do.
COMPARE = (
    "name: compare\nusage: compare releases\ncommand: $HELM_PLUGIN_DIR/compare\nuseTunnel: true\nignoreFlags: true\n"
)
# One for several systems.
SECRET = """
name: secret
platformCommand:
- {os: linux, arch: arm64, command: "secret-arm"}
- {os: linux, command: "secret-linux"}
command: "secret-other"
"""


def test_what_a_plugin_says_of_itself() -> None:
    found = plugin.parse(STORE, "/p/store")
    assert (found.name, found.version, found.use_tunnel, found.ignore_flags) == ("store", "0.4.2", False, False)
    assert found.hooks["install"] == "cd $HELM_PLUGIN_DIR; ./install.sh"
    assert found.downloaders == (plugin.Downloader("bin/store fetch", ("store", "stores")),)


@pytest.mark.parametrize(
    ("text", "system", "arch", "words"),
    [
        (STORE, "linux", "amd64", ["/p/bin/store", "--quiet", "push", "--flag"]),
        (COMPARE, "linux", "amd64", ["/p/compare"]),
        (SECRET, "linux", "arm64", ["secret-arm", "push", "--flag"]),
        (SECRET, "linux", "amd64", ["secret-linux", "push", "--flag"]),
        (SECRET, "darwin", "amd64", ["secret-other", "push", "--flag"]),
    ],
)
def test_what_is_run(text: str, system: str, arch: str, words: list[str]) -> None:
    found = plugin.parse(text, "/p")
    assert found.command_line(["push", "--flag"], {"HELM_PLUGIN_DIR": "/p"}, system, arch) == words


def test_a_command_is_cut_at_single_spaces() -> None:
    found = plugin.parse('{name: x, command: "run  -a "}', "/p")
    assert found.command_line(["b"], {}, "linux", "amd64") == ["run", "", "-a", "", "b"]


def test_no_command_is_an_error() -> None:
    with pytest.raises(PluginError, match=r"^exec: no command$"):
        Plugin("/p", "x").command_line([], {}, "linux", "amd64")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", "yaml: line 1: did not find expected node content"),
        ("", "this is no plugin: it has no name"),
        ("[1]", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into plugin.Metadata"),
        ("version: 1", "a plugin needs a name that can be a command"),
        ("name: a\nfoo: 1", "yaml: unmarshal errors:\n  line 2: field foo not found in type plugin.Metadata"),
        ("name: a\nname: b", "yaml: unmarshal errors:\n  line 2: field name already set in type plugin.Metadata"),
        ("name: a\nplatformCommand: [{os: linux}]", "a platformCommand needs os and command"),
        ("name: a\nplatformCommand: x", "platformCommand is no list of maps"),
    ],
)  # the words for everything else: tests/broken/plugin.txt
def test_broken_ones_are_told_as_helm_tells_them(text: str, words: str) -> None:
    with pytest.raises(PluginError) as caught:
        plugin.parse(text, "/p")
    assert (caught.value.message, caught.value.hint) == (words, "in /p/plugin.yaml")


def test_scalars_are_text() -> None:
    found = plugin.parse("name: 5\nversion: 1.10\nusage: true\ndownloaders: [null]\nhooks: {start: 5}", "/p")
    assert (found.name, found.version, found.usage, found.downloaders) == ("5", "1.1", "true", ())
    assert found.hooks == {"start": "5"}


def test_all_that_work_are_found(tmp_path: Path) -> None:
    for name, text in (("a", "name: one"), ("b", "name: one"), ("c", "name: ["), ("d", STORE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plugin.yaml").write_text(text)
    (tmp_path / "file").write_text("x")
    heard: list[str] = []
    found = plugin.load_all([str(tmp_path), str(tmp_path / "none")], heard.append)
    assert [(one.name, Path(one.directory).name) for one in found] == [("one", "a"), ("store", "d")]
    assert heard[0] == 'A plugin named "one" already exists. Skipping.'
    assert heard[1].startswith(f"WARNING: plugin left out: {tmp_path}/c/plugin.yaml: ")


def test_places() -> None:
    settings = Settings(Home("/h"))
    assert plugin.directories(settings, {}) == ["/h/plugins"]
    assert plugin.directories(settings, {"HELM_PLUGIN": "/a:/b"}) == ["/a", "/b"]


def test_environment() -> None:
    settings = Settings(Home("/h"), host="x:1", tiller_namespace="ns", debug=True)
    found = plugin.variables(Plugin("/p", "one"), settings, helm="/bin/helm", places="/a:/b")
    assert found["HELM_PATH_REPOSITORY_FILE"] == "/h/repository/repositories.yaml"
    assert found["HELM_PLUGIN"] == "/a:/b"
    assert (found["TILLER_HOST"], found["TILLER_NAMESPACE"], found["HELM_DEBUG"]) == ("x:1", "ns", "1")
    assert plugin.variables(Plugin("/p", "one"), settings, helm="h", places="", tiller="t:2")["TILLER_HOST"] == "t:2"
