"""What is said of broken files of the client's: Helm 2.17's words, or better ones where a table says why."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from helmpy.cli.main import run
from tests.broken import play
from tests.cli.conftest import user_home


@pytest.fixture(name="url", scope="module")
def _url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with play.server(tmp_path_factory.mktemp("served")) as url:
        yield url


@pytest.mark.parametrize("table", play.TABLES)
def test_words(
    table: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for number, case in enumerate(play.cases(table)):
        directory = tmp_path / str(number)
        directory.mkdir()
        user_home(directory, monkeypatch)
        play.prepare(directory, case, url)
        capfd.readouterr()
        status = run(shlex.split(case.line.replace("URL", url).replace("DIR", str(directory))))
        answer = play.told(status, *capfd.readouterr(), directory, url)
        if answer != case.ours:
            wrong.append((case.text, case.line, answer, case.ours))
    assert not wrong
