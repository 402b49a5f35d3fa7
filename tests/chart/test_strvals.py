from typing import Any

import pytest

from helmpy.chart import strvals
from helmpy.chart.strvals import StrvalsError
from helmpy.gocompat.kinds import Int64

GIVEN: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("name=ann", {"name": "ann"}),
    ("a=", {"a": ""}),
    ("a=,b=1", {"a": "", "b": 1}),
    ("a=1,", {"a": 1}),
    ("a.b.c=x,a.d=y", {"a": {"b": {"c": "x"}, "d": "y"}}),
    ("a=true,b=FALSE,c=Null,d=0,e=-7,f=+7", {"a": True, "b": False, "c": None, "d": 0, "e": -7, "f": 7}),
    ("a=1.5,b=007,c=0x1,d=1_0,e=yes", {"a": "1.5", "b": "007", "c": "0x1", "d": "1_0", "e": "yes"}),
    ("a=9223372036854775807,b=9223372036854775808", {"a": 2**63 - 1, "b": "9223372036854775808"}),
    ("a={x,2,true}", {"a": ["x", 2, True]}),
    ("a={}", {"a": [""]}),
    ("a={x},b=1", {"a": ["x"], "b": 1}),
    (r"a=x\,y,b\.c=1,d\[0\]=2,e=\{f", {"a": "x,y", "b.c": 1, "d[0]": 2, "e": "{f"}),
    (r"a={x\,y,z}", {"a": ["x,y", "z"]}),
    ("a=b=c,d=e.f[0]", {"a": "b=c", "d": "e.f[0]"}),
    ("a[0]=x", {"a": ["x"]}),
    ("a[2]=x", {"a": [None, None, "x"]}),
    ("a[0].b=1,a[0].c=2,a[1].b=3", {"a": [{"b": 1, "c": 2}, {"b": 3}]}),
    ("a[0][1]=x,a[0][0]=y", {"a": [["y", "x"]]}),
    ("a[0]={x,y}", {"a": [["x", "y"]]}),
    ("a[0]", {"a": []}),
    ("a[0].", {"a": [{}]}),
    ("a[0]=1,a[0].b=2", {"a": [{"b": 2}]}),
    ("=1", {}),
    (".a=1", {}),
    ("a[0].=1", {"a": [{}]}),
    ("ключ=значение", {"ключ": "значение"}),
]


@pytest.mark.parametrize(("text", "expected"), GIVEN)
def test_set_makes_these_values(text: str, expected: dict[str, Any]) -> None:
    assert strvals.parse(text) == expected


BROKEN = [
    ("a", 'key "a" has no value'),
    ("a,b=1", 'key "a" has no value (cannot end with ,)'),
    (",", 'key "" has no value (cannot end with ,)'),
    ("a=1,,b=2", 'key "" has no value (cannot end with ,)'),
    ("a.b", 'key map "a" has no value'),
    ("a.", 'key map "a" has no value'),
    ("a.=1", 'key map "a" has no value'),
    ("a.b.c", 'key map "a" has no value'),
    ("a.b=1,a.c", 'key "c" has no value'),
    ("a.b=1,a.c.d", 'key map "c" has no value'),
    ("a[0].b", 'key "b" has no value'),
    ("a={x", "list must terminate with '}'"),
    ("a={x}y", 'key "y" has no value'),
    ("a[x]=1", 'error parsing index: strconv.Atoi: parsing "x": invalid syntax'),
    ("a[]=1", 'error parsing index: strconv.Atoi: parsing "": invalid syntax'),
    ("a[99999999999999999999]=1", 'error parsing index: strconv.Atoi: parsing "99999999999999999999": value out of range'),
    ("a[", "error parsing index: EOF"),
    ("a[0]b=1", "unexpected data at end of array index: ['b']"),
    ("a[0],b=1", "unexpected data at end of array index: [',' 'b']"),
    ("a[-1]=1", "negative -1 index not allowed"),
    ("a[65537]=1", "index of 65537 is greater than maximum supported index of 65536"),
    ("a[1000000000]=x", "index of 1000000000 is greater than maximum supported index of 65536"),
    ("a=1,a.b=2", 'key "a" is not a map'),
    ("a.b=1,a.b[0]=2", 'key "a.b" is not a list'),
    (".".join("a" * 31) + "=1", "value name nested level is greater than maximum supported nested level of 30"),
    ("a" + "[0]" * 40 + "=1", "value name nested level is greater than maximum supported nested level of 30"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_broken_text_is_named(text: str, message: str) -> None:
    with pytest.raises(StrvalsError) as caught:
        strvals.parse(text)
    assert str(caught.value) == message


def test_later_flags_build_on_earlier_ones() -> None:
    values: dict[str, Any] = {"a": {"b": 1.0}, "list": [1.0, 2.0]}
    strvals.parse_into("a.c=2", values)
    strvals.parse_into("list[1]=x", values)
    assert values == {"a": {"b": 1.0, "c": 2}, "list": [1.0, "x"]}


def test_a_string_flag_guesses_no_types() -> None:
    values: dict[str, Any] = {}
    strvals.parse_into_string("a=true,b=null,c={1,2}", values)
    assert values == {"a": "true", "b": "null", "c": ["1", "2"]}


def test_a_file_flag_takes_the_texts_of_files() -> None:
    values: dict[str, Any] = {}
    strvals.parse_into_file("a=one,b={two,three}", values, lambda name: f"<{name}>")
    assert values == {"a": "<one>", "b": ["<two>", "<three>"]}


def test_integers_are_int64() -> None:
    assert type(strvals.parse("a=5")["a"]) is Int64
