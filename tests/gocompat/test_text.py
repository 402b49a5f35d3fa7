from __future__ import annotations

from typing import Any

import pytest

from helmpy.gocompat import text
from helmpy.gocompat.kinds import GoObject, Int64, StringList, StringMap, Uint8


class Ship(GoObject):
    __slots__ = ()
    go_type = "*port.Ship"
    go_kind = "ptr"

    def __str__(self) -> str:
        return "ship!"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (None, "<nil>"),
        ("a b", "a b"),
        (True, "true"),
        (7, "7"),
        (3.0, "3"),
        (123456.0, "123456"),
        (1234567.0, "1.234567e+06"),
        (0.00001, "1e-05"),
        (-0.0, "-0"),
        (float("inf"), "+Inf"),
        ([1, "x", None, [True]], "[1 x <nil> [true]]"),
        ({"z": 1, "a": {"k": None}}, "map[a:map[k:<nil>] z:1]"),
        (b"ab", "[97 98]"),
        (1.5j, "(0+1.5i)"),
        (Int64(5), "5"),
        (Ship(), "ship!"),
        ([Ship()], "[ship!]"),
    ],
)
def test_sprint(value: Any, printed: str) -> None:
    assert text.sprint(value) == printed
    assert text.sprintf("%v", [value]) == printed


def test_sprint_all_puts_spaces_between_what_is_no_text() -> None:
    assert text.sprint_all([1, 2, "a", 3, "b", "c", None, True]) == "1 2a3b" + "c<nil> true"


def test_sprintln_puts_spaces_everywhere() -> None:
    assert text.sprintln(["a", 1, None]) == "a 1 <nil>\n"


@pytest.mark.parametrize(
    ("value", "name", "kind"),
    [
        (None, "<nil>", "invalid"),
        ("", "string", "string"),
        (True, "bool", "bool"),
        (1, "int", "int"),
        (1.0, "float64", "float64"),
        (Int64(1), "int64", "int64"),
        (Uint8(1), "uint8", "uint8"),
        ([], "[]interface {}", "slice"),
        ({}, "map[string]interface {}", "map"),
        (StringList(), "[]string", "slice"),
        (StringMap(), "map[string]string", "map"),
        (b"", "[]uint8", "slice"),
        (Ship(), "*port.Ship", "ptr"),
    ],
)
def test_types_have_go_names(value: Any, name: str, kind: str) -> None:
    assert text.type_name(value) == name
    assert text.kind_name(value) == kind


def test_keys_sort_as_go_sorts_them() -> None:
    assert text.sorted_keys({"b": 1, "B": 1, "é": 1, "a": 1}) == ["B", "a", "b", "é"]


def test_a_map_inside_itself_is_an_error() -> None:
    loop: dict[str, Any] = {}
    loop["self"] = loop
    with pytest.raises(text.TextTooDeep):
        text.sprint(loop)
    with pytest.raises(text.TextTooDeep):
        text.sprintf("%v", [loop])


def test_maps_inside_each_other_again_and_again_are_stopped() -> None:
    value: dict[str, Any] = {}
    for _ in range(60):
        value = {"a": value, "b": value}
    with pytest.raises(text.TextTooLong):
        text.sprint(value)
