import pickle
from dataclasses import replace
from typing import Any

import pytest

from helmpy.chart import requirements
from helmpy.chart.loader import from_files
from helmpy.chart.model import Chart, ChartError, Config, File
from helmpy.chart.values import Joined, Living, coalesce_values
from helmpy.errors import HelmError

SUB = "exports: {e: {x: 2, z: 3}}\nd: {q: 4, w: {v: 1}}\nk: 9\n"


def chart(listed: str | None, values: str = "x: 1\n", *, v2: bool = False, nested: str | None = None) -> Chart:
    """A chart p with the subcharts s (which has ss) and t."""
    files = {
        "values.yaml": values,
        "charts/s/Chart.yaml": "name: s\nversion: 0.1.0\n",
        "charts/s/values.yaml": SUB,
        "charts/s/charts/ss/Chart.yaml": "name: ss\nversion: 0.1.0\n",
        "charts/s/charts/ss/values.yaml": "w: 1\n",
        "charts/t/Chart.yaml": "name: t\nversion: 1.2.3\n",
    }
    head = f"name: p\nversion: 1.0.0\napiVersion: {'v2' if v2 else 'v1'}\n"
    text = f"dependencies:\n{listed}" if listed is not None else ""
    files["Chart.yaml"] = head + text if v2 else head
    if listed is not None and not v2:
        files["requirements.yaml"] = text
    if nested is not None:
        files["charts/s/requirements.yaml"] = f"dependencies:\n{nested}"
    return from_files(File(name, data.encode()) for name, data in files.items())


def left(listed: str | None, *, nested: str | None = None, v2: bool = False, **values: Any) -> list[str]:
    """Names of the charts that remain, subcharts of subcharts as s/ss."""
    pruned = requirements.process(chart(listed, nested=nested, v2=v2), values)
    found = []
    for one in pruned.dependencies:
        found += [one.name, *(f"{one.name}/{below.name}" for below in one.dependencies)]
    return found


def seen(
    listed: str, *, v2: bool = False, nested: str | None = None, values: str = "x: 1\n", **given: Any
) -> dict[str, Any]:
    """The values that templates of p see."""
    parent = chart(listed, values, v2=v2, nested=nested)
    return coalesce_values(requirements.process(parent, given), given)


BOTH = "- {name: s, version: 0.x, condition: 's.enabled,g.on', tags: [a, b]}\n- {name: t, version: ~1.2, tags: [a]}\n"
ALL = ["s", "s/ss", "t"]
OFF, ON = {"enabled": False}, {"enabled": True}


@pytest.mark.parametrize("v2", [False, True])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ALL),
        ({"s": OFF}, ["t"]),
        ({"g": {"on": False}}, ["t"]),
        ({"s": ON, "g": {"on": False}}, ALL),
        ({"tags": {"a": False}}, []),
        ({"tags": {"a": False, "b": True}}, ["s", "s/ss"]),
        ({"tags": {"a": False}, "s": ON}, ["s", "s/ss"]),
        ({"s": {"enabled": "no"}, "g": {"on": False}}, ALL),
        ({"s": {"enabled": None}, "g": {"on": False}}, ["t"]),
        ({"s": {"enabled": {"x": 1}}}, ALL),
        ({"tags": {"a": "no"}}, ALL),
        ({"tags": "word"}, ALL),
    ],
)
def test_conditions_beat_tags(values: dict[str, Any], expected: list[str], v2: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert left(BOTH, v2=v2, **values) == expected


def test_charts_that_nothing_lists_stay() -> None:
    assert left(None, s=OFF) == ALL
    assert left("- {name: t, version: '*', condition: t.enabled}\n", t=OFF) == ["s", "s/ss"]


@pytest.mark.parametrize("version", ["9.9.9", "", "no range at all"])
def test_a_version_that_does_not_fit_is_still_switched_by_name(version: str) -> None:
    listed = f"- {{name: s, version: '{version}', condition: s.enabled}}\n"
    assert left(listed) == ["s", "s/ss", "t"]
    assert left(listed, s=OFF) == ["t"]


def test_one_chart_may_come_under_several_aliases() -> None:
    listed = "- {name: s, version: '*', alias: a1}\n- {name: s, version: '*', alias: a2, condition: a2.enabled}\n"
    assert left(listed) == ["t", "a1", "a1/ss", "a2", "a2/ss"]
    assert left(listed, a2=OFF) == ["t", "a1", "a1/ss"]
    values = seen(listed, a2={"k": 5.0}, s={"k": 6.0})
    assert (values["a1"]["k"], values["a2"]["k"], values["s"]) == (9.0, 5.0, {"k": 6.0})


def test_an_alias_has_few_characters() -> None:
    with pytest.raises(ChartError, match=r'^illegal alias name in "s"$'):
        left("- {name: s, version: '*', alias: 'a b'}\n")


NESTED = "- {name: ss, version: '*', condition: ss.enabled, tags: [deep]}\n"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"s": {"ss": OFF}}, ["t", "s"]),
        ({"ss": OFF}, ["t", "s", "s/ss"]),
        ({"tags": {"deep": False}}, ["t", "s"]),
        ({"s": {"tags": {"deep": False}}}, ["t", "s", "s/ss"]),
    ],
)
def test_conditions_of_subcharts_are_below_their_names(values: dict[str, Any], expected: list[str]) -> None:
    assert left("- {name: s, version: '*'}\n", nested=NESTED, **values) == expected


def test_defaults_of_a_subchart_count_for_its_own_list() -> None:
    nested = NESTED.replace("ss.enabled", "local.on")
    parent = chart("- {name: s, version: '*'}\n", nested=nested)
    files = [("Chart.yaml", b"name: s\nversion: 0.1.0"), ("values.yaml", b"tags: {deep: false}")]
    files += [("requirements.yaml", f"dependencies:\n{nested}".encode())]
    files += [("charts/ss/Chart.yaml", b"name: ss\nversion: 0.1.0")]
    sub = from_files(File(name, data) for name, data in files)
    pruned = requirements.process(replace(parent, dependencies=(sub,)), {})
    assert pruned.dependencies[0].dependencies == ()


def test_a_root_value_named_like_a_deeper_chart_does_no_harm() -> None:
    assert left("- {name: s, version: '*'}\n", nested=NESTED, ss="word") == ["t", "s", "s/ss"]


def test_a_user_may_put_right_what_defaults_got_wrong() -> None:
    values = seen("- {name: s, version: '*', import-values: [e]}\n", values="x: 1\ns: word\n", s={"k": 1.0})
    assert (values["x"], values["s"]["k"]) == (1.0, 1.0)


def test_exports_come_to_the_top_and_beat_the_charts_own() -> None:
    values = seen("- {name: s, version: '*', import-values: [e]}\n")
    assert (values["x"], values["z"]) == (2.0, 3.0)
    assert seen("- {name: s, version: '*', import-values: [e]}\n", x=7.0)["x"] == 7.0


def test_any_table_may_go_anywhere() -> None:
    listed = "- {name: s, version: '*', import-values: [{child: d, parent: m.n}, {child: exports.e, parent: .}]}\n"
    values = seen(listed, m={"n": {"q": 5.0}})
    assert values["m"] == {"n": {"q": 5.0, "w": {"v": 1.0}}}
    assert (values["x"], values["z"]) == (2.0, 3.0)


def test_own_values_beat_tables_of_subcharts_in_v2_charts() -> None:
    maps = "- {name: s, version: '*', import-values: [{child: exports.e, parent: .}]}\n"
    assert (seen(maps, v2=True)["x"], seen(maps, v2=True)["z"]) == (1.0, 3.0)
    assert seen("- {name: s, version: '*', import-values: [e]}\n", v2=True)["x"] == 2.0


def test_imports_climb_from_the_deepest() -> None:
    values = seen(
        "- {name: s, version: '*', import-values: [{child: up, parent: top}]}\n",
        nested="- {name: ss, version: '*', import-values: [{child: none, parent: up}]}\n",
    )
    assert "top" not in values
    parent = chart(
        "- {name: s, version: '*', import-values: [{child: up, parent: top}]}\n",
        nested="- {name: ss, version: '*', import-values: [{child: deep, parent: up}]}\n",
    )
    files = [File("Chart.yaml", b"name: ss\nversion: 0.1.0"), File("values.yaml", b"deep: {a: 1}")]
    (s, t) = sorted(parent.dependencies, key=lambda one: one.name)
    parent = replace(parent, dependencies=(replace(s, dependencies=(from_files(files),)), t))
    assert coalesce_values(requirements.process(parent, {}), {})["top"] == {"a": 1.0}


def test_imports_follow_the_alias() -> None:
    values = seen("- {name: s, version: '*', alias: a1, import-values: [e]}\n")
    assert values["x"] == 2.0


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("nope", 'Warning: ImportValues missing table: no table named "nope" (map[e:map[x:2 z:3]])'),
        ("{child: d.q, parent: there}", 'Warning: ImportValues missing table: no table named "q"'),
    ],
)
def test_a_missing_import_is_told(entry: str, text: str) -> None:
    told: list[str] = []
    requirements.process(chart(f"- {{name: s, version: '*', import-values: [{entry}]}}\n"), {}, warn=told.append)
    assert told == [text]


def test_an_import_needs_two_ends() -> None:
    with pytest.raises(ChartError, match=r'^import-values of "s" needs strings for child and parent$'):
        seen("- {name: s, version: '*', import-values: [{child: d}]}\n")


def test_a_null_does_not_reach_a_subchart_of_a_chart_with_a_list() -> None:
    assert seen("- {name: s, version: '*'}\n", s={"k": None})["s"]["k"] == 9.0


def test_odd_values_are_told() -> None:
    told: list[str] = []
    requirements.process(chart(BOTH), {"s": {"enabled": "no"}, "tags": {"a": 1}}, warn=told.append)
    assert told == [
        "Warning: Tag 'a' for chart s returned non-bool value",
        "Warning: Tag 'a' for chart t returned non-bool value",
        "Warning: Condition path 's.enabled' for chart s returned non-bool value",
    ]


@pytest.mark.parametrize(("v2", "source"), [(False, "requirements.yaml"), (True, "Chart.yaml")])
def test_missing_charts_are_named(v2: bool, source: str) -> None:  # noqa: FBT001 - a parameter of the test
    with pytest.raises(ChartError) as caught:
        requirements.check_dependencies(chart("- {name: s}\n- {name: zip}\n- {name: zap}\n", v2=v2))
    assert str(caught.value) == f"found in {source}, but missing in charts/ directory: zip, zap"


def test_charts_without_a_list_miss_nothing() -> None:
    requirements.check_dependencies(chart(None))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dependencies: word", "cannot unmarshal string into Go struct field Requirements.dependencies of type []*chartutil.Dependency"),
        ("- a", "cannot unmarshal array into Go value of type chartutil.Requirements"),
        ("dependencies: [", "error converting YAML to JSON: yaml: line 1: did not find expected node content"),
    ],
)  # fmt: skip
def test_a_broken_list_is_told(text: str, message: str) -> None:
    broken = from_files([File("Chart.yaml", b"name: p"), File("requirements.yaml", text.encode())])
    with pytest.raises(HelmError) as caught:
        requirements.read_requirements(broken)
    assert str(caught.value).startswith("cannot load requirements: ")
    assert str(caught.value).endswith(message)


@pytest.mark.parametrize(("text", "found"), [(b"", None), (b"{}", requirements.Requirements())])
def test_an_empty_file_is_none_and_an_empty_list_is_one(text: bytes, found: requirements.Requirements | None) -> None:
    empty = from_files([File("Chart.yaml", b"name: p"), File("requirements.yaml", text)])
    assert requirements.read_requirements(empty) == found


@pytest.mark.parametrize("v2", [False, True])
def test_who_only_renders_gets_tables_that_become_the_same_text_when_read(v2: bool) -> None:  # noqa: FBT001 - a parameter of the test
    listed = "- {name: s, version: '*', import-values: [{child: d, parent: m.n}]}\n"
    whole = chart(listed, "x: 1\nn: null\n", v2=v2)
    written = requirements.process(whole, {})
    light = requirements.process(whole, {}, written=False)
    assert isinstance(light.values, Joined)
    assert not isinstance(written.values, Joined)
    for overrides in ({}, {"x": None, "s": {"y": 3.0}, "global": {"g": "h"}}):
        assert coalesce_values(light, overrides) == coalesce_values(written, overrides)
    coalesce_values(light, {})["x"] = "changed"
    sent = pickle.loads(pickle.dumps(light.values))
    assert type(sent) is Config
    assert sent == written.values
    assert light.values.raw == sent.raw


OFF_SUB = "- {name: s, version: '*', condition: s.enabled}\n- {name: t, version: '*'}\n"


def test_in_v2_a_switched_off_subchart_leaves_its_defaults_where_the_parent_names_it() -> None:
    named = "s: {enabled: false, d: {q: 5}}\n"
    assert seen(OFF_SUB, v2=True, values=named)["s"]["d"] == {"q": 5.0, "w": {"v": 1.0}}
    assert seen(OFF_SUB, v2=False, values=named)["s"] == {"enabled": False, "d": {"q": 5.0}}
    assert seen(OFF_SUB, v2=True, values="", s=OFF)["s"] == OFF
    assert seen(OFF_SUB, v2=True, values=named, s={"d": {"q": 6.0}})["s"] == {"enabled": False, "d": {"q": 6.0}}


def test_in_v2_nothing_given_changes_and_another_run_gives_the_same() -> None:
    parent = chart(OFF_SUB, "s: {enabled: false}\n", v2=True)
    before = pickle.dumps(parent)
    given = {"t": {"a": 1.0}}
    first, second = (requirements.process(parent, given, written=False) for _ in range(2))
    assert pickle.dumps(parent) == before
    assert given == {"t": {"a": 1.0}}
    assert first.values == second.values
    assert not [one for one in first.dependencies if isinstance(one.values, Living)]


def test_in_v2_an_import_into_its_own_source_ends() -> None:
    listed = "- {name: s, version: '*', import-values: [{child: d, parent: s.d.inner}]}\n"
    inner = seen(listed, v2=True)["s"]["d"]["inner"]
    assert inner == {"q": 4.0, "w": {"v": 1.0}}


def test_in_v2_values_that_nothing_changed_keep_their_text() -> None:
    texts = [one.values.raw for one in requirements.process(chart(None, v2=True), {}).dependencies if one.values]
    assert texts == [SUB]
