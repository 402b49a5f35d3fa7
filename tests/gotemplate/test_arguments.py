from __future__ import annotations

from typing import Any

import pytest

from helmpy.gocompat.kinds import Float32, Int32, Int64, NamedMap, StringList, StringMap, Uint64
from helmpy.gotemplate.arguments import NIL_POINTER, check_count, constant, fit, param_at
from helmpy.gotemplate.constants import number
from helmpy.gotemplate.errors import ExecError
from helmpy.gotemplate.nodes import BoolNode, NilNode, Node, StringNode

HERE = Node(0)


class Values(NamedMap):
    __slots__ = ()
    go_type = "port.Values"


@pytest.mark.parametrize(
    ("value", "param", "result"),
    [
        (None, "any", None),
        ("a", "string", "a"),
        (Values(a=1), "dict", {"a": 1}),
        ({"a": 1}, "dict:port.Values", {"a": 1}),
        (Values(a=1), "dict:port.Values", {"a": 1}),
        (None, "dict", {}),
        (None, "list", []),
        (None, "strings", StringList()),
        (None, "*port.Ship", None),
        (Int64(1), "int64", 1),
        (None, "reflect.Value", None),
    ],
)
def test_what_fits(value: Any, param: str, result: Any) -> None:
    assert fit(value, param, HERE, loose=False) == result


@pytest.mark.parametrize(
    ("value", "param", "loose", "message"),
    [
        (1, "string", False, "wrong type for value; expected string; got int"),
        (1, "int64", False, "wrong type for value; expected int64; got int"),
        (True, "int", False, "wrong type for value; expected int; got bool"),
        (None, "string", False, "invalid value; expected string"),
        (None, "string", True, "wrong type for value; expected string; got interface {}"),
        (None, "dict", True, "wrong type for value; expected map[string]interface {}; got interface {}"),
        (["a"], "strings", False, "wrong type for value; expected []string; got []interface {}"),
        (StringMap(), "dict", False, "wrong type for value; expected map[string]interface {}; got map[string]string"),
        (None, "time.Time", False, "invalid value; expected time.Time"),
    ],
)
def test_what_does_not(value: Any, param: str, *, loose: bool, message: str) -> None:
    with pytest.raises(ExecError) as caught:
        fit(value, param, HERE, loose=loose)
    assert caught.value.message == message


def test_a_nil_element_is_not_the_same_as_no_value() -> None:
    assert fit(None, "reflect.Value", HERE, loose=True) is NIL_POINTER


@pytest.mark.parametrize(
    ("node", "param", "result"),
    [
        (number(0, "2"), "any", 2),
        (number(0, "2.0"), "int", 2),
        (number(0, "2"), "int64", Int64(2)),
        (number(0, "'a'"), "int32", Int32(97)),
        (number(0, "2"), "uint64", Uint64(2)),
        (number(0, "2"), "float64", 2.0),
        (number(0, "2"), "float32", Float32(2)),
        (BoolNode(0, value=True), "bool", True),
        (StringNode(0, "`a`", "a"), "string", "a"),
        (NilNode(0), "any", None),
        (NilNode(0), "list", []),
    ],
)
def test_constants(node: Node, param: str, result: Any) -> None:
    value = constant(node, param)
    assert value == result
    assert type(value) is type(result)


@pytest.mark.parametrize(
    ("node", "param", "message"),
    [
        (number(0, "1.5"), "int", "expected integer; found 1.5"),
        (number(0, "-1"), "uint64", "expected unsigned integer; found -1"),
        (BoolNode(0, value=True), "float64", "expected float; found true"),
        (number(0, "1"), "bool", "expected bool; found 1"),
        (number(0, "1"), "string", "expected string; found 1"),
        (StringNode(0, '"a"', "a"), "list", 'can\'t handle "a" for arg of type []interface {}'),
        (NilNode(0), "int", "cannot assign nil to int"),
    ],
)
def test_constants_that_do_not_fit(node: Node, param: str, message: str) -> None:
    with pytest.raises(ExecError) as caught:
        constant(node, param)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("params", "index", "param"), [(("a", "...b"), 0, "a"), (("a", "...b"), 5, "b"), (("a", "b"), 1, "b")]
)
def test_the_parameter_an_argument_meets(params: tuple[str, ...], index: int, param: str) -> None:
    assert param_at(params, index) == param


@pytest.mark.parametrize(
    ("params", "written", "piped", "message"),
    [
        (("a", "b"), 1, False, "wrong number of args for f: want 2 got 1"),
        (("a", "b"), 0, True, "wrong number of args for f: want 2 got 1"),
        ((), 1, False, "wrong number of args for f: want 0 got 1"),
        (("a", "...b"), 0, False, "wrong number of args for f: want at least 1 got 0"),
        (("a", "b", "...c"), 0, True, "wrong number of args for f: want at least 2 got 0"),
    ],
)
def test_counts(params: tuple[str, ...], written: int, message: str, *, piped: bool) -> None:
    with pytest.raises(ExecError) as caught:
        check_count("f", params, written, HERE, piped=piped)
    assert caught.value.message == message
