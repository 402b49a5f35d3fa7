"""Which subcharts take part, under which names, and what they export to their parents.

A v1 chart lists its dependencies in requirements.yaml, a v2 chart in Chart.yaml. The client
decides with the values of one install or upgrade and hands the pruned chart on; nothing behind
it reads the list again.
"""

from __future__ import annotations

from helmpy.chart.metadata import parse_dependencies
from helmpy.chart.model import Chart, ChartError, Config, Dependency
from helmpy.chart.values import (
    Joined,
    Living,
    ValuesError,
    coalesce_values,
    copy_table,
    fill,
    living,
    merge_tables,
    remember,
    settled,
)
from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.record import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from helmpy.chart.values import Table, Warn


FILENAME = "requirements.yaml"
LOCKNAME = "requirements.lock"

_ALIAS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_JSON_KINDS: dict[type, str] = {list: "array", str: "string", bool: "bool", float: "number", int: "number"}


@record(frozen=True, slots=True)
class Requirements:
    """The list of a chart's dependencies, in the order written."""

    dependencies: tuple[Dependency, ...] = ()


def parse_requirements(text: str | bytes) -> Requirements:
    """Return what a requirements.yaml lists. Raises YamlError or ChartError."""
    value = yaml.load(text, ints=True)
    if value is None:
        return Requirements()
    if not isinstance(value, dict):
        kind = _JSON_KINDS.get(type(value), "value")
        raise ChartError(
            f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} "
            "into Go value of type chartutil.Requirements"
        )
    return Requirements(parse_dependencies(value.get("dependencies")))


def read_requirements(chart: Chart) -> Requirements | None:
    """Return a chart's list of dependencies, None where it has none.

    Raises ChartError or YamlError, ``cannot load requirements: …``.
    """
    try:
        return read_list(chart)
    except HelmError as error:
        raise ChartError(f"cannot load requirements: {error}") from error


def read_list(chart: Chart) -> Requirements | None:
    """Return what ``read_requirements`` does; errors say only what is wrong with the list."""
    if chart.metadata is not None and chart.metadata.dependencies:
        return Requirements(chart.metadata.dependencies)
    for file in chart.files:
        if file.name == FILENAME and file.data:
            return parse_requirements(file.data)
    return None


def check_dependencies(chart: Chart, requirements: Requirements | None = None) -> None:
    """Demand that charts/ holds all that is listed. Raises ChartError naming what is missing."""
    listed = requirements or read_requirements(chart)
    if listed is None:
        return
    present = {subchart.name for subchart in chart.dependencies}
    missing = [one.name for one in listed.dependencies if one.name not in present]
    if missing:
        source = "Chart.yaml" if chart.metadata and chart.metadata.dependencies else FILENAME
        raise ChartError(f"found in {source}, but missing in charts/ directory: {', '.join(missing)}")


def process(chart: Chart, overrides: Mapping[str, Any], *, warn: Warn | None = None, written: bool = True) -> Chart:
    """Return ``chart`` with disabled subcharts gone, aliases applied and values imported.

    ``overrides`` are the user's values. The values.yaml of every chart that lists dependencies
    is replaced by its values joined with those of its subcharts, as Helm does it; so a null of
    the user's can't take a default away from a subchart there. Without ``written`` they stay tables
    whose text is written if somebody asks: enough for who renders the chart and sends it nowhere.
    Raises ChartError, ValuesError.
    """
    if chart.is_v2:
        pruned = _prune(_alive(chart), overrides, "", 3, warn)
        return _settled(_import3(pruned, warn), written=written)
    return _import(_prune(chart, overrides, "", 2, warn), warn, written=written)


# Enabling


def _prune(chart: Chart, values: Mapping[str, Any], path: str, dialect: int, warn: Warn | None) -> Chart:
    listed = read_requirements(chart)
    if listed is None:
        return chart
    wanted = listed.dependencies
    present = [one for one in chart.dependencies if not _is_listed(one, wanted, dialect)]
    for one in wanted:
        found = _aliased(one, chart.dependencies, dialect)
        if found is not None:
            present.append(found)
    joined = replace(chart, dependencies=tuple(present))
    try:
        seen = coalesce_values(joined, values, dialect=dialect, warn=warn, fresh=False)
    except ValuesError:
        # A subchart's list is judged by the root's values, where a key may happen to have the name
        # of the subchart's subchart and be no table. Helm 2 leaves all of them on then.
        if dialect == 2 and path:
            return joined
        raise
    off = _disabled(wanted, seen, path, warn)
    kept = (one for one in present if one.name not in off)
    return replace(chart, dependencies=tuple(_prune(one, seen, f"{path}{one.name}.", dialect, warn) for one in kept))


def _is_listed(chart: Chart, wanted: Iterable[Dependency], dialect: int) -> bool:
    return any(chart.name == one.name and _fits(one, chart, dialect) for one in wanted)


def _aliased(wanted: Dependency, charts: Iterable[Chart], dialect: int) -> Chart | None:
    """The subchart that an entry means, under the entry's alias."""
    for chart in charts:
        if chart.name != wanted.name or not _fits(wanted, chart, dialect):
            continue
        if not wanted.alias:
            return chart
        if not _ALIAS.issuperset(wanted.alias):
            raise ChartError(f'illegal alias name in "{wanted.name}"')
        assert chart.metadata is not None, "a chart with a name has metadata"
        return replace(chart, metadata=replace(chart.metadata, name=wanted.alias))
    return None


def _fits(wanted: Dependency, chart: Chart, dialect: int) -> bool:
    """Whether a subchart's version is in the range asked for; what does not parse never is."""
    version = chart.metadata.version if chart.metadata else ""
    if version == wanted.version and _is_plain(version):
        return True
    from helmpy.gocompat import semver

    try:
        return semver.Constraint(wanted.version, dialect).check(semver.Version.parse(version, dialect))
    except HelmError:
        return False


def _is_plain(version: str) -> bool:
    parts = version.split(".")
    return len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts)


def _disabled(wanted: Iterable[Dependency], values: Table, path: str, warn: Warn | None) -> set[str]:
    """The names of what is off: a condition decides where one has a value, otherwise tags, otherwise it is on.

    Tags are looked at first, also of those that a condition decides, so that warnings come as in Helm.
    """
    tagged = [(one, one.alias or one.name, _by_tags(one, one.alias or one.name, values, warn)) for one in wanted]
    off = set()
    for one, name, by_tags in tagged:
        decided = _by_conditions(one, name, values, path, warn)
        if not (by_tags if decided is None else decided):
            off.add(name)
    return off


def _by_tags(wanted: Dependency, name: str, values: Table, warn: Warn | None) -> bool:
    tags = values.get("tags")
    if not isinstance(tags, dict):
        return True
    answers = set()
    for tag in wanted.tags:
        value = tags.get(tag)
        if isinstance(value, bool):
            answers.add(value)
        elif tag in tags and warn:
            warn(f"Warning: Tag '{tag}' for chart {name} returned non-bool value")
    return answers != {False}


def _by_conditions(wanted: Dependency, name: str, values: Table, path: str, warn: Warn | None) -> bool | None:
    for condition in wanted.condition.strip().split(","):
        if not condition:
            continue
        value = _scalar(values, f"{path}{condition}")
        if value is None:
            continue
        if isinstance(value, bool):
            return value
        if warn:
            warn(f"Warning: Condition path '{condition}' for chart {name} returned non-bool value")
        return None
    return None


def _scalar(values: Table, path: str) -> Any:
    """What stands at a dotted path, None where nothing does; a table is nothing."""
    found: Any = values
    for key in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return None if isinstance(found, dict) else found


# Importing


def _import(chart: Chart, warn: Warn | None, *, written: bool) -> Chart:
    if chart.dependencies:
        chart = replace(chart, dependencies=tuple(_import(one, warn, written=written) for one in chart.dependencies))
    listed = read_requirements(chart)
    if listed is None:
        return chart
    try:
        own = coalesce_values(chart, {}, dialect=2, warn=warn, fresh=False)
    except ValuesError:
        # Defaults that give a subchart no table may be put right by the user's values, which are
        # not looked at here: Helm 2 then imports nothing. What is still wrong fails when rendering.
        return chart
    imported: Table = {}
    for _, given in _given(chart, listed.dependencies, own, warn):
        imported = merge_tables(imported, given, label=chart.name, warn=warn)
    joined = merge_tables(imported, own, label=chart.name, warn=warn) if imported else own
    return replace(chart, values=_stored(joined, written=written))


def _given(chart: Chart, listed: Sequence[Dependency], own: Table, warn: Warn | None) -> Iterator[tuple[Any, Table]]:
    """Yield each entry of import-values and the table it brings, in the place where it goes."""
    present = {subchart.name for subchart in chart.dependencies}
    for one in listed:
        name = one.alias if one.alias in present else one.name
        if name not in present:
            continue
        for entry in one.import_values:
            child, parent = _ends(entry, one)
            table = _table(own, f"{name}.{child}", warn) if child is not None else None
            if table is not None:
                yield entry, _nested(parent, table)


def _stored(table: Table, *, written: bool) -> Config:
    if not written:
        return Joined(table)
    text = yaml.dump(table)
    remember(text, table)
    return Config(raw=text)


# Helm 3 joins values in place, in maps that a chart and the values joined so far have in common.
# So a subchart's defaults stay in its parent's values when it is switched off, as long as the user's
# values do not name it, and all aliases of a chart have one table.


def _alive(chart: Chart) -> Chart:
    """Return the tree with values that every look at them shares."""
    below = tuple([_alive(one) for one in chart.dependencies])
    return replace(chart, dependencies=below, values=living(chart))


def _import3(chart: Chart, warn: Warn | None) -> Chart:
    if chart.dependencies:
        chart = replace(chart, dependencies=tuple([_import3(one, warn) for one in chart.dependencies]))
    listed = read_requirements(chart)
    if listed is None:
        return chart
    own = coalesce_values(chart, {}, dialect=3, warn=warn)
    imported: Table = {}
    for entry, given in _given(chart, listed.dependencies, own, warn):
        given = copy_table(given)  # a map that held itself would have no end
        if isinstance(entry, dict):
            fill(own, given, warn)
            imported = own
        else:
            fill(imported, given, warn)
    fill(imported, own, warn)
    return replace(chart, values=Living(imported))


def _settled(chart: Chart, *, written: bool) -> Chart:
    """Return the tree with values that nobody changes any more."""
    below = tuple([_settled(one, written=written) for one in chart.dependencies])
    values = settled(chart)
    if isinstance(values, Joined):
        values = _stored(values.table, written=written)
    return replace(chart, dependencies=below, values=values)


def _ends(entry: Any, dependency: Dependency) -> tuple[str | None, str]:
    """Where an import comes from below the subchart's name, and where it goes."""
    if isinstance(entry, str):
        return f"exports.{entry}", "."
    if not isinstance(entry, dict):
        return None, ""
    child, parent = entry.get("child"), entry.get("parent")
    if not isinstance(child, str) or not isinstance(parent, str):
        raise ChartError(f'import-values of "{dependency.name}" needs strings for child and parent')
    return child, parent


def _table(values: Table, path: str, warn: Warn | None) -> Table | None:
    found: Table = values
    for key in path.split("."):
        below = found.get(key)
        if not isinstance(below, dict):
            if warn:
                from helmpy.gocompat.text import sprint

                shown = "" if key in found else f" ({sprint(found)})"
                warn(f'Warning: ImportValues missing table: no table named "{key}"{shown}')
            return None
        found = below
    return found


def _nested(path: str, table: Table) -> Table:
    """Put a table under a dotted path; ``.`` is the top."""
    if path == ".":
        return table
    for key in reversed(path.split(".")):
        table = {key: table}
    return table
