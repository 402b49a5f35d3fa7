from __future__ import annotations

from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.function import FunctionError

CALL = {name: function.call for name, function in sprig.functions(3).items()}
CALL2 = {name: function.call for name, function in sprig.functions(2).items()}


def test_making_and_reading() -> None:
    assert CALL["dict"]("a", 1, 2.0, "b", "odd") == {"a": 1, "2": "b", "odd": ""}
    table = {"b": 1, "a": None}
    assert CALL["get"](table, "z") == ""
    assert CALL["hasKey"](table, "a")
    assert list(CALL["keys"](table, {"c": 1})) == ["a", "b", "c"]
    assert CALL["values"](table) == [None, 1]
    assert CALL["pick"](table, "b", "z") == {"b": 1}
    assert CALL["omit"](table, "b") == {"a": None}
    assert CALL["pluck"]("b", table, {}, {"b": 2}) == [1, 2]


def test_changing_in_place() -> None:
    table: dict[str, Any] = {"a": 1}
    assert CALL["set"](table, "b", 2) is table
    assert CALL["unset"](table, "a") is table
    assert CALL["unset"](table, "a") == {"b": 2}


def test_dig() -> None:
    table = {"a": {"b": {"c": 1}}, "n": None}
    assert CALL["dig"]("a", "b", "c", 0, table) == 1
    assert CALL["dig"]("a", "x", "c", 0, table) == 0
    assert CALL["dig"]("n", 0, table) is None


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("a", {}), "dig needs at least three arguments"),
        (("a", "b", 0, {"a": "s"}), "interface conversion: interface {} is string, not map[string]interface {}"),
        (("a", "b", 0, {"a": None}), "interface conversion: interface {} is nil, not map[string]interface {}"),
        (("a", 1, 0, {}), "interface conversion: interface {} is int, not string"),
        (("a", 0, 5), "interface conversion: interface {} is int, not map[string]interface {}"),
    ],
)
def test_dig_refuses(args: tuple[Any, ...], message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        CALL["dig"](*args)
    assert str(caught.value) == message


MERGED: list[tuple[Any, Any, Any, Any, Any, Any]] = [
    # into, given, then merge and mergeOverwrite of sprig 2, of sprig 3
    (1, 2, 1, 2, 1, 2),
    (0, 2, 2, 2, 2, 2),
    ("", "x", "x", "x", "x", "x"),
    (1, 0, 1, 0, 1, 0),
    (1, None, 1, 1, 1, None),
    (None, 1, 1, 1, 1, 1),
    ([1], [2], [1], [2], [1], [2]),
    ({"k": 1}, {"k": 2, "l": 3}, {"k": 1, "l": 3}, {"k": 2, "l": 3}, {"k": 1, "l": 3}, {"k": 2, "l": 3}),
    ("x", {"k": 1}, "x", "x", "x", "x"),
    ("", {"k": 1}, "", "", {"k": 1}, {"k": 1}),
    (None, {"k": 1}, None, None, {"k": 1}, {"k": 1}),
    ({"k": 1}, "x", {"k": 1}, "x", {"k": 1}, "x"),
    ({"k": 1}, [2], {"k": 1}, [2], {"k": 1}, [2]),
]


@pytest.mark.parametrize("case", MERGED)
def test_merging(case: tuple[Any, ...]) -> None:
    into, given, *results = case
    for (calls, name), result in zip(
        [(CALL2, "merge"), (CALL2, "mergeOverwrite"), (CALL, "merge"), (CALL, "mergeOverwrite")], results, strict=True
    ):
        target = {"a": CALL["deepCopy"](into) if into is not None else None}
        assert calls[name](target, {"a": given}) is target
        assert target == {"a": result}


def test_merging_what_is_missing_shares_it() -> None:
    given = {"a": {"b": 1}}
    merged = CALL["merge"]({}, given)
    merged["a"]["b"] = 2
    assert given == {"a": {"b": 2}}


def test_a_map_inside_itself_ends() -> None:
    ring: dict[str, Any] = {}
    ring["self"] = ring
    other: dict[str, Any] = {"self": {"self": {}}}
    CALL["merge"](other, ring)
    CALL["mergeOverwrite"](ring, ring)
    assert CALL["deepEqual"](ring, ring)
    with pytest.raises(FunctionError, match="above the limit"):
        sprig.functions(3, max_size=10_000)["deepCopy"].call(ring)


def test_deep_nesting_is_no_recursion() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50_000):
        deep = {"a": deep}
    copy = CALL["deepCopy"](deep)
    assert copy is not deep
    assert CALL["deepEqual"](copy, deep)
    CALL["merge"](copy, deep)
    while deep:  # taken apart by hand: Python frees nested dicts level by level
        deep, copy = deep["a"], copy["a"]


def test_deep_copy_shares_nothing() -> None:
    source = {"a": [{"b": 1}]}
    copy = CALL["deepCopy"](source)
    copy["a"][0]["b"] = 2
    assert source == {"a": [{"b": 1}]}
    with pytest.raises(FunctionError, match="zero Value"):
        CALL["deepCopy"](None)
