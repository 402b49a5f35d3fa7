"""Two readers of YAML against each other, over the YAML files of real charts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helmpy.gocompat import yaml
from helmpy.gocompat.yaml_plain import Unusual, read

SHARED = Path(os.environ.get("HELMPY_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"

pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not CORPUS.exists(), reason="no real charts here (set HELMPY_SHARED)"),
]


def _files() -> list[Path]:
    found = (path for ending in ("*.yaml", "*.yml", "*.tpl", "*.txt") for path in CORPUS.rglob(ending))
    return [path for path in found if path.is_file() and path.stat().st_size < 200_000]


def test_the_plain_reader_reads_what_the_events_say() -> None:
    plain = 0
    for path in _files():
        text = path.read_bytes()
        try:
            value = read(text, ints=False)
        except Unusual:
            continue
        plain += 1
        documents = yaml._read(text, 1, ints=False)
        assert repr(value) == repr(documents[0] if documents else None), path
    assert plain > 100


def test_most_values_files_are_plain() -> None:
    files = [path for path in _files() if path.name in ("values.yaml", "requirements.yaml") and "v1" in path.parts]
    unusual = [path for path in files if not _is_plain(path)]
    assert len(unusual) * 20 < len(files), unusual


def _is_plain(path: Path) -> bool:
    try:
        read(path.read_bytes(), ints=False)
    except Unusual:
        return False
    return True
