from __future__ import annotations

import json
from typing import Any

import pytest

from helmpy.chart.plain_schema import met
from helmpy.chart.schema import check
from helmpy.chart.values import ValuesError

VALUES: list[Any] = [
    {},
    {"a": 1.0},
    {"a": 1.5},
    {"a": True},
    {"a": "x"},
    {"a": None},
    {"a": [1.0, "x"]},
    {"a": {"b": 3.0}},
    {"a": {"b": "y"}, "c": False},
    {"a": 0.0, "c": ["x"]},
    {"c": {}},
]

PLAIN: list[Any] = [
    True,
    False,
    {},
    {"type": "object", "title": "t", "form": True, "hidden": {"not": 1}},
    {"type": ["object", "null"], "required": ["a"]},
    {"type": "array"},
    *({"properties": {"a": {"type": name}}} for name in ("array", "boolean", "integer", "null", "number", "string")),
    {"properties": {"a": {"type": ["string", "number"]}}},
    {"properties": {"a": {"minimum": 1, "maximum": 1.2}}},
    {"properties": {"a": {"enum": [1, "x", None]}}},
    {"properties": {"a": {"enum": [False, 3]}}},
    {"properties": {"a": {"items": {"type": "string"}}}},
    {"properties": {"a": False}},
    {"properties": {"a": {"properties": {"b": {"type": "number"}}}}, "additionalProperties": False},
    {"properties": {"a": True}, "additionalProperties": {"type": "boolean"}},
    {"properties": {"a": {"oneOf": [{"type": "number"}, {"type": "integer"}]}}},
    {"properties": {"a": {"anyOf": [{"type": "number"}, {"type": "object", "required": ["b"]}]}}},
    {"allOf": [{"required": ["a"]}, {"properties": {"a": {"type": "object"}}}]},
    {"$schema": "http://json-schema.org/draft-07/schema#", "description": "d", "examples": [], "default": 3},
]


@pytest.mark.parametrize("rules", PLAIN, ids=json.dumps)
def test_plain_schemas_are_met_where_the_library_finds_nothing(rules: Any) -> None:
    for value in VALUES:
        assert met(rules, value) == (_library(rules, value) == []), value


def _library(rules: Any, value: Any) -> list[str]:
    """What the library says: a rule that is not plain is put beside the others, one that all values meet."""
    return check(json.dumps({"allOf": [rules, {"not": {"const": "nobody"}}]}), value)


BROKEN: list[Any] = [
    3,
    [],
    {"type": "text"},
    {"type": []},
    {"type": ["string", "string"]},
    {"properties": []},
    {"properties": {"a": 3}},
    {"properties": {"z": {"type": 1}}},
    {"required": "a"},
    {"required": ["a", "a"]},
    {"minimum": "1"},
    {"maximum": True},
    {"enum": "a"},
    {"oneOf": []},
    {"items": 1},
    {"additionalProperties": "no"},
    {"title": 1},
    {"description": []},
    {"examples": {}},
]


@pytest.mark.parametrize("rules", BROKEN, ids=json.dumps)
def test_broken_schemas_are_for_the_library(rules: Any) -> None:
    assert not met(rules, {})
    with pytest.raises(ValuesError, match="unable to validate schema"):
        check(json.dumps(rules), {})


STRANGE: list[Any] = [
    {"$ref": "#/definitions/x", "definitions": {"x": True}},
    {"properties": {"z": {"pattern": "x"}}},
    {"$schema": "http://json-schema.org/draft-04/schema#"},
    {"$schema": "http://json-schema.org/draft-06/schema#"},
    {"items": [{"type": "string"}]},
    {"if": {}, "then": {}},
    {"enum": [[1]]},
    {"properties": {"z": {"format": "ipv4"}}},
]


@pytest.mark.parametrize("rules", STRANGE, ids=json.dumps)
def test_other_schemas_are_for_the_library(rules: Any) -> None:
    assert not met(rules, {})


def test_a_deep_schema_is_for_the_library() -> None:
    rules: Any = True
    for _ in range(100_000):
        rules = {"items": rules}
    assert not met(rules, {})
    while isinstance(rules, dict):  # taken apart from the top: freeing it whole would be as deep
        rules = rules["items"]
