"""Broken files, command lines about them, and what Helm 2.17 answered: the tables beside this file.

A table's first line names a kind of file. ``== text`` is the file's content (``\\n``, ``\\xff`` escaped, ``URL``
for the server), ``$`` a command line, then comes the answer: the status, standard output, standard error.
Where ours differs on purpose its answer follows after ``~ why``. A Go panic is ``2 panic``.
"""

from __future__ import annotations

import functools
import http.server
import io
import re
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TABLES = sorted(path.stem for path in HERE.glob("*.txt"))
PANIC = "2 panic"
ABSENT = "(no such file)"

INDEX = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}\n"
REPOSITORIES = "apiVersion: v1\ngenerated: 2020-01-01T00:00:00Z\nrepositories:\n- {name: web, url: URL}\n"
LOCKED = "dependencies: [{name: sub, version: 1.0.0, repository: 'file://../sub'}]\n"
FILES = {
    "helm/repository/repositories.yaml": REPOSITORIES,
    "helm/repository/cache/web-index.yaml": INDEX,
    "helm/repository/local/index.yaml": INDEX,
    "plugin/plugin.yaml": "name: p\nversion: 1\nusage: u\ndescription: d\ncommand: echo hi\n",
    **{
        f"{chart}/{name}": text
        for chart in ("chart", "sub")
        for name, text in {
            "Chart.yaml": f"apiVersion: v1\nname: {chart}\nversion: 1.0.0\nicon: i\n",
            "values.yaml": "a: 1\n",
            "templates/a.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n",
        }.items()
    },
}
DIRECTORIES = ("helm/plugins", "helm/starters", "helm/cache/archive")


@dataclass(frozen=True)
class Case:
    """A file, a line about it, Helm 2.17's answer, and ours where it is another."""

    file: str
    text: str
    line: str
    theirs: str
    ours: str


def cases(table: str) -> list[Case]:
    """The cases of a table, in its order."""
    file, *blocks = re.split(r"^== ", (HERE / f"{table}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = []
    for block in blocks:
        text, *answers = re.split(r"^\$ ", block, flags=re.MULTILINE)
        for answer in answers:
            line, _, told = answer.partition("\n")
            theirs, *mine = re.split(r"^~.*\n", told, flags=re.MULTILINE)
            found.append(Case(file.strip(), text.rstrip("\n"), line, theirs.strip(), (mine or [theirs])[0].strip()))
    return found


def prepare(directory: Path, case: Case, url: str) -> None:
    """Write a home, charts and a plugin, and the case's file into a directory."""
    for name in DIRECTORIES:
        (directory / name).mkdir(parents=True)
    for name, text in FILES.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text.replace("URL", url), encoding="utf-8")
    if case.file.endswith(".lock"):
        (directory / case.file).with_suffix(".yaml").write_text(LOCKED, encoding="utf-8")
    path = directory / case.file
    path.parent.mkdir(parents=True, exist_ok=True)
    if case.text == ABSENT:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(case.text.encode().decode("unicode_escape").replace("URL", url).encode("latin-1"))


def told(status: int, out: str, err: str, directory: Path, url: str) -> str:
    """An answer as the tables have it."""
    if status == 2 and err.startswith("panic: "):
        return PANIC
    text = f"{status} {out}{err}".replace(str(directory), "DIR").replace(url, "URL")
    return "\n".join(map(str.rstrip, text.splitlines())).strip()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def server(directory: Path) -> Iterator[str]:
    """The URL of a repository with the chart ``web``, and a file that is no archive."""
    (directory / "index.yaml").write_text(INDEX, encoding="utf-8")
    (directory / "none-1.0.0.tgz").write_text("no archive\n", encoding="utf-8")
    (directory / "web-1.0.0.tgz").write_bytes(_archive())
    handler = functools.partial(_Quiet, directory=str(directory))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()


def _archive() -> bytes:
    buffer, text = io.BytesIO(), b"apiVersion: v1\nname: web\nversion: 1.0.0\n"
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo("web/Chart.yaml")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return buffer.getvalue()
