from __future__ import annotations

from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.function import FunctionError

CALL = {name: function.call for name, function in sprig.functions(3).items()}


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("list", (1, "a"), [1, "a"]),
        ("first", ([1, 2],), 1),
        ("first", ([],), None),
        ("last", ([1, 2],), 2),
        ("rest", ([1, 2, 3],), [2, 3]),
        ("initial", ([1, 2, 3],), [1, 2]),
        ("append", ([1], 2), [1, 2]),
        ("prepend", ([1], 2), [2, 1]),
        ("concat", ([1], ["a"], b"\x07"), [1, "a", 7]),
        ("reverse", ([1, 2],), [2, 1]),
        ("compact", ([0, 1, "", "a", None, [], {}, False],), [1, "a"]),
        ("uniq", ([1, 1.0, True, 1, "1", [1], [1], {"a": 1}, {"a": 1}],), [1, 1.0, True, "1", [1], {"a": 1}]),
        ("without", ([1, 2.0, "a", [3]], 2, "a", [3]), [1, 2.0]),
        ("has", (2.0, [1.0, 2.0]), True),
        ("has", (2, [1.0, 2.0]), False),
        ("has", (2, None), False),
        ("slice", ([1, 2, 3],), [1, 2, 3]),
        ("slice", ([1, 2, 3], 1), [2, 3]),
        ("slice", ([1, 2, 3], "1", 2.0), [2]),
        ("slice", ([], 5), None),
        ("chunk", (2, [1, 2, 3]), [[1, 2], [3]]),
        ("chunk", (-5, [1, 2, 3]), []),
        ("chunk", (-5, [1]), [[1]]),
        ("sortAlpha", (["ö", "z", "a"],), ["a", "z", "ö"]),
        ("sortAlpha", (5,), ["5"]),
    ],
)
def test_results(name: str, args: tuple[Any, ...], result: Any) -> None:
    assert CALL[name](*args) == result


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("first", ("text",), "Cannot find first on type string"),
        ("last", ({},), "Cannot find last on type map"),
        ("rest", (1.5,), "Cannot find rest on type float64"),
        ("initial", (True,), "Cannot find initial on type bool"),
        ("append", ("a", 1), "Cannot push on type string"),
        ("prepend", ("a", 1), "Cannot prepend on type string"),
        ("reverse", ("a",), "Cannot find reverse on type string"),
        ("compact", ("a",), "Cannot compact on type string"),
        ("uniq", ("a",), "Cannot find uniq on type string"),
        ("without", ("a", 1), "Cannot find without on type string"),
        ("has", (1, "a"), "Cannot find has on type string"),
        ("slice", ("a",), "list should be type of slice or array but string"),
        ("slice", ([1], 2), "reflect.Value.Slice: slice index out of bounds"),
        ("chunk", (2, "a"), "Cannot chunk type string"),
        ("chunk", (0, [1]), "runtime error: makeslice: len out of range"),
        ("chunk", (-1, [1]), "runtime error: makeslice: len out of range"),
        ("chunk", (-2, []), "runtime error: makeslice: len out of range"),
        ("concat", ([1], "a"), "Cannot concat type string as list"),
        ("first", (None,), "runtime error: invalid memory address or nil pointer dereference"),
    ],
)
def test_refusals(name: str, args: tuple[Any, ...], message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        CALL[name](*args)
    assert str(caught.value) == message


def test_arguments_are_left_alone() -> None:
    mine = [3, 1]
    for name in ("append", "prepend"):
        CALL[name](mine, 5)
    CALL["reverse"](mine)
    CALL["sortAlpha"](mine)
    assert mine == [3, 1]


def test_nil_slices_are_null() -> None:
    assert CALL["toJson"](CALL["rest"]([])) == "null"
    assert CALL["toJson"](CALL["concat"]()) == "null"
    assert CALL["toJson"](CALL["list"]()) == "[]"
    assert not CALL["deepEqual"](CALL["rest"]([]), [])
    assert CALL["typeOf"](CALL["rest"]([])) == "[]interface {}"


def test_many_elements_are_compared_in_time() -> None:
    assert len(CALL["uniq"]([f"n{number % 500}" for number in range(100_000)])) == 500
    maps = [{"a": {"b": float(number)}} for number in range(20_000)]
    assert CALL["uniq"]([*maps, *maps]) == maps
    assert CALL["without"](maps, *maps[1:]) == maps[:1]
