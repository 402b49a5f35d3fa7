"""Reading YAML: values, errors and limits."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import assume, given
from hypothesis import strategies as st

from helmpy.gocompat import yaml_events
from helmpy.gocompat.yaml import MAX_DEPTH, YamlError, dump, load, load_all

SCALARS: list[tuple[str, Any]] = [
    ("yes", True),
    ("y", True),
    ("On", True),
    ("N", False),
    ("OFF", False),
    ("oFf", "oFf"),
    ("nULL", "nULL"),
    ("~", None),
    ("", None),
    ("NULL", None),
    ("12", 12.0),
    ("-0", 0.0),
    ("+7", 7.0),
    ("0777", 511.0),
    ("-0777", -511.0),
    ("0o17", 15.0),
    ("0o8", "0o8"),
    ("08", 8.0),
    ("0x1F", 31.0),
    ("-0x1F", -31.0),
    ("0xg", "0xg"),
    ("0b11", 3.0),
    ("-0b11", -3.0),
    ("0b12", "0b12"),
    ("1_000", 1000.0),
    ("_1", "_1"),
    ("1,000", "1,000"),
    ("1e3", 1000.0),
    ("1E-3", 0.001),
    ("1e", "1e"),
    (".5", 0.5),
    ("1.", 1.0),
    (".", "."),
    (".1_0", 0.1),
    (".1_", ".1_"),
    ("1.5.5", "1.5.5"),
    ("1e400", "1e400"),
    ("18446744073709551615", 1.8446744073709552e19),
    ("0xFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFF"),
    ("12:30:45", "12:30:45"),
    ("2021-02-03", "2021-02-03"),
    ("!!str 1", "1"),
    ('!!int "1"', 1.0),
    ("!!float 1", 1.0),
    ('!!bool "yes"', True),
    ('!!null ""', None),
    ("!!binary aGk=", "hi"),
    ("!!binary /w==", "\ufffd"),
    ("!!timestamp 2021-02-03", "2021-02-03"),
    ("!mine 1", "1"),
    ('"1"', "1"),
    ("'no'", "no"),
    ("<<", "<<"),
    ("=", "="),
    ("Inf", "Inf"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalar(text: str, value: Any) -> None:
    found = load(f"k: {text}")["k"]
    assert (type(found), found) == (type(value), value)


DOCUMENTS: list[tuple[str | bytes, Any]] = [
    ("", None),
    ("# nothing", None),
    ("---\n...", None),
    ("a: 1\n---\nb: [", {"a": 1.0}),
    ("a: 1\na: 2", {"a": 2.0}),
    (
        "1: a\n0x10: b\n1.5: c\n1e6: d\nyes: e\n.inf: f\n1000.0: g",
        dict(zip(["1", "16", "1.5", "1e+06", "true", ".inf", "1000"], "abcdefg", strict=True)),
    ),
    ("a: &x {p: 1}\nb: {q: 2, <<: *x}", {"a": {"p": 1.0}, "b": {"q": 2.0, "p": 1.0}}),
    ("a: &x {p: 1}\nb: {p: 2, <<: *x}", {"a": {"p": 1.0}, "b": {"p": 1.0}}),
    ("a: &x {p: 1}\nb: {<<: *x, p: 2}", {"a": {"p": 1.0}, "b": {"p": 2.0}}),
    (
        "a: &x {p: 1}\nb: &z {p: 3, q: 4}\nc: {<<: [*x, *z]}",
        {"a": {"p": 1.0}, "b": {"p": 3.0, "q": 4.0}, "c": {"p": 1.0, "q": 4.0}},
    ),
    ('"<<": {a: 1}', {"<<": {"a": 1.0}}),
    ("- &k name\n- *k : 1", ["name", {"name": 1.0}]),
    ("&n 1: a\nb: *n", {"1": "a", "b": 1.0}),
    ("a: |\n  x\n  y\nb: >-\n  x\n  y", {"a": "x\ny\n", "b": "x y"}),
    (b"\xff\xfea\x00", "a"),
]


@pytest.mark.parametrize(("text", "value"), DOCUMENTS)
def test_document(text: str | bytes, value: Any) -> None:
    assert load(text) == value


PREFIX = "error converting YAML to JSON: "
ERRORS: list[tuple[str | bytes, str, int]] = [
    ("a: b: c", "yaml: mapping values are not allowed in this context", 1),
    ("a\nb: c", "yaml: line 2: mapping values are not allowed in this context", 2),
    ("a: [1", "yaml: line 1: did not find expected ',' or ']'", 2),
    ("a: @x", "yaml: found character that cannot start any token", 1),
    ("x:\n\t- b", "yaml: line 2: found character that cannot start any token", 2),
    ("a: 1\n- b", "yaml: line 1: did not find expected key", 2),
    ("a: b\nc", "yaml: line 3: could not find expected ':'", 3),
    ('a: "x', "yaml: found unexpected end of stream", 1),
    ("a: \x01", "yaml: control characters are not allowed", 0),
    (b"a: \xff", "yaml: invalid leading UTF-8 octet", 0),
    ("a: *x", "yaml: unknown anchor 'x' referenced", 1),
    ("a: &x [*x]", "yaml: anchor 'x' value contains itself", 1),
    ("a: &x 1\nb: {<<: *x}", "yaml: map merge requires map or sequence of maps as the value", 2),
    ("<<: [1]", "yaml: map merge requires map or sequence of maps as the value", 1),
    ("image: {{ .tag }}", 'yaml: invalid map key: map[interface {}]interface {}{".tag":interface {}(nil)}', 1),
    ("[a, 1]: 1", 'yaml: invalid map key: []interface {}{"a", 1}', 1),
    (
        "a: 1\n~: [b, ~]",
        'Unsupported map key of type: %!s(<nil>), key: <nil>, value: []interface {}{"b", interface {}(nil)}',
        2,
    ),
    ("? &k\n: ~", "Unsupported map key of type: %!s(<nil>), key: <nil>, value: <nil>", 2),
    ("18446744073709551615: x", 'Unsupported map key of type: uint64, key: 0xffffffffffffffff, value: "x"', 1),
    ("a: .inf", "json: unsupported value: +Inf", 1),
    ("a: !!float .nan", "json: unsupported value: NaN", 1),
    ("a: !!int x", "yaml: cannot decode !!str `x` as a !!int", 1),
    ("a: !!int 1.5", "yaml: cannot decode !!float `1.5` as a !!int", 1),
    ("a: !!binary a%", "yaml: !!binary value contains invalid base64 data", 1),
    ("a: !!timestamp soon", "yaml: cannot decode !!str `soon` as a !!timestamp", 1),
    ("a: {{ x }}\nb: : c", "yaml: line 2: mapping values are not allowed in this context", 2),
]


@pytest.mark.parametrize(("text", "message", "line"), ERRORS)
def test_error(text: str | bytes, message: str, line: int) -> None:
    with pytest.raises(YamlError) as caught:
        load(text)
    assert (str(caught.value), caught.value.line) == (PREFIX + message, line)


def test_integers_are_kept_for_kubernetes() -> None:
    found = load("a: 3\nb: 1.5\nc: 1.0\nd: 9223372036854775808\ne: 0x10\nf: 1e21\ng: true", ints=True)
    assert found == {"a": 3, "b": 1.5, "c": 1, "d": 9.223372036854775808e18, "e": 16, "f": 1e21, "g": True}
    assert [type(value) for value in found.values()] == [int, float, int, float, int, float, bool]


def test_all_documents() -> None:
    assert load_all("a: 1\n---\n---\n- b\n...\n", ints=True) == [{"a": 1}, None, ["b"]]
    assert load_all("") == []
    with pytest.raises(YamlError):
        load_all("a: 1\n---\n[")


def test_aliases_are_copies() -> None:
    found = load("a: &x {m: [1]}\nb: *x\nc: {<<: *x}")
    found["b"]["m"].append(2.0)
    found["c"]["m"].append(3.0)
    assert found["a"] == {"m": [1.0]}


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    "text", [nested(100_000), "[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, nested(MAX_DEPTH + 1)]
)
def test_depth_is_limited(text: str) -> None:
    with pytest.raises(YamlError, match="exceeded max depth"):
        load(text)


def test_deepest_allowed() -> None:
    text = nested(MAX_DEPTH)
    assert dump(load(text)).strip() == "- " * (MAX_DEPTH - 1) + "[]"


@pytest.mark.parametrize("pattern", ["[{}]", "{{k: {}}}", "{{<<: [{}]}}"])
def test_alias_bombs_are_refused(pattern: str) -> None:
    lines = ["a0: &a0 {x: 1, y: 2}"]
    for level in range(1, 30):
        aliases = (
            ", ".join([f"*a{level - 1}"] * 9)
            if "k:" not in pattern
            else f"{{a: *a{level - 1}, b: *a{level - 1}, c: *a{level - 1}}}"
        )
        lines.append(f"a{level}: &a{level} {pattern.format(aliases)}")
    with pytest.raises(YamlError, match=r"excessive aliasing|exceeded max depth"):
        load("\n".join(lines))


def test_aliases_cannot_dig_deeper_than_allowed() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, MAX_DEPTH + 2)]
    with pytest.raises(YamlError, match="exceeded max depth"):
        load("\n".join(lines))


def test_many_honest_aliases() -> None:
    found = load("x: &x {a: 1, b: 2, c: 3}\n" + "\n".join(f"k{n}: *x" for n in range(2000)))
    assert found["k1999"] == {"a": 1.0, "b": 2.0, "c": 3.0}


def complaint(text: str | bytes) -> str:
    try:
        load_all(text)
    except YamlError as error:
        return str(error)
    return PREFIX


@given(st.text(max_size=200) | st.binary(max_size=100))
def test_anything_loads_or_is_refused(text: str | bytes) -> None:
    assert complaint(text).startswith(PREFIX)


YAML_LINES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(
            [
                "a: 1",
                "b:",
                "- c",
                "- d: e",
                "f: [g, h]",
                "i: {j: k}",
                "l: |",
                "m n",
                "o: 'p'",
                "? q",
                ": r",
                "# s",
                't: "u"',
                "v: &w x",
                "y: *w",
            ]
        ),
    ),
    max_size=7,
)


@given(YAML_LINES)
def test_structure_agrees_with_pyyaml(lines: list[tuple[int, str]]) -> None:
    assume(sum("&w" in line for _, line in lines) < 2)  # PyYAML refuses a name used twice
    text = "\n".join("  " * indent + line for indent, line in lines)
    try:
        theirs = pyyaml.load(text, pyyaml.BaseLoader)
    except pyyaml.YAMLError:
        with pytest.raises(YamlError):
            load_all(text)
        return
    assert as_strings(load(text)) == as_strings(theirs)


def as_strings(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_strings(item) for item in value]
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else value


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


LOADED = "print('yaml' in sys.modules, 'yaml._yaml' in sys.modules, 'yaml.constructor' in sys.modules)"


@pytest.mark.parametrize(("text", "loaded"), [("a: 1", "False False False"), ("a: &x 1", "True True False")])
def test_no_more_of_pyyaml_is_loaded_than_the_text_needs(text: str, loaded: str) -> None:
    assert run(f"import sys\nfrom helmpy.gocompat.yaml import load\nload({text!r})\n{LOADED}") == loaded


def test_pyyaml_is_whole_for_others() -> None:
    code = """
from helmpy.gocompat.yaml import load, YamlError
load('a: &x 1')
import yaml
from yaml.reader import ReaderError
print(yaml.safe_load('{a: 1}'), yaml.load('[b]', yaml.CSafeLoader), yaml.nodes.ScalarNode is not None, hasattr(yaml, 'nonsense'))
for text in (b'\\x01', b'[', b"'"):
    try:
        yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        print(type(error).__module__, type(error).__name__)
    try:
        load(text)
    except YamlError as error:
        print(error)
"""
    assert run(code).splitlines() == [
        "{'a': 1} ['b'] True False",
        "yaml.reader ReaderError",
        f"{PREFIX}yaml: control characters are not allowed",
        "yaml.parser ParserError",
        f"{PREFIX}yaml: line 1: did not find expected node content",
        "yaml.scanner ScannerError",
        f"{PREFIX}yaml: found unexpected end of stream",
    ]


@pytest.mark.parametrize("before", ["import yaml", "import sys; sys.modules['yaml._yaml'] = None"])
def test_with_pyyaml_already_there_or_without_libyaml(before: str) -> None:
    code = f"{before}\nfrom helmpy.gocompat.yaml import load, YamlError\nprint(load('a: [1, yes]'))\ntry:\n    load('a: b: c')\nexcept YamlError as error:\n    print(error)"
    value, message = run(code).splitlines()
    assert value == "{'a': [1.0, True]}"
    assert message.startswith(f"{PREFIX}yaml: mapping values are not allowed")


def test_threads_may_come_first_all_at_once() -> None:
    code = """
import threading
from helmpy.gocompat.yaml import load
found = []
def both():
    found.append(load('a: &x 1') == {'a': 1.0})
    import yaml
    found.append(yaml.safe_load('1') == 1)
threads = [threading.Thread(target=both) for _ in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(found == [True] * 40)
"""
    assert run(code) == "True"


def test_half_a_character_is_what_go_makes_of_it() -> None:
    assert load("a: \ud800") == {"a": "\ufffd"}


@pytest.mark.parametrize("text", ["a: \udcff", "a" * (yaml_events.MAX_SIZE + 1)])
def test_what_is_no_text_or_too_much(text: str) -> None:
    with pytest.raises(YamlError, match="yaml: "):
        load(text)
