"""Plain JSON schemas, checked without the library, which takes longer to import than charts to render.

Plain is a schema of types, properties, items, bounds and alternatives: nearly all that charts have.
The answer here is yes or "don't know"; what is wrong, and everything that is not plain, is for the
library (see ``schema``). Rules: JSON Schema draft 7, its meta-schema too.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

# Keywords of drafts 4 to 7 whose meaning is not known here. What no draft knows is ignored, as anywhere.
_STRANGE = frozenset(
    {
        *("$id", "$ref", "additionalItems", "const", "contains", "contentEncoding", "contentMediaType"),
        *("definitions", "dependencies", "else", "exclusiveMaximum", "exclusiveMinimum", "format", "id", "if"),
        *("maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties", "multipleOf", "not"),
        *("pattern", "patternProperties", "propertyNames", "readOnly", "then", "uniqueItems", "writeOnly"),
    }
)


class _NotPlain(Exception):
    """The library has to look."""


def met(rules: Any, value: Any) -> bool:
    """Whether a schema is well formed and plain, and ``value`` meets it; False says nothing at all."""
    try:
        _check_form(rules)
        return _meets(rules, value)
    except (_NotPlain, RecursionError):
        return False


# --- the schema itself ---------------------------------------------------------------------------


def _check_form(rules: Any) -> None:
    """Raise _NotPlain unless the schema is one that is understood here, in all its parts."""
    if isinstance(rules, bool):
        return
    if not isinstance(rules, dict) or not _STRANGE.isdisjoint(rules):
        raise _NotPlain
    for keyword, rule in rules.items():
        right = _FORMS.get(keyword)
        if right is not None and not right(rule):
            raise _NotPlain


def _all_right(parts: Iterable[Any]) -> bool:
    for part in parts:
        _check_form(part)
    return True


def _is_schema(rule: Any) -> bool:
    return _all_right((rule,))


def _is_text(rule: Any) -> bool:
    return isinstance(rule, str)


def _is_number(rule: Any) -> bool:
    return isinstance(rule, int | float) and not isinstance(rule, bool)


def _is_list_of_texts(rule: Any) -> bool:
    return isinstance(rule, list) and all(isinstance(item, str) for item in rule) and len(set(rule)) == len(rule)


def _is_type(rule: Any) -> bool:
    names = [rule] if isinstance(rule, str) else rule
    return _is_list_of_texts(names) and bool(names) and all(name in _TYPES for name in names)


def _are_alternatives(rule: Any) -> bool:
    return isinstance(rule, list) and bool(rule) and _all_right(rule)


_FORMS: dict[str, Callable[[Any], bool]] = {
    "$comment": _is_text,
    "$schema": lambda rule: isinstance(rule, str) and "draft-04" not in rule and "draft-06" not in rule,
    "additionalProperties": _is_schema,
    "allOf": _are_alternatives,
    "anyOf": _are_alternatives,
    "description": _is_text,
    "enum": lambda rule: isinstance(rule, list) and not any(isinstance(item, dict | list) for item in rule),
    "examples": lambda rule: isinstance(rule, list),
    "items": _is_schema,
    "maximum": _is_number,
    "minimum": _is_number,
    "oneOf": _are_alternatives,
    "properties": lambda rule: isinstance(rule, dict) and _all_right(rule.values()),
    "required": _is_list_of_texts,
    "title": _is_text,
    "type": _is_type,
}


# --- a value -------------------------------------------------------------------------------------


_TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list | tuple),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _is_number(value) and value == value // 1,
    "null": lambda value: value is None,
    "number": _is_number,
    "object": lambda value: isinstance(value, dict),
    "string": _is_text,
}


def _meets(rules: Any, value: Any) -> bool:
    if isinstance(rules, bool):
        return rules
    for keyword, rule in rules.items():
        check = _CHECKS.get(keyword)
        if check is not None and not check(rule, value):
            return False
    if isinstance(value, dict):
        return _object_meets(rules, value)
    return True


def _object_meets(rules: dict[str, Any], value: dict[str, Any]) -> bool:
    known = rules.get("properties", {})
    more = rules.get("additionalProperties", True)
    for name, item in value.items():
        rule = known.get(name, more)
        if rule is not True and not _meets(rule, item):
            return False
    return True


def _has_type(rule: Any, value: Any) -> bool:
    return _TYPES[rule](value) if isinstance(rule, str) else any(_TYPES[name](value) for name in rule)


def _is_one_of(rule: list[Any], value: Any) -> bool:
    return any(item == value and isinstance(item, bool) == isinstance(value, bool) for item in rule)


_CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "allOf": lambda rule, value: all(_meets(one, value) for one in rule),
    "anyOf": lambda rule, value: any(_meets(one, value) for one in rule),
    "enum": _is_one_of,
    "items": lambda rule, value: not isinstance(value, list | tuple) or all(_meets(rule, item) for item in value),
    "maximum": lambda rule, value: not _is_number(value) or value <= rule,
    "minimum": lambda rule, value: not _is_number(value) or value >= rule,
    "oneOf": lambda rule, value: sum(_meets(one, value) for one in rule) == 1,
    "required": lambda rule, value: not isinstance(value, dict) or all(name in value for name in rule),
    "type": _has_type,
}
