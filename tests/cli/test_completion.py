"""Completion as a shell asks for it: in a process, by environment variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helmpy.cli.main import run
from helmpy.repo import credentials
from helmpy.repo.credentials import Credential
from tests.cli.conftest import serve_frozen, user_home, write_chart

INDEX = "apiVersion: v1\nentries:\n  web: [{name: web, version: 1.0.0}]\n  db: [{name: db, version: 1.0.0}]\n"


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = user_home(tmp_path, monkeypatch)
    repository = home / "helm" / "repository"
    (repository / "cache").mkdir(parents=True)
    (repository / "repositories.yaml").write_text("apiVersion: v1\nrepositories: [{name: mine, url: http://h}]\n")
    (repository / "cache" / "mine-index.yaml").write_text(INDEX)
    (home / "helm" / "plugins" / "greet").mkdir(parents=True)
    (home / "helm" / "plugins" / "greet" / "plugin.yaml").write_text("name: greet\n")
    credentials.save(str(home / "helm/registry/config.json"), "registry.example:5000", Credential("a", "b"))
    return home


def _complete(home: Path, words: str, **more: str) -> list[str]:
    environ = {
        "HOME": str(home),
        "HELM_HOME": str(home / "helm"),
        "PATH": os.environ["PATH"],
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "_HELM_COMPLETE": "bash_complete",
        **more,
    }
    code = "from helmpy.cli.start import entry; entry()"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("helm ver", ["plain,verify", "plain,version"]),
        ("helm get ma", ["plain,manifest"]),
        ("helm fetch mine/w", ["plain,mine/web"]),
        ("helm inspect values ", ["plain,mine/db", "plain,mine/web"]),
        ("helm repo remove ", ["plain,mine"]),
        ("helm gre", ["plain,greet"]),
        ("helm completion f", ["plain,fish"]),
        ("helm help ups", ["file,ups"]),
        ("helm help up", ["plain,upgrade"]),
        ("helm registry logout r", ["plain,registry.example:5000"]),
        ("helm upgrade --recr", ["plain,--recreate-pods"]),
        ("helm fetch ./ch", ["file,./ch"]),
        ("helm status nobody-there", ["file,nobody-there"]),
        ("helm nosuch ", []),
    ],
)
def test_what_fits(home: Path, words: str, found: list[str]) -> None:
    answered = _complete(home, words, HELM_HOST="127.0.0.1:1")
    assert answered == found or (words.startswith("helm nosuch") and "plain,install" in answered)


def test_releases_are_asked_of_tiller(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_chart(home / "chart")
    with serve_frozen() as host:
        for name in ("blog", "shop"):
            assert run(["--host", host, "install", str(home / "chart"), "-n", name]) == 0
        capsys.readouterr()
        assert _complete(home, "helm delete ", HELM_HOST=host) == ["plain,blog", "plain,shop"]
        assert _complete(home, f"helm --host {host} upgrade bl") == ["plain,blog"]
        assert _complete(home, "helm delete blog ", HELM_HOST=host) == ["plain,shop"]
        assert _complete(home, "helm upgrade blog mine/d", HELM_HOST=host) == ["plain,mine/db"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert f"_HELM_COMPLETE={shell}_complete" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ([], "shell not specified"),
        (["bash", "zsh"], "too many arguments, expected only the shell type"),
        (["sh"], 'unsupported shell type "sh"'),
    ],
)
def test_other_shells(words: list[str], error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", *words]) == 1
    assert capsys.readouterr().err == f"Error: {error}\n"
