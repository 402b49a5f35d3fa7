from typing import Any

import pytest

from helmpy.chart import values
from helmpy.chart.model import Chart, Config, Metadata
from helmpy.chart.strvals import parse
from helmpy.chart.values import ValuesError, coalesce_values, merge_tables, overlay, parse_defaults, parse_values
from helmpy.store import MemoryStore


def chart(name: str, values: str | None = None, *below: Chart, v2: bool = False) -> Chart:
    metadata = Metadata(name=name, api_version="v2" if v2 else "v1")
    return Chart(metadata=metadata, values=None if values is None else Config(raw=values), dependencies=below)


def coalesced(chart_: Chart, **overrides: Any) -> dict[str, Any]:
    return coalesce_values(chart_, overrides)


@pytest.mark.parametrize(("text", "expected"), [("", {}), ("# nothing", {}), ("a: 1", {"a": 1.0}), ("null", {})])
def test_values_files_are_maps(text: str, expected: dict[str, Any]) -> None:
    assert parse_values(text) == expected


@pytest.mark.parametrize(("text", "kind"), [("- a", "array"), ("word", "string"), ("1", "number"), ("true", "bool")])
def test_other_things_at_the_top_are_refused(text: str, kind: str) -> None:
    with pytest.raises(ValuesError, match=rf"cannot unmarshal {kind} into Go value of type chartutil\.Values$"):
        parse_values(text)


def test_defaults_are_fresh_at_every_call() -> None:
    text = "a: {b: [1]}"
    parse_defaults(text)["a"]["b"].append("changed")
    assert parse_defaults(text) == {"a": {"b": [1.0]}}


def test_an_overlay_merges_maps_and_replaces_the_rest() -> None:
    base = {"a": {"b": 1, "c": 2}, "list": [1, 2], "d": {"e": 1}, "f": 1}
    over = {"a": {"b": None}, "list": [3], "d": "x", "f": {"g": 1}}
    assert overlay(base, over) == {"a": {"b": None, "c": 2}, "list": [3], "d": "x", "f": {"g": 1}}
    assert base["a"] == {"b": 1, "c": 2}


def test_merged_tables_let_the_first_win_and_null_remove() -> None:
    dst = {"a": None, "b": {"c": 1}, "new": None, "list": [1]}
    src = {"a": 1, "b": {"c": 2, "d": 3}, "list": [2, 3], "e": None}
    assert merge_tables(dst, src) == {"b": {"c": 1, "d": 3}, "list": [1], "e": None}


def test_a_null_that_nothing_knows_stays_in_the_third_dialect() -> None:
    assert merge_tables({"a": None, "b": None}, {"a": 1}, dialect=3) == {"b": None}


def test_overrides_beat_parents_beat_subcharts() -> None:
    parent = chart("p", "own: 1\ns: {b: parent, c: parent}", chart("s", "a: sub\nb: sub\nc: sub"))
    assert coalesced(parent, s={"c": "user"}) == {
        "own": 1.0,
        "s": {"a": "sub", "b": "parent", "c": "user", "global": {}},
    }


def test_a_subchart_without_values_still_has_a_table() -> None:
    assert coalesced(chart("p", None, chart("s"))) == {"s": {"global": {}}}


def test_null_takes_a_default_away_at_any_depth() -> None:
    parent = chart("p", "a: {b: 1, c: 2}\nd: 1", chart("s", "e: 1\nf: 2"))
    assert coalesced(parent, a={"b": None}, d=None, s={"e": None}) == {"a": {"c": 2.0}, "s": {"f": 2.0, "global": {}}}


def test_globals_flow_down_and_the_parents_win() -> None:
    below = chart("t", "global: {x: t, own: t}")
    parent = chart("p", "global: {x: p, deep: {a: p}}", chart("s", "global: {x: s, deep: {b: s}, only: s}", below))
    values = coalesced(parent, **{"global": {"x": "user"}})
    assert values["global"] == {"x": "user", "deep": {"a": "p"}}
    assert values["s"]["global"] == {"x": "user", "deep": {"a": "p", "b": "s"}, "only": "s"}
    assert values["s"]["t"]["global"] == {"x": "user", "deep": {"a": "p", "b": "s"}, "only": "s", "own": "t"}


@pytest.mark.parametrize("v2", [False, True])
def test_a_subchart_needs_a_table(v2: bool) -> None:  # noqa: FBT001 - a parameter of the test
    with pytest.raises(ValuesError, match=r"^type mismatch on s: %!t\(string=word\)$"):
        coalesced(chart("p", "", chart("s"), v2=v2), s="word")


def test_broken_defaults_name_the_chart() -> None:
    with pytest.raises(ValuesError, match="Reading chart 's' default values"):
        coalesced(chart("p", "", chart("s", "a: [")))


def test_numbers_of_flags_are_floats_in_the_second_dialect_only() -> None:
    given = parse("a=5,b={1}")
    assert type(coalesce_values(chart("p"), given)["a"]) is float
    assert type(coalesce_values(chart("p"), given)["b"][0]) is float
    assert isinstance(coalesce_values(chart("p", v2=True), given)["a"], int)


def test_an_unknown_null_is_dropped_in_the_second_dialect_only() -> None:
    assert coalesced(chart("p", "a: 1"), m=None) == {"a": 1.0}
    assert coalesced(chart("p", "a: 1", v2=True), m=None) == {"a": 1.0, "m": None}


def test_global_tables_merge_in_the_third_dialect_too() -> None:
    parent = chart("p", "global: {t: {a: p}}", chart("s", "global: {t: {b: s}}"), v2=True)
    assert coalesced(parent)["s"]["global"] == {"t": {"a": "p", "b": "s"}}


def test_nothing_given_is_changed() -> None:
    given: dict[str, Any] = {"s": {"a": None}, "t": [1]}
    for v2 in (False, True):
        coalesce_values(chart("p", "s: {a: 1}", chart("s", "b: 1"), v2=v2), given)
        assert given == {"s": {"a": None}, "t": [1]}


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (
            {"a": 1},
            "Warning: Merging destination map for chart 'p'. Overwriting table item 'a', with non table value: 1",
        ),
        (
            {"b": {"x": 1}},
            (
                "Warning: Merging destination map for chart 'p'. The destination item 'b' is a table and ignoring the "
                "source 'b' as it has a non-table value of: word"
            ),
        ),
    ],
)
def test_tables_that_meet_something_else_are_told(overrides: dict[str, Any], text: str) -> None:
    told: list[str] = []
    coalesce_values(chart("p", "a: {c: 1}\nb: word"), overrides, warn=told.append)
    assert told == [text]


def test_globals_that_are_no_table_are_told_and_left() -> None:
    told: list[str] = []
    values = coalesce_values(chart("p", "global: word", chart("s", "global: {a: 1}")), {}, warn=told.append)
    assert values["s"] == {"global": {"a": 1.0}}
    assert told == ["Warning: skipping globals for chart 'p' because source 'global' is not a table."]


LARGE = "a: [1, 1.5, true, null, x]\nb: {c: {d: é}}\n" + "# comment\n" * 6000


def with_defaults(text: str, *below: str) -> Chart:
    return chart("web", text, *[chart(f"sub{number}", one) for number, one in enumerate(below)])


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a process remembers of values, nothing at first."""
    remembered: dict[str, Any] = {}
    monkeypatch.setattr(values, "_parsed", remembered)
    return remembered


def test_large_defaults_are_recalled_from_a_store(forgetful: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    large = with_defaults(LARGE, "x: 1\n", "x: 1\n", "")
    store = MemoryStore()
    for _ in range(2):
        values.recall(large, store)
    parsed = dict(forgetful)
    assert parsed[LARGE] == {"a": [1.0, 1.5, True, None, "x"], "b": {"c": {"d": "é"}}}
    forgetful.clear()
    monkeypatch.setattr(values, "parse_values", None)  # nobody parses them a second time
    values.recall(large, store)
    assert forgetful == parsed
    assert coalesce_values(large, {})["sub1"] == {"x": 1.0, "global": {}}


def test_small_defaults_are_not_stored(forgetful: dict[str, Any]) -> None:
    store = MemoryStore()
    values.recall(with_defaults("a: 1\n"), store)
    assert (store.kept, forgetful) == ({}, {})


@pytest.mark.parametrize("text", ["a: [", "- list", "\udcff: 1"])
def test_faulty_defaults_are_left_to_who_needs_them(forgetful: dict[str, Any], text: str) -> None:
    store = MemoryStore()
    values.recall(with_defaults(LARGE, text), store)
    assert (store.kept, forgetful) == ({}, {})


def test_changed_or_damaged_defaults_are_parsed(forgetful: dict[str, Any]) -> None:
    store = MemoryStore()
    for _ in range(2):
        values.recall(with_defaults(LARGE), store)
    changed = LARGE.replace("1.5", "2.5")
    values.recall(with_defaults(changed), store)
    assert forgetful[changed]["a"][1] == 2.5
    ((name, data),) = store.kept.items()
    store.kept[name] = data.replace("é".encode(), "è".encode(), 1)
    forgetful.clear()
    values.recall(with_defaults(changed), store)
    assert forgetful[changed]["b"] == {"c": {"d": "é"}}
