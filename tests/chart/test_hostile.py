"""Whatever a stranger sends ends as a chart or as one clear error, and soon."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import tarfile
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helmpy.chart import archive, ignore, loader, requirements, strvals
from helmpy.chart.budget import Budget
from helmpy.chart.metadata import parse_dependencies, parse_metadata
from helmpy.chart.model import Chart, Config, File, Metadata
from helmpy.chart.values import coalesce_values
from helmpy.errors import HelmError

few = settings(max_examples=40, deadline=None)

SCALARS = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abg.", max_size=2), inner, max_size=3)
)
TABLES = st.dictionaries(st.sampled_from(["a", "s", "t", "global", "tags", "exports"]), VALUES, max_size=4)


@few
@given(st.text("ab.,=[]{}\\019-\n é", max_size=40))
def test_set_flags(text: str) -> None:
    with contextlib.suppress(strvals.StrvalsError):
        assert isinstance(strvals.parse(text), dict)


@few
@given(st.binary(max_size=2000))
def test_bytes_that_claim_to_be_archives(data: bytes) -> None:
    for attempt in (data, gzip.compress(data), gzip.compress(data.ljust(1024, b"\0"))):
        with contextlib.suppress(HelmError):
            archive.read_files(attempt, Budget())


@few
@given(st.integers(0, 600), st.binary(min_size=1, max_size=20))
def test_archives_with_a_wound(at: int, wound: bytes) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as made:
        info = tarfile.TarInfo("web/" + "ä" * 120)
        info.size = 10
        made.addfile(info, io.BytesIO(b"0123456789"))
    data = bytearray(out.getvalue())
    data[at : at + len(wound)] = wound
    header = data[:512]
    data[148:156] = b"%06o\0 " % (sum(header) - sum(header[148:156]) + 256)
    with contextlib.suppress(HelmError):
        archive.read_files(gzip.compress(bytes(data)), Budget())


@few
@given(VALUES)
def test_chart_files_of_any_shape(value: Any) -> None:
    text = json.dumps({"name": "a", **value} if isinstance(value, dict) else value)
    with contextlib.suppress(HelmError):
        parse_metadata(text)
    with contextlib.suppress(HelmError):
        parse_dependencies(value)


@few
@given(st.lists(st.tuples(st.text("charts/Ctemplyv.\\", max_size=20), st.binary(max_size=10)), max_size=6))
def test_files_of_any_name(named: list[tuple[str, bytes]]) -> None:
    files = [File("Chart.yaml", b"name: a"), *(File(name, data) for name, data in named)]
    with contextlib.suppress(HelmError):
        loader.from_files(files)


@few
@given(st.text("ab*?[]!/\\.# \n-^", max_size=30), st.text("ab/.", max_size=10))
def test_ignore_files(text: str, path: str) -> None:
    with contextlib.suppress(HelmError):
        ignore.parse(text).ignores(path, is_dir=False)


@few
@given(TABLES, TABLES, TABLES, VALUES, st.sampled_from(["v1", "v2"]))
def test_values_of_any_shape(own: Any, sub: Any, user: Any, imports: Any, api: str) -> None:
    listed = {"name": "s", "version": "*", "condition": "s.a,a", "tags": ["a"], "import-values": [imports, "a"]}
    chart = Chart(
        Metadata(name="p", api_version=api),
        dependencies=(Chart(Metadata(name="s", version="1.0.0"), values=Config(json.dumps(sub))),),
        values=Config(json.dumps(own)),
        files=(File("requirements.yaml", json.dumps({"dependencies": [listed]}).encode()),),
    )
    with contextlib.suppress(HelmError):
        settled = requirements.process(chart, user)
        assert isinstance(coalesce_values(settled, user), dict)
