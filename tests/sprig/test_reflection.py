from __future__ import annotations

import math
from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.kinds import Int64, StringList
from helmpy.gocompat.time import Time

CALL = {name: function.call for name, function in sprig.functions(3).items()}


@pytest.mark.parametrize(
    ("value", "go_type", "kind"),
    [
        ("x", "string", "string"),
        (1.0, "float64", "float64"),
        (1, "int", "int"),
        (Int64(1), "int64", "int64"),
        (True, "bool", "bool"),
        (None, "<nil>", "invalid"),
        ([], "[]interface {}", "slice"),
        (StringList(), "[]string", "slice"),
        ({}, "map[string]interface {}", "map"),
        (Time(0), "time.Time", "struct"),
        (Time(0).get("Month"), "time.Month", "int"),
        (CALL["semver"]("1.2.3"), "*semver.Version", "ptr"),
        (CALL["chunk"](1, [1]), "[][]interface {}", "slice"),
    ],
)
def test_types_and_kinds(value: Any, go_type: str, kind: str) -> None:
    assert CALL["typeOf"](value) == go_type
    assert CALL["typeIs"](go_type, value)
    assert CALL["kindOf"](value) == kind
    assert CALL["kindIs"](kind, value)
    assert CALL["typeIsLike"](go_type.removeprefix("*"), value)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ({"a": [1, None]}, {"a": [1, None]}, True),
        ({"a": 1}, {"a": 1.0}, False),
        ({"a": 1}, {"b": 1}, False),
        ([1], [1, 2], False),
        (1, True, False),
        (1, Int64(1), False),
        (["a"], StringList(["a"]), False),
        (math.nan, math.nan, False),
        (None, None, True),
        ("", None, False),
    ],
)
def test_deep_equal(left: Any, right: Any, *, equal: bool) -> None:
    assert CALL["deepEqual"](left, right) is equal


def test_emptiness() -> None:
    assert CALL["default"]("d") == "d"
    assert CALL["default"]("d", 0) == "d"
    assert CALL["default"]("d", math.nan) != "d"
    assert CALL["coalesce"](0, "", [], "c") == "c"
    assert CALL["coalesce"](0) is None
    values: tuple[Any, ...] = (0.0, Int64(0), b"", {}, Time.zero(), " ")
    assert [CALL["empty"](value) for value in values] == [True] * 4 + [False] * 2
    assert [CALL["all"](), CALL["all"](1, 0), CALL["any"](), CALL["any"](0, 1)] == [True, False, False, True]
    assert [CALL["ternary"]("y", "n", test) for test in (True, False)] == ["y", "n"]
    assert CALL["hello"]() == "Hello!"


def test_versions() -> None:
    assert CALL["semverCompare"]("^1.2", "1.4.0")
    two = {name: function.call for name, function in sprig.functions(2).items()}
    assert [
        CALL["kindOf"](CALL["semver"]("1.2.3").get("Major")),
        two["kindOf"](two["semver"]("1.2.3").get("Major")),
    ] == [
        "uint64",
        "int64",
    ]
