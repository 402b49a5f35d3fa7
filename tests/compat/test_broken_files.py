"""The tables of broken files, played with real Helm 2.17: that its answers in them are its own."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.broken import play
from tests.broken.play import Case

REAL = Path(os.environ.get("HELM_ORACLES", Path.home() / ".cache" / "helm-oracles" / "bin"), "helm2.17")
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not REAL.exists(), reason="no real Helm 2.17 client here (set HELM_ORACLES)"),
]


@pytest.fixture(name="url", scope="module")
def _url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with play.server(tmp_path_factory.mktemp("served")) as url:
        yield url


def _answer(directory: Path, case: Case, url: str) -> str:
    directory.mkdir()
    play.prepare(directory, case, url)
    line = shlex.split(case.line.replace("URL", url).replace("DIR", str(directory)))
    environment = {
        "HOME": str(directory),
        "HELM_HOME": str(directory / "helm"),
        "PATH": os.environ["PATH"],
        "TZ": "UTC",
    }
    done = subprocess.run([str(REAL), *line], cwd=directory, env=environment, capture_output=True, check=False)
    return play.told(done.returncode, done.stdout.decode(), done.stderr.decode(), directory, url)


@pytest.mark.parametrize("table", play.TABLES)
def test_words(table: str, url: str, tmp_path: Path) -> None:
    cases = play.cases(table)
    places = [tmp_path / str(number) for number in range(len(cases))]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda place, case: _answer(place, case, url), places, cases))
    wrong = [
        (case.text, case.line, answer, case.theirs)
        for case, answer in zip(cases, answers, strict=True)
        if answer != case.theirs
    ]
    assert not wrong
