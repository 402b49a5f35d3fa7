"""Rules about values that no template reads: the user's that mean nothing here, the chart's that do nothing.

Only what is sure is told: where it can't be told what a template reads, it is taken to read all.
"""

from __future__ import annotations

from helmpy.chart import requirements
from helmpy.chart.values import GLOBAL, coalesce_values, parse_defaults
from helmpy.engine.scopes import JINJA, engine_of
from helmpy.errors import HelmError
from helmpy.gocompat import json
from helmpy.gocompat.yaml_anchors import shared_paths
from helmpy.lint.message import Message, Severity
from helmpy.lint.possible import Reads
from helmpy.lint.reading import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from helmpy.chart.model import Chart, Dependency
    from helmpy.lint.possible import Path


VALUES_FILE = "values.yaml"
_OF_HELM = frozenset({"exports", "tags"})  # keys that Helm itself reads, or a chart above


def check(chart: Chart, values: Mapping[str, Any], unused_is: Severity | None) -> Iterator[Message]:
    """Yield a warning for each of the user's values that means nothing to the chart, then what does nothing in it."""
    metadata = chart.metadata
    if metadata is None or metadata.type == "library":
        return  # who reads its values is known elsewhere
    try:
        known = coalesce_values(chart, {})
        reads = of_chart(chart, [known, values])
        schema = _schema(chart)
    except HelmError:
        return  # what is wrong there, others tell
    if reads.everything:
        return
    for path in unknown(values, known, reads):
        if not _is_described(schema, path):
            yield Message(Severity.WARNING, VALUES_FILE, _unknown_text(path, known, reads))
    if unused_is is None:
        return
    own = parse_defaults(chart.values.raw) if chart.values else {}
    kept = shared_paths(chart.values.raw) if chart.values else set()
    for path in unused(own, reads, kept):
        yield Message(unused_is, VALUES_FILE, f'no template reads "{".".join(path)}"')


def of_chart(chart: Chart, tables: Iterable[Mapping[str, Any]]) -> Reads:
    """Return what the templates of a chart and its subcharts may read, and what Helm reads for them.

    ``tables`` are values whose texts ``tpl`` may take for templates. Raises HelmError.
    """
    walk = Walk(3 if chart.is_v2 else 2)
    places: list[tuple[Path, Chart]] = []
    for place, one in _places(chart, (), walk.reads):
        places.append((place, one))
        walk.reads.names[place] = one.name if not place else place[-1]
        if engine_of(one) == JINJA:
            walk.reads.whole.add(place)
            continue
        for file in one.templates:
            walk.add(file.name, file.data.decode("utf-8", "surrogateescape"), place)
    texts = [text for table in tables for text in _texts(table)]
    texts += [file.data.decode("utf-8", "replace") for _, one in places for file in one.files if b"{{" in file.data]
    reads = walk.run(texts)
    _spread_globals(reads, [place for place, _ in places])
    return reads


def _places(chart: Chart, path: Path, reads: Reads) -> Iterator[tuple[Path, Chart]]:
    """Each chart with the path of its values; what Helm reads of lists of dependencies is noted in passing."""
    yield path, chart
    listed = requirements.read_requirements(chart)
    wanted = listed.dependencies if listed else ()
    present = {one.name for one in chart.dependencies}
    for one in wanted:
        _note(one, path, reads)
        if one.name not in present:
            reads.whole |= {(*path, one.alias or one.name), (GLOBAL,)}  # not here: who knows what it reads
    for child in chart.dependencies:
        names = {one.alias or one.name for one in wanted if one.name == child.name} or {child.name}
        for name in sorted(names):
            yield from _places(child, (*path, name), reads)


def _note(wanted: Dependency, path: Path, reads: Reads) -> None:
    for condition in wanted.condition.split(","):
        if condition.strip():
            reads.whole.add((*path, *condition.strip().split(".")))
    for tag in wanted.tags:
        reads.whole.add(("tags", tag))
    below = (*path, wanted.alias or wanted.name)
    for one in wanted.import_values:
        if isinstance(one, str):
            reads.whole.add((*below, "exports", one))
        elif isinstance(one, dict):
            reads.whole.add((*below, *str(one.get("child", "")).split(".")))


def _spread_globals(reads: Reads, places: list[Path]) -> None:
    """A subchart's globals are those of the chart at the top."""
    for found in (reads.whole, reads.tested):
        for place in places:
            size = len(place)
            found |= {path[size:] for path in found if path[:size] == place and path[size : size + 1] == (GLOBAL,)}


def _texts(value: Any) -> Iterator[str]:
    """The strings in values that may be templates."""
    if isinstance(value, str):
        if "{{" in value:
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


# What is read of tables


class _Tree:
    """The paths that are read, as nested tables; None stands for all below."""

    def __init__(self, reads: Reads, known: Mapping[str, Any]) -> None:
        self.root: dict[str, Any] = {}
        for path in reads.whole:
            self.add(path)
        for path in reads.tested:
            if path and not self._is_read_below(path, known):
                self.add(path)

    def add(self, path: Path) -> None:
        table = self.root
        for key in path[:-1]:
            below = table.setdefault(key, {})
            if below is None:
                return
            table = below
        table[path[-1]] = None

    def _is_read_below(self, path: Path, known: Any) -> bool:
        """Whether a table in ``known`` is also read key by key, so that a look at it is no reading of all."""
        table: Any = self.root
        for key in path:
            known = known.get(key) if isinstance(known, dict) else None
            table = table.get(key) if isinstance(table, dict) else table
            if table is None:
                return False
        return isinstance(known, dict) and any(key in table for key in known)


def unused(own: Mapping[str, Any], reads: Reads, kept: set[Path]) -> list[Path]:
    """Return the paths of a chart's values that nothing reads, the highest of each.

    ``kept`` are paths that count as read.
    """
    tree = _Tree(reads, own)
    for path in kept:
        if path:
            tree.add(path)
    found: list[Path] = []
    _unused(own, tree.root, (), found)
    return [path for path in found if path[0] not in _OF_HELM and path != (GLOBAL,)]


def _unused(table: Mapping[str, Any], read: dict[str, Any], path: Path, found: list[Path]) -> bool:
    """Collect what is unused; tell whether nothing in the table is used."""
    before = len(found)
    alone = True
    for key, value in table.items():
        below = read.get(key, found)
        here = (*path, str(key))
        if below is found:
            found.append(here)
        elif below is None or not isinstance(value, dict) or not value:
            alone = False
        else:
            alone = _unused(value, below, here, found) and alone
    if alone and path:
        found[before:] = [path]
    return alone


def unknown(values: Mapping[str, Any], known: Mapping[str, Any], reads: Reads) -> list[Path]:
    """Return the paths of the user's values that neither a chart's values.yaml has nor a template reads."""
    found: list[Path] = []
    _unknown(values, known, _Tree(reads, known).root, (), found)
    return [path for path in found if path[0] not in _OF_HELM and path[0] != GLOBAL]  # globals are for many charts


def _unknown(
    values: Mapping[str, Any], known: Mapping[str, Any], read: dict[str, Any], path: Path, found: list[Path]
) -> None:
    for key, value in values.items():
        here = (*path, str(key))
        below = read.get(key, found)
        if below is None or (key in known and not (isinstance(known[key], dict) and known[key])):
            continue  # read with all that is in it, or the chart says no more than that there is such a key
        if below is found and key not in known:
            found.append(here)
        elif isinstance(value, dict):
            _unknown(value, known.get(key, {}), {} if below is found else below, here, found)


def _unknown_text(path: Path, known: Mapping[str, Any], reads: Reads) -> str:
    text = (
        f'the value "{".".join(path)}" means nothing to this chart: values.yaml has no such key, no template reads it'
    )
    near = _near(path, known, reads)
    return f'{text}; did you mean "{near}"?' if near else text


def _near(path: Path, known: Mapping[str, Any], reads: Reads) -> str:
    """A path beside it with a similar name, "" where there is none."""
    table: Any = known
    for key in path[:-1]:
        table = table.get(key) if isinstance(table, dict) else None
    beside = {str(key) for key in table} if isinstance(table, dict) else set()
    size = len(path)
    beside |= {
        one[size - 1] for one in (*reads.whole, *reads.tested) if one[: size - 1] == path[:-1] and len(one) >= size
    }
    if not beside:
        return ""
    from difflib import get_close_matches

    close = get_close_matches(path[-1], sorted(beside), 1)
    return ".".join((*path[:-1], close[0])) if close else ""


def _schema(chart: Chart) -> Any:
    data = next((file.data for file in chart.files if file.name == "values.schema.json"), None)
    return None if data is None else json.loads(data.decode("utf-8", "replace"))


def _is_described(schema: Any, path: Path) -> bool:
    """Whether a schema has a property of that path."""
    for key in path:
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if not isinstance(properties, dict) or key not in properties:
            return False
        schema = properties[key]
    return True
