"""Which names, labels and selectors Kubernetes takes, and what it says of others."""

from __future__ import annotations

from typing import Any

from tiller.sandbox.status import Causes

Object = dict[str, Any]

LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")


_DIGITS = frozenset("0123456789")


ALNUM = LOWER | _DIGITS


LETTERS = ALNUM | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
    "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)


_LABEL_1035 = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and "
    "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)


_LABEL_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


_LABEL_NAME = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def _is_label(text: str) -> bool:
    return bool(text) and set(text) <= ALNUM | {"-"} and text[0] != "-" and text[-1] != "-"


def is_subdomain(text: str) -> bool:
    return all(_is_label(part) for part in text.split("."))


def is_qualified(text: str) -> bool:
    return bool(text) and set(text) <= LETTERS | set("-_.") and text[0] in LETTERS and text[-1] in LETTERS


def too_long(limit: int) -> str:
    return f"must be no more than {limit} bytes"


def name_problem(rule: str, name: str) -> str:
    """Why ``name`` breaks ``rule`` (subdomain, label, label1035, segment), or nothing."""
    if rule == "segment":
        bad = next((c for c in "/%" if c in name), "")
        if name in {".", ".."}:
            return f"may not be '{name}'"
        return f"may not contain '{bad}'" if bad else ""
    if rule == "subdomain":
        return too_long(253) if len(name) > 253 else ("" if is_subdomain(name) else SUBDOMAIN)
    if len(name) > 63:
        return too_long(63)
    if rule == "label1035":
        return "" if _is_label(name) and name[0] in LOWER else _LABEL_1035
    return "" if _is_label(name) else _LABEL


def check_qualified(path: str, key: str, causes: Causes) -> None:
    prefix, slash, name = key.rpartition("/")
    if slash and not is_subdomain(prefix):
        causes.invalid(path, key, f"prefix part {SUBDOMAIN}" if prefix else "prefix part must be non-empty")
    if not name:
        causes.invalid(path, key, "name part must be non-empty")
    elif len(name) > 63:
        causes.invalid(path, key, f"name part {too_long(63)}")
    elif not is_qualified(name):
        causes.invalid(path, key, _LABEL_NAME)


def check_labels(path: str, labels: Any, causes: Causes) -> None:
    for key, value in (labels or {}).items():
        check_qualified(path, key, causes)
        if len(value) > 63:
            causes.invalid(path, value, too_long(63))
        elif value and not is_qualified(value):
            causes.invalid(path, value, _LABEL_VALUE)


def check_selector(path: str, selector: Object, causes: Causes) -> None:
    check_labels(f"{path}.matchLabels", selector.get("matchLabels"), causes)
    operators = ("In", "NotIn", "Exists", "DoesNotExist")
    for i, e in enumerate(selector.get("matchExpressions") or ()):
        where = f"{path}.matchExpressions[{i}]"
        operator = e.get("operator", "")
        if operator not in operators:
            causes.invalid(f"{where}.operator", operator, "not a valid selector operator")
        elif operator in {"In", "NotIn"} and not e.get("values"):
            causes.required(f"{where}.values", "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in {"Exists", "DoesNotExist"} and e.get("values"):
            causes.forbidden(f"{where}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
