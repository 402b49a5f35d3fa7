"""Colours: for a person at a terminal who has not switched them off, and for nobody else."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from helmpy.cli import colour
from helmpy.cli.output import table
from tests.terminal import HELM, at_terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Error: no", "\033[1;31mError:\033[0m no"),
        ("WARNING: old", "\033[33mWARNING:\033[0m old"),
        ("DEPLOYED ", "\033[32mDEPLOYED\033[0m "),
        (" FAILED", " \033[1;31mFAILED\033[0m"),
        ("SUPERSEDED", "SUPERSEDED"),
        ("errors", "errors"),
        ("", ""),
    ],
)
def test_the_first_word_tells(text: str, shown: str) -> None:
    assert colour.word(text, Terminal()) == shown
    assert colour.word(text, io.StringIO()) == text


@pytest.mark.parametrize(
    ("name", "value", "shows"),
    [("NO_COLOR", "1", False), ("NO_COLOR", "", True), ("TERM", "dumb", False), ("TERM", "xterm", True)],
)
def test_they_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str, *, shows: bool) -> None:
    monkeypatch.setenv(name, value)
    assert colour.shows(Terminal()) == shows


def test_a_column_keeps_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("NAME", "STATUS", "N"), ("web", "FAILED", "1"), ("DEPLOYED", "DEPLOYED", "2")]
    plain = table(rows, coloured="STATUS")
    monkeypatch.setattr(sys, "stdout", Terminal())
    seen = table(rows, coloured="STATUS")
    assert plain == table(rows)
    assert seen.split("\n")[1:] == [
        "web     \t\033[1;31mFAILED\033[0m  \t1",
        "DEPLOYED\t\033[32mDEPLOYED\033[0m\t2",
    ]


def test_a_person_sees_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "Chart.yaml").write_text("name: web\nversion: 1\n")
    words = ["lint", str(tmp_path / "web")]
    seen = at_terminal(*words)[1]
    assert "[\033[1;31mERROR\033[0m] " in seen
    assert "\033[1;31mError:\033[0m 1 chart(s) linted" in seen
    assert "\033[" not in at_terminal(*words, NO_COLOR="1")[1]
    done = subprocess.run([*HELM, *words], capture_output=True, text=True, check=False)
    assert "\033[" not in done.stdout + done.stderr


@pytest.mark.parametrize(("columns", "widest"), [(0, 100), (200, 100), (80, 80)])
def test_flags_are_told_in_as_many_columns_as_there_are(columns: int, widest: int) -> None:
    lines = (
        at_terminal("sandbox", "start", "--help", columns=columns, HELM_HOME="/h")[1]
        .partition("Flags:\n")[2]
        .splitlines()
    )
    assert widest - 15 < max(map(len, lines)) <= widest
