"""values.schema.json."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from helmpy.chart import schema
from helmpy.chart.model import Chart, File, Metadata
from helmpy.chart.values import ValuesError

RULES: list[tuple[dict[str, Any], Any, list[str]]] = [
    ({"type": "integer"}, 3.0, []),
    ({"type": "integer"}, 3.5, ["k: Invalid type. Expected: integer, given: number"]),
    ({"type": ["string", "null"]}, True, ["k: Invalid type. Expected: [string,null], given: boolean"]),
    ({"type": "string"}, None, ["k: Invalid type. Expected: string, given: null"]),
    ({"enum": ["a", 1]}, "b", ['k: k must be one of the following: "a", 1']),
    ({"const": "a"}, "b", ['k: k does not match: "a"']),
    ({"minimum": 3}, 2.0, ["k: Must be greater than or equal to 3"]),
    ({"exclusiveMaximum": 3}, 3.0, ["k: Must be less than 3"]),
    ({"minLength": 2}, "a", ["k: String length must be greater than or equal to 2"]),
    ({"maxItems": 1}, ["a", "b"], ["k: Array must have at most 1 items"]),
    ({"items": {"type": "string"}}, ["a", 1.0], ["k.1: Invalid type. Expected: string, given: integer"]),
    ({"pattern": "^[a-z]+$"}, "A", ["k: Does not match pattern '^[a-z]+$'"]),
    ({"format": "ipv4"}, "1.2.3", ["k: Does not match format 'ipv4'"]),
    ({"required": ["a", "b"]}, {}, ["k: a is required", "k: b is required"]),
    ({"dependencies": {"a": ["b", "c"], "d": ["e"]}}, {"a": 1, "c": 2}, ["k: Has a dependency on b"]),
    (
        {"additionalProperties": False, "properties": {"a": {}}, "patternProperties": {"^x-": {}}},
        {"a": 1.0, "x-b": 1.0, "c": 1.0},
        ["k: Additional property c is not allowed"],
    ),
    ({"additionalProperties": {"type": "string"}}, {"a": 1.0}, ["k.a: Invalid type. Expected: string, given: integer"]),
    (
        {"patternProperties": {"^n": {"type": "number"}}},
        {"n": "1", "m": "1"},
        ["k.n: Invalid type. Expected: number, given: string"],
    ),
    (
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        1.0,
        ["k: Must validate at least one schema (anyOf)", "k: Invalid type. Expected: string, given: integer"],
    ),
    ({"not": {"type": "string"}}, "a", ["k: Must not validate the schema (not)"]),
    ({"$ref": "#/definitions/port"}, 0.0, ["k: Must be greater than or equal to 1"]),
]


@pytest.mark.parametrize(("rule", "value", "complaints"), RULES)
def test_rule(rule: dict[str, Any], value: Any, complaints: list[str]) -> None:
    text = json.dumps({"properties": {"k": rule}, "definitions": {"port": {"minimum": 1}}})
    assert schema.check(text, {"k": value}) == complaints


def chart(name: str, rules: Any, *below: Chart) -> Chart:
    return Chart(
        Metadata(name=name, api_version="v2"),
        dependencies=below,
        files=(File("values.schema.json", json.dumps(rules).encode()),),
    )


def test_every_chart_has_its_paragraph() -> None:
    needs = {"required": ["a"]}
    tree = chart(
        "web",
        {"properties": {"n": {"type": "string"}}},
        chart("db", needs),
        chart("cache", needs),
        Chart(Metadata(name="plain")),
    )
    schema.validate(tree, {"n": "x", "db": {"a": 1.0}, "cache": {"a": 1.0}})
    with pytest.raises(schema.SchemaError) as caught:
        schema.validate(tree, {"n": 1.0, "cache": {"a": 1.0}})
    assert str(caught.value) == (
        "values don't meet the specifications of the schema(s) in the following chart(s):\n"
        "web:\n- n: Invalid type. Expected: string, given: integer\n"
        "db:\n- (root): a is required\n"
    )


def test_long_lists_of_complaints_are_cut() -> None:
    lines = schema.check(
        '{"properties": {"l": {"items": {"type": "string"}}}}',
        {"l": [1.0] * 300},
    )
    assert len(lines) == 101
    assert lines[-1] == "and 200 more"


FAN = {
    "definitions": {"d30": {}} | {f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 4} for n in range(30)},
    "$ref": "#/definitions/d0",
}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "unexpected end of JSON input"),
        ("[]", "neither an object nor a boolean"),
        ('{"type": 1}', "type: 1 is not valid"),
        ('{"$ref": "http://schemas.invalid/x"}', "cannot resolve the reference 'http://schemas.invalid/x'"),
        ('{"$ref": "#"}', "its references go in circles"),
        (json.dumps(FAN), "it follows too many references"),
        ('{"properties": {"k": {"pattern": "("}}}', "error parsing regexp"),
    ],
)
def test_broken_schema(text: str, message: str) -> None:
    with pytest.raises(ValuesError) as caught:
        schema.check(text, {"k": "v"})
    assert str(caught.value).startswith("unable to validate schema: ")
    assert message in str(caught.value)


def test_patterns_take_linear_time() -> None:
    hostile = "^(a+)+$"
    text = json.dumps({"additionalProperties": False, "patternProperties": {hostile: {"pattern": hostile}}})
    assert schema.check(text, {"a": "a" * 5000 + "b", "a" * 5000 + "b": 1.0}) != []


def test_jsonschema_is_loaded_at_need() -> None:
    code = "import sys\nfrom helmpy.chart import schema\nprint('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "False\n"
