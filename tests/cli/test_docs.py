"""The pages of all commands, as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from helmpy.cli.main import run
from helmpy.cli.root import COMMANDS

KEPT = Path(__file__).parents[2] / "docs" / "commands"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELM_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/ann")


def test_the_kept_pages_are_true(tmp_path: Path) -> None:
    assert run(["docs", "--dir", str(tmp_path)]) == 0
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text() for path in KEPT.glob("*.md")}
    assert sorted(made) == sorted(kept), "run: helm docs --dir docs/commands"
    for name, text in made.items():
        assert kept[name] == text, f"{name} is old: run helm docs --dir docs/commands"


def test_every_command_has_a_manual_page(tmp_path: Path) -> None:
    assert run(["docs", "--dir", str(tmp_path), "--type", "man"]) == 0
    made = {path.name for path in tmp_path.iterdir()}
    assert {f"helm-{name}.1" for name, entry in COMMANDS.items() if not entry.hidden} <= made
    text = (tmp_path / "helm-upgrade.1").read_text()
    assert text.startswith('.TH "HELM-UPGRADE" "1"')
    assert "\\-\\-install" in text


def test_pages_fit_a_screen(tmp_path: Path) -> None:
    assert run(["docs", "--dir", str(tmp_path)]) == 0
    for path in tmp_path.iterdir():
        for line in path.read_text().splitlines():
            assert len(line) <= 120 or line.startswith("- ["), f"{path.name}: {line}"


def test_a_script_for_bash(tmp_path: Path) -> None:
    assert run(["docs", "--dir", str(tmp_path), "--type", "bash"]) == 0
    assert "_HELM_COMPLETE=bash_complete" in (tmp_path / "completions.bash").read_text()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--type", "x"], "unknown doc type \"x\". Try 'markdown' or 'man'"),
        (["--dir", "/none"], "open /none/helm.md: no such file or directory"),
    ],
)
def test_what_cannot_be_written(words: list[str], error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", *words]) == 1
    assert capsys.readouterr().err == f"Error: {error}\n"
