"""JSON in Go's words and forms."""

from __future__ import annotations

import json as standard
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy.gocompat import json
from helmpy.gocompat.json import JsonError, Struct
from helmpy.gocompat.kinds import Float32, Int64, StringMap

VALUES: list[tuple[Any, str]] = [
    (None, "null"),
    (True, "true"),
    (1.0, "1"),
    (-0.0, "-0"),
    (1e20, "100000000000000000000"),
    (1e21, "1e+21"),
    (1e-6, "0.000001"),
    (1e-7, "1e-7"),
    (1.5e-10, "1.5e-10"),
    (123456.789, "123456.789"),
    (467091300279313472.0, "467091300279313500"),
    (2**70, "1180591620717411303424"),
    (Int64(4), "4"),
    (Float32(0.1), "0.1"),
    ("<a&b>", '"\\u003ca\\u0026b\\u003e"'),
    ("\u2028\u2029", '"\\u2028\\u2029"'),
    ('"\\/\n\r\t\b\f\x01\x7f', '"\\"\\\\/\\n\\r\\t\\b\\f\\u0001\x7f"'),
    ("é😀", '"é😀"'),
    ("a\udcffb\ufffd<", '"a\\ufffdb\ufffd\\u003c"'),
    (b"hi", '"aGk="'),
    ({"b": [1.0, {}], "a": []}, '{"a":[],"b":[1,{}]}'),
    ({"B": 1, "a": 2, "10": 3, "2": 4}, '{"10":3,"2":4,"B":1,"a":2}'),
    (Struct(name="x", age=1), '{"name":"x","age":1}'),
    (StringMap(k="v"), '{"k":"v"}'),
    ((1, 2), "[1,2]"),
]


@pytest.mark.parametrize(("value", "text"), VALUES)
def test_dumps(value: Any, text: str) -> None:
    assert json.dumps(value) == text


def test_the_older_go_spells_two_escapes_out() -> None:
    assert json.dumps("a\b\f\\b", dialect=3) == '"a\\u0008\\u000c\\\\b"'


def test_pretty() -> None:
    assert json.dumps_pretty({"a": [1.0, {"b": "<"}], "c": {}, "d": []}) == (
        '{\n  "a": [\n    1,\n    {\n      "b": "\\u003c"\n    }\n  ],\n  "c": {},\n  "d": []\n}'
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "json: unsupported value: NaN"),
        ([float("-inf")], "json: unsupported value: -Inf"),
        ({"a": object()}, "json: unsupported type: object"),
    ],
)
def test_unsupported(value: Any, message: str) -> None:
    with pytest.raises(JsonError) as caught:
        json.dumps(value)
    assert str(caught.value) == message


READ: list[tuple[str | bytes, Any]] = [
    (" [1, -0.5e1, true, null] ", [1.0, -5.0, True, None]),
    ('{"a":1,"a":{"b":"\\u00e9\\ud83d\\ude00\\/"}}', {"a": {"b": "é😀/"}}),
    ('"\\ud800x"', "\ufffdx"),
    (b'{"\xff":"\xe2\x82"}', {"\ufffd": "\ufffd\ufffd"}),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_loads(text: str | bytes, value: Any) -> None:
    assert json.loads(text) == value


FAULTS: list[tuple[str | bytes, str]] = [
    ("", "unexpected end of JSON input"),
    ('{"a":1,', "unexpected end of JSON input"),
    ('"a', "unexpected end of JSON input"),
    ("[1,]", "invalid character ']' looking for beginning of value"),
    ("[1 2]", "invalid character '2' after array element"),
    ('{"a" 1}', "invalid character '1' after object key"),
    ('{"a":1 "b"', "invalid character '\"' after object key:value pair"),
    ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
    ("{} x", "invalid character 'x' after top-level value"),
    ("01", "invalid character '1' after top-level value"),
    ("nul", "invalid character ' ' in literal null (expecting 'l')"),
    ("-", "invalid character ' ' in numeric literal"),
    ("1.x", "invalid character 'x' after decimal point in numeric literal"),
    ("1e+", "invalid character ' ' in exponent of numeric literal"),
    ('"\\q"', "invalid character 'q' in string escape code"),
    ('"\\u12x4"', "invalid character 'x' in \\u hexadecimal character escape"),
    ('"a\nb"', "invalid character '\\n' in string literal"),
    ("'a'", "invalid character '\\'' looking for beginning of value"),
    ("NaN", "invalid character 'N' looking for beginning of value"),
    ("-Infinity", "invalid character 'I' in numeric literal"),
    ("é", "invalid character 'Ã' looking for beginning of value"),
    ("\x00", "invalid character '\\x00' looking for beginning of value"),
    ("1e400", "json: cannot unmarshal number 1e400 into Go value of type float64"),
    ("[1e400", "unexpected end of JSON input"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_fault(text: str | bytes, message: str) -> None:
    with pytest.raises(JsonError) as caught:
        json.loads(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000,
        "[" * (json.MAX_DEPTH + 1) + "]" * (json.MAX_DEPTH + 1),
    ],
)
def test_depth_is_limited(text: str) -> None:
    with pytest.raises(JsonError):
        json.loads(text)


def test_brackets_in_strings_and_wide_lists_are_not_depth() -> None:
    assert json.loads("[" + ",".join(["[]"] * 500) + "]") == [[]] * 500
    assert json.loads('["' + "[" * 500 + '\\"{"]') == ["[" * 500 + '"{']


def test_what_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    wide: Any = [1.0] * 100
    for _ in range(6):
        wide = [wide] * 100
    for value in (endless, wide):
        with pytest.raises(JsonError, match="exceeded max"):
            json.dumps_pretty(value)


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(ANY)
def test_round_trip(value: Any) -> None:
    assert json.loads(json.dumps(value)) == value
    assert json.loads(json.dumps_pretty(value)) == value
    assert standard.loads(json.dumps(value), parse_int=float) == value


@given(st.text(max_size=30) | st.text(st.sampled_from('{}[]",:0123456789.-+eE\\utrfalsn \n'), max_size=20))
def test_accepts_what_the_standard_library_accepts(text: str) -> None:
    def constant(name: str) -> Any:
        raise ValueError(name)

    def number(digits: str) -> float:
        return float(digits) if abs(float(digits)) < 1e308 else constant(digits)

    try:
        standard.loads(text, parse_constant=constant, parse_float=number, parse_int=number)
    except ValueError:
        with pytest.raises(JsonError):
            json.loads(text)
    else:
        json.loads(text)


def test_faults_need_no_module_that_nobody_loaded() -> None:
    script = (
        "from helmpy.gocompat.json import JsonError, loads\n"
        "for text in ('{', '\"a', '{\"a\" 1}', '[1,', '\"\\\\u12', ''):\n"
        "    try:\n        loads(text)\n"
        "    except JsonError:\n        print('told')\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "told\n" * 6
