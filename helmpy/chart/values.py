"""Values: parsing them, and laying them over the defaults that charts carry.

Two dialects. A chart of ``apiVersion: v2`` gets Helm 3's rules, every other one Helm 2's; the
chart at the root decides for its subcharts too. They differ where a user's value is ``null`` and
the chart has no such key (Helm 2 drops it), where globals are tables, and in their warnings.

One thing of Helm 2 is put right: where ``global`` is no table, Helm 2 hands a subchart the content
of its globals for its values; here the subchart keeps its values and gets no globals.

Nothing given is changed; what is returned may share parts with what was given, except with
charts' own defaults, which are fresh at every call.
"""

from __future__ import annotations

from helmpy.chart.model import Chart, Config
from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from helmpy.store import Store

    Warn = Callable[[str], None]
    Table = dict[str, Any]


GLOBAL = "global"

_REMEMBERED_TEXTS = 64  # charts' default values kept parsed, by text
_WORTH_STORING = 4_000  # characters of values: fewer are parsed as fast as they are got from a store
_REMEMBERED_SIZE = 4 * 2**20  # characters; longer texts are parsed anew


class ValuesError(HelmError):
    """Values that do not parse or do not fit the chart."""


class Joined(Config):
    """Values known as a table. Their text is written when somebody reads it: rendering does without."""

    __slots__ = ("_text", "table")
    table: Table
    _text: str | None

    def __init__(self, table: Table) -> None:
        for name, value in (("table", table), ("_text", None), ("values", {})):
            object.__setattr__(self, name, value)

    @property
    def raw(self) -> str:
        """The YAML text of the table."""
        text = self._text
        if text is None:
            text = yaml.dump(self.table)
            object.__setattr__(self, "_text", text)
        return text

    def __reduce__(self) -> tuple[type[Config], tuple[str]]:
        return Config, (self.raw,)


class Living(Joined):
    """Values whose table changes while Helm 3 decides on subcharts: every look is at the table itself."""

    __slots__ = ("origin",)
    origin: Config | None

    def __init__(self, table: Table, origin: Config | None = None) -> None:
        super().__init__(table)
        object.__setattr__(self, "origin", origin)


_parsed: dict[str, Table] = {}


def parse_values(text: str | bytes, *, go_type: str = "chartutil.Values") -> Table:
    """Return the map that a values file holds; an empty file is an empty map.

    ``go_type`` is what the error about other things at the top calls the map.
    Raises YamlError for text that is no YAML and ValuesError where it is no map at the top.
    """
    value = yaml.load(text)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValuesError(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
            f"{_json_kind(value)} into Go value of type {go_type}"
        )
    return value


def parse_defaults(text: str, *, fresh: bool = True) -> Table:
    """As ``parse_values``, remembering the answer: the defaults of a chart are asked for often.

    Without ``fresh`` it is the remembered answer itself, not to be changed.
    """
    known = _parsed.get(text)
    if known is None:
        known = parse_values(text)
        remember(text, known)
    return copy_table(known) if fresh else known


def remember(text: str, table: Table) -> None:
    """Keep ``table`` as what ``text`` parses to; neither may be changed afterwards."""
    if len(text) > _REMEMBERED_SIZE:
        return
    if len(_parsed) >= _REMEMBERED_TEXTS:
        _parsed.pop(next(iter(_parsed)))
    _parsed[text] = table


def recall(chart: Chart, store: Store) -> None:
    """Let ``parse_defaults`` know the values of a chart and its subcharts, where together they are large.

    ``store`` keeps them for other processes.
    """
    texts = list(dict.fromkeys(_default_texts(chart)))
    if sum(map(len, texts)) < _WORTH_STORING:
        return
    import marshal

    from helmpy.store import Place

    place = Place("values", "", [("", text.encode("utf-8", "surrogateescape")) for text in texts], store)
    data = place.get()
    tables: list[Table]
    if data is not None:
        tables = marshal.loads(data)  # noqa: S302 - it is what was written, see Place
    else:
        try:
            tables = [parse_values(text) for text in texts]
            place.keep(lambda: [marshal.dumps(tables)])
        except (HelmError, ValueError):  # whoever needs such a text says so; marshal refuses what is nested too deep
            return
    for text, table in zip(texts, tables, strict=True):
        remember(text, table)


def _default_texts(chart: Chart) -> Iterator[str]:
    if _has_defaults(chart) and chart.values is not None:
        yield chart.values.raw
    for subchart in chart.dependencies:
        yield from _default_texts(subchart)


def copy_table(table: Mapping[str, Any]) -> Table:
    """Return ``table`` with every map and list in it copied, their types kept."""
    return {key: _copy(value) if isinstance(value, (dict, list)) else value for key, value in table.items()}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) if isinstance(item, (dict, list)) else item for key, item in value.items()}
    return [_copy(item) if isinstance(item, (dict, list)) else item for item in value]


def overlay(base: Mapping[str, Any], over: Mapping[str, Any]) -> Table:
    """Return ``base`` with ``over`` laid on it: maps merge, all else (null too) replaces.

    How ``-f`` files follow one another, and how ``--reuse-values`` adds to a release's values.
    """
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = overlay(below, value)
        else:
            merged[key] = value
    return merged


def merge_tables(
    dst: Mapping[str, Any], src: Mapping[str, Any], *, label: str = "", dialect: int = 2, warn: Warn | None = None
) -> Table:
    """Return ``src`` under ``dst``: ``dst`` wins, a null in it takes the key away.

    ``label`` is the chart's name for ``warn``, which hears of tables that met something else.
    In dialect 3 a null that ``src`` knows nothing of stays.
    """
    if dialect == 3:
        filled = copy_table(dst)
        _fill3(filled, copy_table(src), "", warn)
        return filled
    merged: Table = {}
    for key, default in src.items():
        if key not in dst:
            merged[key] = default
            continue
        chosen = dst[key]
        if chosen is None:
            continue
        if isinstance(chosen, dict):
            if isinstance(default, dict):
                chosen = merge_tables(chosen, default, label=label, warn=warn)
            elif warn:
                warn(
                    f"Warning: Merging destination map for chart '{label}'. The destination item '{key}' is a table "
                    f"and ignoring the source '{key}' as it has a non-table value of: {_shown(default)}"
                )
        elif isinstance(default, dict) and warn:
            warn(
                f"Warning: Merging destination map for chart '{label}'. Overwriting table item '{key}', "
                f"with non table value: {_shown(chosen)}"
            )
        merged[key] = chosen
    for key, chosen in dst.items():
        if chosen is not None and key not in src:
            merged[key] = chosen
    return merged


def coalesce_values(
    chart: Chart, overrides: Mapping[str, Any], *, dialect: int = 0, warn: Warn | None = None, fresh: bool = True
) -> Table:
    """Return what templates of ``chart`` see as ``.Values``: ``overrides`` over all defaults.

    Every subchart's values are under its name, with the globals of its parents merged in. Without ``fresh`` the
    caller changes nothing in them: they may then share parts with the charts' own, and cost no copy.
    Raises ValuesError (``type mismatch on NAME``) where a subchart's values are no table, and
    where a chart's own values.yaml does not parse.
    """
    if dialect == 3 or (not dialect and chart.is_v2):
        return _coalesce3(chart, copy_table(overrides), "", warn)
    merged = _coalesce2(chart, _all_floats(overrides), warn)
    return copy_table(merged) if fresh else merged


# Helm 2


def _coalesce2(chart: Chart, given: Table, warn: Warn | None) -> Table:
    if _has_defaults(chart):
        given = merge_tables(given, _defaults(chart, fresh=False), label=chart.name, warn=warn)
    return _scope2(chart, given, warn)


def _scope2(chart: Chart, given: Table, warn: Warn | None) -> Table:
    scoped = dict(given)
    for subchart in chart.dependencies:
        own = _subtable(scoped, subchart.name)
        passed = _with_globals2(own, scoped, chart.name, warn)
        scoped[subchart.name] = _coalesce2(subchart, passed, warn)
    return scoped


def _with_globals2(own: Table, parent: Table, label: str, warn: Warn | None) -> Table:
    below, above = own.get(GLOBAL, {}), parent.get(GLOBAL, {})
    if not isinstance(below, dict):
        _say(warn, f"Warning: Skipping globals for chart '{label}' because destination '{GLOBAL}' is not a table.")
        return own
    if not isinstance(above, dict):
        _say(warn, f"Warning: skipping globals for chart '{label}' because source '{GLOBAL}' is not a table.")
        return own
    return {**own, GLOBAL: merge_tables(above, below, label=label, warn=warn)}


# Helm 3


def _coalesce3(chart: Chart, given: Table, prefix: str, warn: Warn | None) -> Table:
    """As ``_coalesce2`` in Helm 3's way; ``given`` is ours to change."""
    if _has_defaults(chart):
        _fill3(given, _defaults(chart), prefix, warn, top=True)
    for subchart in chart.dependencies:
        own = _subtable(given, subchart.name)
        _push_globals3(own, given, prefix, warn)
        given[subchart.name] = _coalesce3(subchart, own, _dotted(prefix, chart.name), warn)
    return given


def _fill3(dst: Table, src: Table, prefix: str, warn: Warn | None, *, top: bool = False) -> None:
    for key, default in list(src.items()) if dst is src else src.items():
        if key not in dst:
            dst[key] = default
            continue
        chosen = dst[key]
        if chosen is None:
            del dst[key]
        elif isinstance(chosen, dict):
            if isinstance(default, dict):
                _fill3(chosen, default, _dotted(prefix, key), warn)
            elif default is not None and top:
                _say(warn, f"warning: skipped value for {_dotted(prefix, key)}: Not a table.")
            elif default is not None:
                _say(
                    warn,
                    f"warning: destination for {_dotted(prefix, key)} is a table. "
                    f"Ignoring non-table value ({_shown(default)})",
                )
        elif isinstance(default, dict) and not top:
            _say(warn, f"warning: cannot overwrite table with non table for {_dotted(prefix, key)} ({_shown(default)})")


def _push_globals3(own: Table, parent: Table, prefix: str, warn: Warn | None) -> None:
    below, above = own.get(GLOBAL, {}), parent.get(GLOBAL, {})
    if not isinstance(below, dict):
        _say(warn, f"warning: skipping globals because destination {GLOBAL} is not a table.")
        return
    if not isinstance(above, dict):
        _say(warn, f"warning: skipping globals because source {GLOBAL} is not a table.")
        return
    own[GLOBAL] = below
    for key, value in above.items():
        mine = below.get(key)
        if isinstance(value, dict):
            pushed = _copy(value)
            if key in below and not isinstance(mine, dict):
                _say(warn, f'Conflict: cannot merge map onto non-map for "{key}". Skipping.')
                continue
            if isinstance(mine, dict):
                _fill3(pushed, mine, _dotted(prefix, key), warn)
            below[key] = pushed
        elif isinstance(mine, dict):
            _say(warn, f"key {key} is table. Skipping")
        else:
            below[key] = _copy(value) if isinstance(value, list) else value


# Both


def _has_defaults(chart: Chart) -> bool:
    return isinstance(chart.values, Joined) or (chart.values is not None and bool(chart.values.raw))


def living(chart: Chart) -> Living:
    """Return the chart's own values, to be changed in place."""
    return Living(_defaults(chart) if _has_defaults(chart) else {}, chart.values)


def settled(chart: Chart) -> Config | None:
    """Return living values that nobody changes any more: where they are as they were, as they stood."""
    values = chart.values
    assert isinstance(values, Living), "a chart that is being worked on"
    origin = replace(chart, values=values.origin)
    if (_defaults(origin) if _has_defaults(origin) else {}) == values.table:
        return values.origin
    return Joined(copy_table(values.table))


def fill(dst: Table, src: Table, warn: Warn | None = None) -> None:
    """Put ``src`` under ``dst`` in place, by Helm 3's rules; both may be one."""
    _fill3(dst, src, "", warn)


def _defaults(chart: Chart, *, fresh: bool = True) -> Table:
    """A chart's own values; without ``fresh`` they are everybody's, and not to be changed."""
    if isinstance(chart.values, Living):
        return chart.values.table
    if isinstance(chart.values, Joined):
        return copy_table(chart.values.table) if fresh else chart.values.table
    raw = chart.values.raw if chart.values else ""
    try:
        return parse_defaults(raw, fresh=fresh)
    except HelmError as error:
        raise ValuesError(f"Reading chart '{chart.name}' default values (values.yaml): {error}") from error


def _subtable(values: Table, name: str) -> Table:
    own = values.setdefault(name, {})
    if not isinstance(own, dict):
        from helmpy.gocompat.text import sprintf

        raise ValuesError(sprintf("type mismatch on %s: %t", [name, own]))
    return own


def _all_floats(value: Mapping[str, Any]) -> Table:
    """Helm 2 carries values as YAML text, so numbers of ``--set`` reach templates as floats too."""
    return {key: _float(item) for key, item in value.items()}


def _float(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _float(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_float(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _dotted(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key


def _say(warn: Warn | None, text: str) -> None:
    if warn:
        warn(text)


def _shown(value: Any) -> str:
    from helmpy.gocompat.text import sprint

    return sprint(value).removesuffix("\n")  # a log's line ends once


_JSON_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "bool"),
    (list, "array"),
    (str, "string"),
    (dict, "object"),
    (float, "number"),
    (int, "number"),
)


def _json_kind(value: Any) -> str:
    return next((kind for type_, kind in _JSON_KINDS if isinstance(value, type_)), "null")
