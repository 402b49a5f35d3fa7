from __future__ import annotations

import math
from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.duration import Duration
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.kinds import Int64, Uint64
from helmpy.sprig.numbers import IntList

CALL = {name: function.call for name, function in sprig.functions(3).items()}
CALL2 = {name: function.call for name, function in sprig.functions(2).items()}
LARGEST = (1 << 63) - 1


@pytest.mark.parametrize(
    ("value", "helm2", "helm3"),
    [
        (3.9, 3, 3),
        (-3.9, -3, -3),
        ("12", 12, 12),
        ("012", 12, 10),
        ("0x1F", 0, 31),
        ("1_000", 0, 1000),
        ("0b101", 0, 5),
        ("0o17", 0, 15),
        ("1__0", 0, 0),
        (" 1", 0, 0),
        ("1.5", 0, 0),
        ("9223372036854775808", 0, 0),
        ("0" * 10_000 + "7", 7, 7),
        (True, 1, 1),
        (None, 0, 0),
        ([1], 0, 0),
        (1e30, -(1 << 63), -(1 << 63)),
        (math.nan, -(1 << 63), -(1 << 63)),
        (Uint64(1 << 63), LARGEST, -(1 << 63)),
        (Duration(5), 5, 0),
    ],
)
def test_int64(value: Any, helm2: int, helm3: int) -> None:
    assert [CALL2["int64"](value), CALL["int64"](value)] == [helm2, helm3]
    assert type(CALL["int64"](value)) is Int64
    assert type(CALL["int"](value)) is int


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("0x1p-1", 0.5),
        ("1_0.5", 10.5),
        ("inf", math.inf),
        ("1e999", 0.0),
        ("+nan", 0.0),
        ("_1", 0.0),
        ("1 ", 0.0),
        (True, 1.0),
        (None, 0.0),
        (7, 7.0),
    ],
)
def test_float64(value: Any, result: float) -> None:
    assert CALL["float64"](value) == result


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("add", (1, "2", 3.7), 6),
        ("add", (LARGEST, 1), -(1 << 63)),
        ("add1", (41.0,), 42),
        ("sub", (5, 7), -2),
        ("mul", (2, 3.0, "4"), 24),
        ("mul", (LARGEST, 2), -2),
        ("div", (-7, 2), -3),
        ("mod", (-7, 3), -1),
        ("mod", (7, -3), 1),
        ("max", (1, 9.0, "4"), 9),
        ("max", (5,), 5),
        ("min", (3, 2, 8), 2),
        ("biggest", (3, 5), 5),
        ("maxf", (1, "2.5"), 2.5),
        ("minf", (1, "-inf"), -math.inf),
        ("floor", (-1.5,), -2.0),
        ("ceil", ("1.1",), 2.0),
        ("round", (2.675, 1), 2.7),
        ("round", (1234, -2), 1200.0),
        ("round", (1.45, 0, 0.4), 2.0),
        ("round", (1, 400), math.nan),
        ("atoi", ("7x",), 0),
        ("atoi", ("-99999999999999999999",), -(1 << 63)),
        ("toDecimal", ("755",), 493),
        ("toDecimal", (755,), 493),
        ("toDecimal", ("9",), 0),
        ("until", (3,), [0, 1, 2]),
        ("until", (-2,), [0, -1]),
        ("untilStep", (10, 3, -3), [10, 7, 4]),
        ("untilStep", (0, 5, 0), []),
        ("untilStep", (5, 0, 1), []),
        ("seq", (), ""),
        ("seq", (3,), "1 2 3"),
        ("seq", (-1,), "1 0 -1"),
        ("seq", (2, 4), "2 3 4"),
        ("seq", (4, 2), "4 3 2"),
        ("seq", (0, 5, 10), "0 5 10"),
        ("seq", (9, -4, 0), "9 5 1"),
        ("seq", (9, 4, 0), ""),
        ("seq", (1, 0, 3), ""),
        ("seq", (1, 2, 3, 4), ""),
        ("addf", (0.1, 0.2), 0.3),
        ("add1f", ("0.1",), 1.1),
        ("subf", (0.3, 0.1, 0.1), 0.1),
        ("mulf", (1.1, 1.1), 1.21),
        ("divf", (1, 3), 0.3333333333333333),
        ("divf", (2, -3), -0.6666666666666667),
        ("mulf", (-1e300, 1e300), -math.inf),
    ],
)
def test_arithmetic(name: str, args: tuple[Any, ...], result: Any) -> None:
    found = CALL[name](*args)
    assert found == result or (math.isnan(result) and math.isnan(found))


def test_zero_keeps_its_sign() -> None:
    assert math.copysign(1, CALL["ceil"](-0.5)) == -1


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("div", (1, 0), "runtime error: integer divide by zero"),
        ("mod", (1, "x"), "runtime error: integer divide by zero"),
        ("divf", (1, 0), "decimal division by 0"),
        ("addf", (math.inf,), "Cannot create a Decimal from +Inf"),
        ("randInt", (3, 3), "invalid argument to Intn"),
    ],
)
def test_refusals(name: str, args: tuple[Any, ...], message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        CALL[name](*args)
    assert str(caught.value) == message


def test_lists_of_numbers_are_gos() -> None:
    assert type(CALL["until"](2)) is IntList
    assert CALL["typeOf"](CALL["until"](2)) == "[]int"


@pytest.mark.parametrize("name", ["add", "sub", "mul", "max"])
def test_the_older_arithmetic_reads_text_as_decimal(name: str) -> None:
    assert CALL2[name]("010", "0x2") == {"add": 10, "sub": 10, "mul": 0, "max": 10}[name]
    assert CALL[name]("010", "0x2") == {"add": 10, "sub": 6, "mul": 16, "max": 8}[name]


@pytest.mark.parametrize(
    ("name", "args", "sign"),
    [("maxf", (-0.0, 0.0), 1), ("maxf", (-0.0, -0.0), -1), ("minf", (0.0, -0.0), -1), ("minf", (0.0, 0.0), 1)],
)
def test_minus_zero_is_less_than_zero(name: str, args: tuple[float, ...], sign: float) -> None:
    assert math.copysign(1, CALL[name](*args)) == sign
