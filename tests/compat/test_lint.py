"""What the linter says of real charts is true: a value that nothing reads changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helmpy.chart.capabilities import Capabilities, default_api_versions
from helmpy.chart.loader import load
from helmpy.chart.model import Chart
from helmpy.chart.requirements import process
from helmpy.chart.values import coalesce_values, parse_defaults, parse_values
from helmpy.engine import ReleaseOptions, render
from helmpy.gocompat.yaml_anchors import shared_paths
from helmpy.lint import unread

SHARED = Path(os.environ.get("HELMPY_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not CORPUS.exists(), reason="no real charts here (set HELMPY_SHARED)"),
]
EXTRA = {("stable", "distribution"): {("mongodb", "db")}}  # passwords for a chart that takes others


EVERY = int(os.environ.get("HELMPY_LINT_EVERY", "5"))  # 1 takes all charts and a minute


def charts(kind: str) -> Iterator[tuple[Path, Chart]]:
    for place in sorted((CORPUS / kind / "charts").glob("*/*"))[::EVERY]:
        yield place, load(str(place))


def given(place: Path) -> list[dict[str, Any]]:
    """Values that somebody may give the chart: none, all switched on, what it requires."""
    found = sorted((CORPUS / "values").glob(f"{place.parent.name}__{place.name}__*.yaml"))
    return [{}, *(parse_values(path.read_bytes()) for path in found)]


def written(chart: Chart, values: dict[str, Any]) -> dict[str, str]:
    capabilities = Capabilities(api_versions=default_api_versions(3 if chart.is_v2 else 2))
    ready = process(chart, values, written=False)
    return render(ready, values, ReleaseOptions("rel", "ns"), capabilities, lenient=lambda _: None)


def changed(value: Any) -> Any:
    """Another value of the same kind, in all parts of it."""
    if isinstance(value, dict):
        return {**{key: changed(inner) for key, inner in value.items()}, "another": "another"}
    if isinstance(value, list):
        return [*value, "another"]
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value or ''}another"


def laid(path: tuple[str, ...], own: Any, values: dict[str, Any]) -> None:
    """Put a changed value at a path of the user's."""
    *above, last = path
    for key in above:
        own = own[key]
        values = values.setdefault(key, {})
    values[last] = changed(values.get(last, own[last]))


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_what_is_unused_changes_nothing(kind: str) -> None:
    told = 0
    for place, chart in charts(kind):
        text = chart.values.raw if chart.values else ""
        own = parse_defaults(text)
        reads = unread.of_chart(chart, [coalesce_values(chart, {})])
        unused = [] if reads.everything else unread.unused(own, reads, shared_paths(text))
        told += len(unused)
        for values in given(place) if unused else ():
            try:
                before, again = written(chart, values), written(chart, values)
            except Exception:
                continue
            for path in unused:
                laid(path, own, values)
            after = written(chart, values)
            same = [name for name in before if before[name] == again[name]]  # the rest is drawn at random
            assert {name: after[name] for name in same} == {name: before[name] for name in same}, (place, unused)
    assert told > {"v1": 90, "v2": 2}[kind] // EVERY // 2


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_values_that_charts_take_are_known(kind: str) -> None:
    for place, chart in charts(kind):
        known = coalesce_values(chart, {})
        for values in given(place):
            reads = unread.of_chart(chart, [known, values])
            strange = set() if reads.everything else set(unread.unknown(values, known, reads))
            assert strange == EXTRA.get((place.parent.name, place.name), set()) & strange, place
