from __future__ import annotations

import time
from io import StringIO

import pytest

from helmpy.cli import output, repository
from helmpy.release.timestamp import Timestamp


def test_table_pads_every_cell_and_joins_with_tabs() -> None:
    rows = [("NAME", "N"), ("a", 10), ("longer", 2)]
    assert output.table(rows) == "NAME  \tN \na     \t10\nlonger\t2 "


@pytest.mark.parametrize(
    ("rows", "width", "shown"),
    [
        (
            [("1", "two\nlines", ""), ("2", "more than both", "")],
            0,
            "1\ttwo           \t\n \tlines         \t \n2\tmore than both\t",
        ),
        ([("1", "two\nlines", "x"), ("2", "one", "")], 0, "1\ttw...\tx\n2\tone  \t "),
        ([("a\nb\nc", "")], 0, "a...\t"),
        ([("abcdef\nghijklmnop", "x")], 8, "abcde...\tx"),
        ([("abc\nghijklmnop", "x")], 8, "abc     \tx\ngh...   \t "),
        ([("a\x7f\tb",)], 0, "a\x7f\tb"),
        ([("ab\tc",), ("abcd",)], 0, "ab\tc \nabcd"),
    ],
)
def test_a_cell_of_several_lines_makes_its_row_as_high(rows: list[tuple[str, ...]], width: int, shown: str) -> None:
    assert output.table(rows, max_width=width) == shown


def test_table_of_nothing() -> None:
    assert output.table([]) == ""


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("abc", 5, "abc  "),
        ("abcde", 5, "abcde"),
        ("abcdefgh", 6, "abc..."),
        ("abcdefgh", 2, "a..."),
        ("日本語", 8, "日本語  "),
        ("日本語日本語", 9, "日本語..."),
        ("e\u0301te", 4, "e\u0301te "),
    ],
)
def test_fit(text: str, columns: int, shown: str) -> None:
    assert output.fit(text, columns) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nccc\td", "a    b\nccc  d"),
        ("a\tb\n\nccc\td", "a  b\n\nccc  d"),
        ("NAME\tREADY\tAGE\nweb\t1/1\t5s", "NAME  READY  AGE\nweb   1/1    5s"),
        ("a\t\tb\nccc\td\te", "a       b\nccc  d  e"),
        ("\ta\nbb\tc", "a\nbb  c"),
        ("one\ntwo", "one\ntwo"),
        ("a\tb\nlonger line\nc\td", "a  b\nlonger line\nc  d"),
    ],
)
def test_tabbed(text: str, shown: str) -> None:
    assert output.tabbed(text) == shown


def test_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert output.moment(Timestamp(1462810028)) == "Mon May  9 16:07:08 2016"
    assert output.moment(None) == "-"


def test_struct_json_keeps_the_order_and_escapes() -> None:
    assert output.struct_json({"b": "<a&b>", "a": 1}) == '{"b":"\\u003ca\\u0026b\\u003e","a":1}'


def test_waiting_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with output.waiting("working"):
        pass
    assert capsys.readouterr() == ("", "")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_no_progress_is_drawn_where_no_line_can_be_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "dumb")
    with output.waiting("working"), repository.tally("Fetched:", 3) as told, repository.progress("Fetching:") as tell:
        told.one()
        assert tell is None
    assert terminal.getvalue() == ""


def test_waiting_shows_itself_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with output.waiting("working"):
        deadline = time.monotonic() + 5
        while "working" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.02)
    assert terminal.getvalue().startswith("\rworking ")
    assert terminal.getvalue().endswith("\r\033[K")  # nothing of it stays
