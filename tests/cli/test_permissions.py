"""Files that may not be read and directories that may not be written, in the words of Helm 2.17."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from helmpy.cli.main import run
from tests.cli.conftest import write_chart

DENIED = "permission denied"


@pytest.fixture(autouse=True)
def _chart(home: Path) -> None:
    write_chart(home / "web")


def _said(capsys: pytest.CaptureFixture[str], line: str) -> tuple[str, str]:
    capsys.readouterr()
    assert run(line.split()) == 1
    captured = capsys.readouterr()
    return captured.out, captured.err


def _refuse(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    """No file of this ending can be opened; what root may do does not matter then."""
    known = os.open

    def opened(path: Any, *words: Any, **more: Any) -> int:
        if os.fspath(path).endswith(ending):
            raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
        return known(path, *words, **more)

    monkeypatch.setattr(os, "open", opened)


def _refuse_directories(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(path: Any, *_words: Any, **_more: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))

    monkeypatch.setattr(os, "mkdir", made)


def test_a_file_of_a_chart(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _refuse(monkeypatch, "web/values.yaml")
    words = f"error reading values.yaml: open {home}/web/values.yaml: {DENIED}"
    assert _said(capsys, "template web") == ("", f"Error: {words}\n")
    assert f"[ERROR] templates/: {words}\n" in _said(capsys, "lint web")[0]


def test_a_charts_own_description(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _refuse(monkeypatch, "web/Chart.yaml")
    words = f'Error: cannot read Chart.Yaml in directory "{home}/web"\n'
    assert _said(capsys, "inspect web") == ("", words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("create new", "mkdir {home}/new"),
        ("template web --output-dir out", "mkdir out/web"),
        ("fetch file://{home}/web-0.3.1.tgz --untar --untardir deep", "Failed to untar (mkdir): mkdir deep"),
        ("init -c --home new", "error initializing: Could not create new: mkdir new"),
    ],
)
def test_a_place_for_no_directory(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    assert run(["package", "web"]) == 0
    (home / "out").mkdir()
    _refuse_directories(monkeypatch)
    assert _said(capsys, line.format(home=home))[1] == f"Error: {words.format(home=home)}: {DENIED}\n"
