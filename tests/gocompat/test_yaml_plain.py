"""The reader of plain YAML: right, or silent. Whatever it reads, libyaml's events read the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helmpy.gocompat import yaml
from helmpy.gocompat.yaml_plain import Unusual, read

READ: list[tuple[str, Any]] = [
    ("", None),
    ("# nothing\n\n  # at all", None),
    ("---\na: 1", {"a": 1.0}),
    ("a:\nb: ~\nc:   # later\n", {"a": None, "b": None, "c": None}),
    ("a: 1 # one\nb: x#y\nc: #\n", {"a": 1.0, "b": "x#y", "c": None}),
    ("a: yes\nb: 0x1F\nc: 1_000\nd: .5\ne: 2001-02-03\nf: 1:30\n", {"a": True, "b": 31.0, "c": 1000.0, "d": 0.5, "e": "2001-02-03", "f": "1:30"}),
    ("yes: a\n1: b\n1.50: c\n0x10: d\n", {"true": "a", "1": "b", "1.5": "c", "16": "d"}),
    ("a/b.c-d_e: http://x/y?z=1\n", {"a/b.c-d_e": "http://x/y?z=1"}),
    ("\"a b\": 1\n'c # d': 2\n", {"a b": 1.0, "c # d": 2.0}),
    ("a: \"x # y\" # z\nb: 'it: is'\nc: \"\"\n", {"a": "x # y", "b": "it: is", "c": ""}),
    ('a: "1\\n2\\t\\"3\\"\\\\n"\n', {"a": '1\n2\t"3"\\n'}),
    ("a:\n- 1\n- b\n-\nc: 1", {"a": [1.0, "b", None], "c": 1.0}),
    ("a:\n  - x: 1\n    w: 2\n  -   z:\n      - 3\n  -\n    v: 4\n", {"a": [{"x": 1.0, "w": 2.0}, {"z": [3.0]}, {"v": 4.0}]}),
    ("- a: 1\n- \"b\": 2\n- 'c'\n- []\n- {}\n- { } \n- -1\n", [{"a": 1.0}, {"b": 2.0}, "c", [], {}, {}, -1.0]),
    ("a: [x, 'y:&z', \"*\", 1] # list\nb: [ ]\n", {"a": ["x", "y:&z", "*", 1.0], "b": []}),
    ("a: {} # none\n", {"a": {}}),
    ("a: 1\na: 2\n", {"a": 2.0}),
    ("a: |\n  x\n   y\n\n  # z\nb: 1\n", {"a": "x\n y\n\n# z\n", "b": 1.0}),
    ("a: |-\n  x\n\nb: |+\n  y\n\nc: |\n\n  z\n", {"a": "x", "b": "y\n\n", "c": "\nz\n"}),
    ("a: |\n# none\nb:\n- |\n  x\n   \n- z\n", {"a": "", "b": ["x\n \n", "z"]}),
    ("a: some text\n  on two lines\nb:\n- and - more\n  of it\n", {"a": "some text on two lines", "b": ["and - more of it"]}),
    ("# \t one\na: 1\n  #\tb: 2\nb: |\n  # x\ty\n", {"a": 1.0, "b": "# x\ty\n"}),
    ("  a: 1\n  b: 2\n", {"a": 1.0, "b": 2.0}),
    ("ä: ö – ü\n", {"ä": "ö – ü"}),
]  # fmt: skip

UNUSUAL = [
    "a", "- - a\n", "? a\n", "a: &x 1\n", "a: *x\n", "a: !!str 1\n", "<<: {}\n", "a: {b: 1}\n", "a: [b: 1]\n", "a: [[]]\n",
    "a: [x,\n y]\n", "a: [x, ]\n", "a: [x, 'y, z']\n", "'a: b': 1\n", "- c:\n    d\n", "a: [,]\n", "a: [-]\n", "a: >\n  x\n", "a: |2\n  x\n", "a: | # c\n  x\n", "a: |\n  x",
    "a: |\n     \n  x\n", "a: |\n", 'a: "x\n', "a: 'it''s'\n", 'a: "\\x41"\n', 'a: "\\"\n', "a: 'x' y\n", 'a: "x"#y\n', "a: b: c\n",
    "a: b:\n", "a: - b\n", "a: -\n", "a: @b\n", "a: `b`\n", "a: %b\n", "a: ,b\n", "a : 1\n", "a #b: 1\n", "~: 1\n", "\ta: 1\n", "a:\tb\n", "\t# a\nb: 1\n", "a: 1 #\tb\n",
    "a: 1\r\n", "\ufeffa: 1\n", "a: \x7f\n", "a: \xa0\n", "a: \u2028\n", "a: .inf\n", "... a: 1\n", "a: 1\n---\nb: 2\n", "a: 1\n...\n",
    "--- a\n", "---a: 1\n", "a: 1\n b: 2\n", "a: 1\n\n  x\n", "a: x # c\n  y\n", "a: x\n# x\n  y\n", "a: x\n  y: z\n", "a: 1\n- b\n",
    " a: 1\nb: 2\n", "- a\nb: 1\n", "a:\n  - b\n c: 1\n", "a: 'x'\"b\"'y'\n", "- 's'\"a\\nb\"'s'\n", b"a: \xff\n", b"\xff\xfea\x00",
    "a:\n" * 50 + "b", "".join(f"{' ' * depth}a:\n" for depth in range(60)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ)
def test_plain_text_is_read(text: str, value: Any) -> None:
    assert read(text, ints=False) == value
    assert by_events(text, ints=False) == repr(value)


@pytest.mark.parametrize("text", UNUSUAL)
def test_anything_else_is_left_to_others(text: str | bytes) -> None:
    with pytest.raises(Unusual):
        read(text, ints=False)


def test_bytes_and_integers() -> None:
    assert read("ä: 1\nb: 1.0".encode(), ints=True) == {"ä": 1, "b": 1}
    assert repr(yaml.load("a: 1e3", ints=True)) == "{'a': 1000}"
    assert repr(yaml.load("a: 1", ints=False)) == "{'a': 1.0}"


def test_every_answer_is_the_callers_own() -> None:
    text = "a: []\nb: {}\nc: [1]\n"
    read(text, ints=False)["a"].append(1)
    assert read(text, ints=False) == {"a": [], "b": {}, "c": [1.0]}


def by_events(text: str, *, ints: bool) -> str:
    """What the events say, types and order of keys too."""
    try:
        documents = yaml._read(text, 1, ints=ints)
    except yaml.YamlError as error:
        return f"refused: {error}"
    return repr(documents[0] if documents else None)


WORDS = st.sampled_from([
    "a", "b: ", "c:", "- ", "-", " ", "  ", '"', '"x y"', "'", "'y'", "#", " # c", "|", "|-", "|+", ">", "[", "[]", "{}", "{", "]",
    ", ", "[a, 'b']", "?", ": ", ":", "&a ", "*a", "!", "---", "...", "%", "\\", "\\n", '\\"', "\t", "\r", "é", "\u2028", "1", "-1",
    "0x1F", "true", "~", "<<: ", "k: v", "http://a.b", "a b", "=", "\ufeff", "|\n  text", "k:\n  s: 1", "'a' 'b'", '"a\\nb"',
])  # fmt: skip
LINES = st.builds(lambda indent, words: " " * indent + "".join(words), st.integers(0, 6), st.lists(WORDS, max_size=4))
TEXTS = st.builds(
    lambda lines, end: "\n".join(lines) + end, st.lists(LINES, max_size=8), st.sampled_from(["\n", "", "\n\n", "\n  "])
)


@given(TEXTS, st.booleans())
@settings(max_examples=400)
@example("a: 'x'\"b\"'y'", False)
@example("...    ::", False)
@example("a: x\n# x\n  y\n", False)
def test_what_is_read_is_what_the_events_say(text: str, ints: bool) -> None:  # noqa: FBT001 - drawn
    try:
        value = read(text, ints=ints)
    except Unusual:
        return
    assert repr(value) == by_events(text, ints=ints)
    assert repr(yaml.load_all(text, ints=ints)) == repr(yaml._read(text, 0, ints=ints))
