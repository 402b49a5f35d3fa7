"""Writing YAML: style of scalars, order of keys, layout, limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy.gocompat.json import Struct
from helmpy.gocompat.kinds import Float32, Int64, NamedMap, StringList
from helmpy.gocompat.yaml import MAX_DEPTH, YamlError, dump, load

LONG = "lorem ipsum " * 10

SCALARS: list[tuple[Any, str]] = [
    ("", '""'),
    ("plain text", "plain text"),
    ("a:b", "a:b"),
    ("a: b", "'a: b'"),
    ("a:", "'a:'"),
    (":a", ":a"),
    ("a#b", "a#b"),
    ("a #b", "'a #b'"),
    ("#a", "'#a'"),
    ("-", "'-'"),
    ("-a", "-a"),
    ("- a", "'- a'"),
    ("?", "'?'"),
    ("?a", "?a"),
    ("--- a", "'--- a'"),
    ("....", "'....'"),
    ("{a}", "'{a}'"),
    ("[", "'['"),
    ("*a", "'*a'"),
    ("it's", "it's"),
    ("'", "''''"),
    ('"', "'\"'"),
    ("%a", "'%a'"),
    ("a%", "a%"),
    (" a", "' a'"),
    ("a ", "'a '"),
    ("<<", "<<"),
    ("true", '"true"'),
    ("y", '"y"'),
    ("oN", "oN"),
    ("null", '"null"'),
    ("~", '"~"'),
    ("12", '"12"'),
    ("1.5", '"1.5"'),
    ("1e3", '"1e3"'),
    ("0x1F", '"0x1F"'),
    ("0xg", "0xg"),
    (".5", '".5"'),
    ("1_0", '"1_0"'),
    ("1:30", '"1:30"'),
    ("-1:30.5", '"-1:30.5"'),
    ("1:99", "1:99"),
    ("0.0.0.0:1100", "0.0.0.0:1100"),
    ("1.2.3", "1.2.3"),
    ("2021-02-03", '"2021-02-03"'),
    ("2021-2-3", '"2021-2-3"'),
    ("2021-02-30", "2021-02-30"),
    ("2020-02-29", '"2020-02-29"'),
    ("2021-02-03T04:05:06Z", '"2021-02-03T04:05:06Z"'),
    ("2021-02-03 04:05:06.7", '"2021-02-03 04:05:06.7"'),
    ("2021-02-03T04:05:06+01:00", '"2021-02-03T04:05:06+01:00"'),
    ("2021-02-03T04:05:06", "2021-02-03T04:05:06"),
    ("a\tb", '"a\\tb"'),
    ("a\\b", "a\\b"),
    ("\x01\x1b", '"\\x01\\e"'),
    ("é", "é"),
    ("\xa0", "\xa0"),
    ("😀", '"\\U0001F600"'),
    ("a\u2028b", "'a\u2028  b'"),
    ("\ufeffa b", '"\\uFEFF\\x61\\x20\\x62"'),
    ("a\x85b", "a b"),
    ("a\x85\x85b", "|-\n  a\n  b"),
    ("\ud800", "\ufffd"),
    ("a\nb", "|-\n  a\n  b"),
    ("a\nb\n", "|\n  a\n  b"),
    ("a\n\n", "|+\n  a\n"),
    ("\n", "|2+\n"),
    (" a\nb", "|2-\n   a\n  b"),
    ("a \nb", '"a \\nb"'),
    ("a\nb ", '"a\\nb "'),
    ("a\n b", "|-\n  a\n   b"),
    ("a\tb\nc", '"a\\tb\\nc"'),
    (None, "null"),
    (True, "true"),
    (False, "false"),
    (1.0, "1"),
    (-0.0, "0"),
    (1234567.0, "1234567"),
    (1234567.5, "1.2345675e+06"),
    (123456.5, "123456.5"),
    (0.0001, "0.0001"),
    (0.00001, "1e-05"),
    (1e20, "1e+20"),
    (1e21, "1e+21"),
    (2.0**53, "9007199254740992"),
    (-4.670913002793135e17, "-467091300279313500"),
    (7, "7"),
    (2**64 - 1, "18446744073709551615"),
    (2**64, "1.8446744073709552e+19"),
    (Int64(5), "5"),
    (Float32(0.1), "0.1"),
    (b"hi", "aGk="),
    ({}, "{}"),
    ([], "[]"),
    (StringList(["a"]), "- a"),
    (NamedMap(b=1), "b: 1"),
]


@pytest.mark.parametrize(("value", "text"), SCALARS)
def test_root_value(value: Any, text: str) -> None:
    assert dump(value) == text + "\n"
    assert dump(value, dialect=3) == text + "\n"


LAYOUTS: list[tuple[Any, str]] = [
    ({"a": {"b": [1.0, {"c": "d", "e": []}]}, "f": {}}, "a:\n  b:\n  - 1\n  - c: d\n    e: []\nf: {}\n"),
    ([[1.0, [2.0]], [], {"a": [[3.0]]}], "- - 1\n  - - 2\n- []\n- a:\n  - - 3\n"),
    (
        {"a": "x\ny\n", "b": ["p\nq"], "c": {"d": " l\nx"}},
        "a: |\n  x\n  y\nb:\n- |-\n  p\n  q\nc:\n  d: |2-\n     l\n    x\n",
    ),
    ({"true": 1.0, "": 2.0, "a: b": 3.0, "1": 4.0, "é": 5.0}, '"": 2\n"1": 4\n\'a: b\': 3\n"true": 1\né: 5\n'),
    ({"a\nb": 1.0}, "? |-\n  a\n  b\n: 1\n"),
    ({"a\nb": [{"c": 1.0}]}, "? |-\n  a\n  b\n: - c: 1\n"),
    ({"k" * 129: {"a": 1.0}}, "? " + "k" * 129 + "\n: a: 1\n"),
    ({"k" * 128: 1.0}, "k" * 128 + ": 1\n"),
    ({"a": LONG + "end"}, "a: " + ("lorem ipsum " * 6) + "lorem ipsum\n  " + ("lorem ipsum " * 3) + "end\n"),
    ({"a": LONG}, "a: '" + ("lorem ipsum " * 6) + "lorem\n  ipsum " + ("lorem ipsum " * 3) + "'\n"),
    ({"a": "\t" + LONG}, 'a: "\\t' + ("lorem ipsum " * 6) + "lorem\n  ipsum " + ("lorem ipsum " * 3) + '"\n'),
    ({"a": "\t" + "x" * 80 + "   y"}, 'a: "\\t' + "x" * 80 + '\n  \\  y"\n'),
    ({"a": "x" * 80 + "  y z"}, "a: " + "x" * 80 + "  y\n  z\n"),
]


@pytest.mark.parametrize(("value", "text"), LAYOUTS)
def test_layout(value: Any, text: str) -> None:
    assert dump(value) == text
    assert load(text) == value


def test_keys_sort_naturally() -> None:
    keys = ["_", "1", "B", "a", "a-b", "a1", "a2", "a02", "a10", "a10b", "ab", "b", "é"]
    written = [line[:-3].strip('"') for line in dump(dict.fromkeys(reversed(keys), 1.0)).splitlines()]
    assert written == keys


def test_letters_and_dashes_sort_by_code_point() -> None:
    assert dump({"ab": 1.0, "a-b": 1.0, "a.b": 1.0, "a/b": 1.0, "Z": 1.0}) == "Z: 1\na-b: 1\na.b: 1\na/b: 1\nab: 1\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("inf"), "json: unsupported value: +Inf"),
        ({"a": float("nan")}, "json: unsupported value: NaN"),
        ("\x7f", "control characters are not allowed"),
        ("a\ufffe", "control characters are not allowed"),
        ({"a\x85b": 1}, "did not find expected"),
        ([object()], "json: unsupported type"),
    ],
)
def test_refused(value: Any, message: str) -> None:
    with pytest.raises(YamlError) as caught:
        dump(value)
    assert message in str(caught.value)


def test_depth_and_size_are_limited() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    endless: dict[str, Any] = {}
    endless["self"] = endless
    wide: Any = ["x"] * 100
    for _ in range(6):
        wide = [wide] * 100
    for value, what in ((deep, "depth"), (endless, "depth"), (wide, "size")):
        with pytest.raises(YamlError, match=f"exceeded max {what}"):
            dump(value)
    assert MAX_DEPTH < 1000


def test_objects_answer_for_themselves() -> None:
    class Version:
        def json_value(self) -> str:
            return "1.10"

    class Person:
        def json_value(self) -> Struct:
            return Struct(name="Jo", aliases=[], at=Version())

    assert dump({"v": Version(), "l": [Version()]}) == 'l:\n- "1.10"\nv: "1.10"\n'
    assert dump({"k": Person(), "e": Struct()}) == 'e: {}\nk:\n  aliases: []\n  at: "1.10"\n  name: Jo\n'
    assert dump([Person()]) == '- aliases: []\n  at: "1.10"\n  name: Jo\n'


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(0x7F, 0xA0))) + "\ufffe\uffff"),
    max_size=40,
) | st.text(st.sampled_from("ab 1:.#-?'\"\n\t,[]{}&*!|>%@`~\\é"), max_size=100)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number or 0.0)
    | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXT.filter(lambda key: key != "<<"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_reads_back(value: Any) -> None:
    assert load(dump(value)) == value
    assert load(dump(value, dialect=3)) == value
