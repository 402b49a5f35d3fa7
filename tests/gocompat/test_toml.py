"""TOML as the encoders of Helm 2 and Helm 3 write it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy.gocompat import toml
from helmpy.gocompat.kinds import Int64, NamedMap
from helmpy.gocompat.time import Fixed, Time
from helmpy.gocompat.toml import TomlError

WRITTEN: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"b": 1, "a": 1.0, "c": None, "d": True, "e": []}, "a = 1.0\nb = 1\nd = true\ne = []\n"),
    (
        {"f": [0.1, 1e21, 1e-7, -0.0, 123456.75, 1e300]},
        f"f = [0.1, 1{'0' * 21}.0, 0.0000001, -0.0, 123456.75, 1{'0' * 300}.0]\n",
    ),
    ({"s": 'a"b\\c\n\t\ré<'}, 's = "a\\"b\\\\c\\n\\t\\ré<"\n'),
    ({"a b": 1, "c.d": 2, "é": 3, 'q"': 4}, '"a b" = 1\n"c.d" = 2\n"q\\"" = 4\n"é" = 3\n'),
    ({"z": 1, "t": {"x": {"y": 2}, "w": 3}}, "z = 1\n\n[t]\n  w = 3\n  [t.x]\n    y = 2\n"),
    ({"l": [{"a": 1}, {"b": {"c": 2}}]}, "[[l]]\n  a = 1\n\n[[l]]\n  [l.b]\n    c = 2\n"),
    ({"t": {"l": [{"a b": 1}]}}, '[t]\n\n  [[t.l]]\n    "a b" = 1\n'),
    ({"l": [[1, 2], ["a"]]}, 'l = [[1, 2], ["a"]]\n'),
    ({"t": NamedMap(k=b"\x01"), "u": {}}, "[t]\n  k = [1]\n\n[u]\n"),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
@pytest.mark.parametrize("dialect", [2, 3])
def test_dumps(value: dict[str, Any], text: str, dialect: int) -> None:
    assert toml.dumps(value, dialect=dialect) == text


NEWER: list[tuple[dict[str, Any], str, str]] = [
    ({"l": [1, "a"]}, "toml: cannot encode array with mixed element types", 'l = [1, "a"]\n'),
    ({"l": [[{"a": 1}]]}, "toml: TOML array element cannot contain a table", "l = [[{a = 1}]]\n"),
    ({"": 1}, "toml: Key '' is not a valid table name. Key names cannot be empty.", '"" = 1\n'),
    ({"a": {"": 1}}, "toml: Key 'a.' is not a valid table name. Key names cannot be empty.", '[a]\n  "" = 1\n'),
    (
        {"l": [1, {"b": {"c": None}, "a": 2}]},
        "toml: cannot encode array with mixed element types",
        "l = [1, {a = 2, b = {}}]\n",
    ),
]


@pytest.mark.parametrize(("value", "message", "text"), NEWER)
def test_only_the_later_encoder_can(value: dict[str, Any], message: str, text: str) -> None:
    with pytest.raises(TomlError) as caught:
        toml.dumps(value)
    assert str(caught.value) == message
    assert toml.dumps(value, dialect=3) == text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x", "toml: top-level values must be Go maps or structs"),
        ([1], "toml: top-level values must be Go maps or structs"),
        ({"l": [None]}, "toml: cannot encode array with nil element"),
        ({"l": [1, {"a": [None]}]}, "toml: cannot encode array with nil element"),
        ({"l": [{"a": 1}, 1]}, "toml: cannot encode array with mixed element types"),
        ({"o": object()}, "toml: unsupported type: object"),
    ],
)
def test_neither_can(value: Any, message: str) -> None:
    with pytest.raises(TomlError) as caught:
        toml.dumps(value, dialect=3)
    assert str(caught.value) == message


def test_depth_is_limited() -> None:
    table: dict[str, Any] = {}
    table["self"] = table
    items: list[Any] = []
    items.append(items)
    for value in (table, {"l": items}):
        with pytest.raises(TomlError, match="exceeded max depth"):
            toml.dumps(value)


def test_loads() -> None:
    found = toml.loads('a = 1\nb = 1.5\nc = 2021-02-03\n[d]\ne = [true, "x"]\n')
    assert found == {"a": 1, "b": 1.5, "c": "2021-02-03", "d": {"e": [True, "x"]}}
    assert type(found["a"]) is Int64


@pytest.mark.parametrize("text", ["a = ", "a = 9223372036854775808", "a = " + "[" * 5000 + "]" * 5000, "a = [" * 5000])
def test_refused_text(text: str) -> None:
    with pytest.raises(TomlError, match="toml: "):
        toml.loads(text)


KEYS = st.text(st.sampled_from("ab.c é-_1"), min_size=1, max_size=5)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.sampled_from('ab\n\t"\\é😀'), max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_what_is_written_is_toml(value: dict[str, Any]) -> None:
    try:
        text = toml.dumps(value, dialect=3)
    except TomlError as error:
        text, value = "", {}
        assert "mixed" in str(error)  # noqa: PT017 - a list whose first element is a table must hold tables only
    assert tomllib.loads(text) == value


@pytest.mark.parametrize(
    ("items", "older", "newer"),
    [
        ([1.0, "a", None], "cannot encode array with mixed element types", "cannot encode array with nil element"),
        ([None, 1.0, "a"], "cannot encode array with nil element", "cannot encode array with nil element"),
        ([1.0, "a"], "cannot encode array with mixed element types", "top-level values must be Go maps or structs"),
        ([], "top-level values must be Go maps or structs", "top-level values must be Go maps or structs"),
    ],
)
def test_the_first_fault_is_told(items: list[Any], older: str, newer: str) -> None:
    for dialect, fault in ((2, older), (3, newer)):
        with pytest.raises(TomlError, match=f"^toml: {fault}$"):
            toml.dumps(items, dialect=dialect)


def test_a_time_is_toml_s_own() -> None:
    half_past = Time(1_577_881_800, 5, Fixed("", -3600))
    assert toml.dumps({"t": half_past}) == "t = 2020-01-01T12:30:00Z\n"
