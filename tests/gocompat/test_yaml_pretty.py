"""``toYamlPretty``'s YAML: what Helm 4 writes for the same values."""

from __future__ import annotations

import math
from typing import Any

import pytest

from helmpy.gocompat.kinds import Float32, Int64, StringList
from helmpy.gocompat.yaml import MAX_DEPTH, YamlError, load
from helmpy.gocompat.yaml_pretty import dump

SCALARS: list[tuple[Any, str]] = [
    ("", '""'),
    ("plain text", "plain text"),
    ("lorem ipsum " * 10 + "x", "lorem ipsum " * 10 + "x"),
    ("yes", '"yes"'),
    ("a: b", "'a: b'"),
    ("1:30", '"1:30"'),
    ("a\tb", '"a\\tb"'),
    ("\x7f", '"\\x7F"'),
    ("\x80", '"\\x80"'),
    ("\x85", '"\\N"'),
    ("a\nb", "|-\n  a\n  b"),
    ("a\n\tb", "|-\n  a\n  \tb"),
    ("\ta\nb\n", "|\n  \ta\n  b"),
    ("a \nb", '"a \\nb"'),
    ("\udcff", "!!binary /w=="),
    (True, "true"),
    (None, "null"),
    (1.0, "1"),
    (1e6, "1e+06"),
    (12345678.0, "1.2345678e+07"),
    (0.00001, "1e-05"),
    (-0.0, "-0"),
    (math.inf, ".inf"),
    (math.nan, ".nan"),
    (12345678, "12345678"),
    (Int64(5), "5"),
    (Float32(0.1), "0.1"),
    ({}, "{}"),
    ([], "[]"),
]


@pytest.mark.parametrize(("value", "text"), SCALARS)
def test_scalars(value: Any, text: str) -> None:
    assert dump(value) == text + "\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1.0, "x", {"c": "d", "a": [2.0]}]}, "b:\n  - 1\n  - x\n  - a:\n      - 2\n    c: d\n"),
        ({"a": [[]], "b": [{}], "c": {}, "d": None}, "a:\n  - []\nb:\n  - {}\nc: {}\nd: null\n"),
        ([[1.0, [2.0]], []], "- - 1\n  - - 2\n- []\n"),
        ({"a": {"b": {"c": "x\ny\n"}}}, "a:\n  b:\n    c: |\n      x\n      y\n"),
        ({"a": ["x\ny", "  x\ny\n"]}, "a:\n  - |-\n    x\n    y\n  - |2\n      x\n    y\n"),
        ({"a10": 1, "a9": 2, "A": 3}, "A: 3\na9: 2\na10: 1\n"),
        ({"a1-": 1, "a1b": 2}, "a1b: 2\na1-: 1\n"),
        ({"true": 1, "1": 2, "": 3, "a: b": 4}, '"": 3\n"1": 2\n\'a: b\': 4\n"true": 1\n'),
        ({"k" * 129: [1.0], "x\ny": {"b": "c"}}, f"? {'k' * 129}\n: - 1\n? |-\n  x\n  y\n: b: c\n"),
        ({"a": StringList(["x"])}, "a:\n  - x\n"),
    ],
)
def test_layout(value: Any, text: str) -> None:
    assert dump(value) == text
    assert dump(load(text)) == text


def test_bounds() -> None:
    deep: Any = "x"
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(YamlError, match="exceeded max depth"):
        dump(deep)
    with pytest.raises(YamlError, match="exceeded max size"):
        dump(["x" * 1_000_000] * 11)
    with pytest.raises(YamlError, match="json: unsupported type"):
        dump([object()])
