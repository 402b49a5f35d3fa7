"""Checking values against the values.schema.json of a chart and of its subcharts."""

from __future__ import annotations

from _collections_abc import Mapping

from helmpy.chart import plain_schema
from helmpy.chart.model import Chart
from helmpy.chart.values import ValuesError
from helmpy.errors import HelmError
from helmpy.gocompat import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


SCHEMAFILE = "values.schema.json"

_MOST_SHOWN = 100  # complaints about one chart; a broken list of thousands says no more
_MOST_REFERENCES = 100_000  # $ref followed in one check; fans of them grow exponentially
_LONGEST = 500  # characters of one complaint


class SchemaError(ValuesError):
    """Values that a chart's schema refuses."""


def validate(chart: Chart, values: Mapping[str, Any]) -> None:
    """Check coalesced ``values`` against the schemas of ``chart`` and its subcharts.

    Raises SchemaError with every violation listed below its chart's name, as Helm 3 does, and
    ValuesError where a schema itself is broken.
    """
    complaints = list(_complaints(chart, values))
    if complaints:
        raise SchemaError(
            "values don't meet the specifications of the schema(s) in the following chart(s):\n" + "".join(complaints)
        )


def _complaints(chart: Chart, values: Mapping[str, Any]) -> list[str]:
    """Return one paragraph for every chart, from the top down, whose schema is violated."""
    found = []
    schema = next((file.data for file in chart.files if file.name == SCHEMAFILE), None)
    if schema is not None:
        lines = check(schema, values)
        if lines:
            found.append(f"{chart.name}:\n" + "".join(f"- {line}\n" for line in lines))
    for dependency in chart.dependencies:
        below = values.get(dependency.name)
        found += _complaints(dependency, below if isinstance(below, Mapping) else {})
    return found


def check(schema: bytes | str, values: Mapping[str, Any]) -> list[str]:
    """Return what ``values`` violate of a JSON schema. Raises ValuesError for a broken schema.

    Drafts 4, 6 and 7 are known; later ones are read as 7, as Helm 3 does. Nothing is fetched.
    """
    rules = _read(schema)
    if plain_schema.met(rules, values):
        return []
    return _found_by_library(_whole(rules), values)


def _found_by_library(rules: Any, values: Mapping[str, Any]) -> list[str]:
    import jsonschema
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # it ships no types
    from referencing.exceptions import Unresolvable

    kind = _validator(rules)
    try:
        broken = next(kind(kind.META_SCHEMA).iter_errors(rules), None)
        if broken is not None:
            raise ValuesError(f"unable to validate schema: {_where(broken)}: {broken.message}")
        validator = kind(rules, registry=REGISTRY, format_checker=jsonschema.FormatChecker())
        errors = sorted(
            validator.iter_errors(_plain(values)), key=lambda error: [str(part) for part in error.absolute_path]
        )
    except Unresolvable as error:
        raise ValuesError(f"unable to validate schema: cannot resolve the reference {error.ref!r}") from None
    except RecursionError:
        raise ValuesError("unable to validate schema: its references go in circles") from None
    lines = list(dict.fromkeys(line for error in errors for line in _lines(error)))
    shown = [line if len(line) <= _LONGEST else line[:_LONGEST] + "…" for line in lines[:_MOST_SHOWN]]
    return shown if len(lines) <= _MOST_SHOWN else [*shown, f"and {len(lines) - _MOST_SHOWN} more"]


def _validator(rules: Any) -> Any:
    """Return jsonschema's class for the schema's draft, with patterns that are RE2's, not Python's.

    A chart's pattern must not take exponential time, nor must references that fan out.
    """
    import jsonschema
    from jsonschema import validators

    named = rules.get("$schema") if isinstance(rules, dict) else None
    drafts = {"draft-04": jsonschema.Draft4Validator, "draft-06": jsonschema.Draft6Validator}
    kind = next((kind for draft, kind in drafts.items() if draft in str(named)), jsonschema.Draft7Validator)
    followed = 0

    def reference(validator: Any, target: Any, instance: Any, schema: Any) -> Iterator[Any]:
        nonlocal followed
        followed += 1
        if followed > _MOST_REFERENCES:
            raise ValuesError("unable to validate schema: it follows too many references")
        yield from kind.VALIDATORS["$ref"](validator, target, instance, schema)

    extend: Any = validators.extend
    return extend(kind, {"$ref": reference, **_keywords()})


def _keywords() -> dict[str, Any]:
    """Return the keywords of JSON Schema that match patterns."""
    from jsonschema import ValidationError

    def pattern(validator: Any, expected: str, instance: Any, schema: Any) -> Iterator[Any]:
        del schema
        if validator.is_type(instance, "string") and not _search(expected, instance):
            yield ValidationError(f"Does not match pattern '{expected}'")

    def pattern_properties(validator: Any, expected: dict[str, Any], instance: Any, schema: Any) -> Iterator[Any]:
        del schema
        if validator.is_type(instance, "object"):
            for key, rule in expected.items():
                for name, value in instance.items():
                    if _search(key, name):
                        yield from validator.descend(value, rule, path=name, schema_path=key)

    def additional_properties(validator: Any, expected: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if not validator.is_type(instance, "object"):
            return
        for name in _additional(instance, schema):
            if validator.is_type(expected, "object"):
                yield from validator.descend(instance[name], expected, path=name)
            elif not expected:
                yield ValidationError(f"Additional property {name} is not allowed")

    return {"pattern": pattern, "patternProperties": pattern_properties, "additionalProperties": additional_properties}


def _additional(instance: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    return [name for name in instance if name not in known and not any(_search(key, name) for key in patterns)]


def _search(pattern: str, text: str) -> bool:
    from helmpy.gocompat import regex

    try:
        return regex.compile(pattern).search(text)
    except HelmError as error:
        raise ValuesError(f"unable to validate schema: {error}") from None


def _read(schema: bytes | str) -> Any:
    try:
        rules = json.loads(schema)
    except json.JsonError as error:
        raise ValuesError(f"unable to validate schema: {error.message}") from None
    if not isinstance(rules, dict | bool):
        raise ValuesError("unable to validate schema: it is neither an object nor a boolean")
    return rules


def _whole(value: Any) -> Any:
    """Make whole numbers int: a schema's ``minItems`` must be one."""
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """Return values as JSON has them: exact types, whole numbers as int."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not isinstance(value, bool) and value.is_integer():
        return int(value)
    return value


def _where(error: Any) -> str:
    return ".".join(str(part) for part in error.absolute_path) or "(root)"


def _lines(error: Any) -> list[str]:
    """Return one violation, and for alternatives what the likeliest one lacks, as ``where: what``."""
    where = _where(error)
    lines = [f"{where}: {what}" for what in _words(error, where.rpartition(".")[2])]
    if error.context:
        from jsonschema.exceptions import best_match

        closest = best_match(error.context)
        lines += _lines(closest) if closest is not None else []
    return lines


_TYPES = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}


def _words(error: Any, name: str) -> list[str]:
    """Return what is wrong, in Helm 3's words for what they are known for."""
    expected = error.validator_value
    if error.validator == "required":
        return [f"{key} is required" for key in expected if key not in error.instance]
    if error.validator == "dependencies":
        wanted = (key for name, keys in expected.items() if name in error.instance for key in keys)
        return [f"Has a dependency on {key}" for key in wanted if key not in error.instance]
    if error.validator == "type":
        given = _TYPES.get(type(error.instance), "null")
        kinds = expected if isinstance(expected, str) else f"[{','.join(map(str, expected))}]"
        return [f"Invalid type. Expected: {kinds}, given: {given}"]
    if error.validator == "enum":
        return [f"{name} must be one of the following: {', '.join(map(json.dumps, expected))}"]
    if error.validator == "const":
        return [f"{name} does not match: {json.dumps(expected)}"]
    words = _WORDS.get(error.validator)
    return [words.format(expected) if words else str(error.message)]


_WORDS = {
    "minimum": "Must be greater than or equal to {}",
    "maximum": "Must be less than or equal to {}",
    "exclusiveMinimum": "Must be greater than {}",
    "exclusiveMaximum": "Must be less than {}",
    "multipleOf": "Must be a multiple of {}",
    "minLength": "String length must be greater than or equal to {}",
    "maxLength": "String length must be less than or equal to {}",
    "minItems": "Array must have at least {} items",
    "maxItems": "Array must have at most {} items",
    "uniqueItems": "array items must be unique",
    "minProperties": "Must have at least {} properties",
    "maxProperties": "Must have at most {} properties",
    "format": "Does not match format '{}'",
    "oneOf": "Must validate one and only one schema (oneOf)",
    "anyOf": "Must validate at least one schema (anyOf)",
    "not": "Must not validate the schema (not)",
}
