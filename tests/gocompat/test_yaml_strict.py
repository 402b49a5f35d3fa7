"""Strict decoding: what its answers are is in tests/broken; here is what may not happen on the way."""

from __future__ import annotations

import pytest

from helmpy.gocompat import shape, yaml
from helmpy.gocompat.yaml_strict import MOST_FAULTS, complaint

SHAPE = shape.struct("p.T", {"a": shape.map_of(shape.anything), "b": shape.list_of(shape.text), "c": shape.boolean})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        ("a: {b: [1, {c: d}], 5: x}\nb: [1, null, x]\nc: on\n", ""),
        ("c: &x {a: 1}\na: {<<: *x, a: 2}\n", ("yaml: unmarshal errors:\n  line 1: cannot unmarshal !!map into bool\n"
         '  line 2: key "a" already set in map')),
        ("a: &x {b: *x}", "yaml: anchor 'x' value contains itself"),
        ("a: &x {<<: *x}", "yaml: anchor 'x' value contains itself"),
        ("a: {[1]: 2}", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string"),
        ("a: {b: {[1]: 2}}", "yaml: invalid map key: []interface {}{1}"),
        ("a: *x", "yaml: unknown anchor 'x' referenced"),
    ],
)  # fmt: skip
def test_complaints(text: str, told: str) -> None:
    assert complaint(text, SHAPE) == told


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (1.5, "1.5"),
        (1e-05, "1e-05"),
        (1234567.5, "1.2345675e+06"),
    ],
)
def test_scalars_become_text(value: object, text: str) -> None:
    assert yaml.text_of(value) == text


def test_so_many_faults_are_told_and_no_more() -> None:
    told = complaint("".join(f"x{number}: 1\n" for number in range(MOST_FAULTS + 7)), SHAPE).splitlines()
    assert len(told) == MOST_FAULTS + 2
    assert told[-1] == "  and 7 more"


def test_a_small_text_that_means_a_large_one_is_refused() -> None:
    lines = ["a:", "  x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"  x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert complaint("\n".join(lines), SHAPE) == "yaml: document contains excessive aliasing"


@pytest.mark.parametrize("text", ["a: " + "[" * 400, "a: " + "{b: " * 400, "a: {x: " + "[" * 240 + "]" * 240 + "}"])
def test_depth_ends_in_a_message(text: str) -> None:
    assert complaint(text, SHAPE) in ("", "yaml: exceeded max depth of 250")


def test_merges_in_merges_end_in_a_message() -> None:
    lines = ["a:", "  x0: &x0 {k0: 1}", *[f"  x{n}: &x{n} {{<<: *x{n - 1}, k{n}: 1}}" for n in range(1, 400)]]
    assert complaint("\n".join(lines), SHAPE) == "yaml: exceeded max depth of 250"


@pytest.mark.parametrize(
    ("text", "doubled"),
    [
        ("a: 1\nb: {c: 1}\n", False),
        ("a: 1\na: 2\n", True),
        ("a: {b: 1, b: 2}\n", True),
        ("- a: 1\n  b: 1\n  a: 2\n", True),
        ('5: 1\n"5": 2\n', True),
        ("a: &x {b: 1}\nc: {<<: *x}\n", True),
    ],
)
@pytest.mark.parametrize("style", ["{}", "--- !!map\n{}"])  # the second is nothing for the reader of usual files
def test_a_key_that_is_set_twice_is_noted(text: str, doubled: bool, style: str) -> None:  # noqa: FBT001 - a parameter of the test
    if text[0] == "-" and style != "{}":
        text = f"a:\n{text}"
    value, found = yaml.load_noting(style.format(text) if style != "{}" else text)
    assert found == doubled
    assert value == yaml.load(text)
