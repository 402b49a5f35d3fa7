"""What may help a person whose template failed, beside the words of Go: which values it was about.

Only what stands in the message, in the source line and in the values is looked at; where they do
not tell enough there is no hint. Texts among the values are never shown: one may be a password.
"""

from __future__ import annotations

from itertools import islice

from helmpy.gocompat.text import sprint, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from helmpy.gotemplate import TemplateError

_PATH_ENDS = frozenset(" \t\r\n|(){}\"`',;")
_ABOUT_TYPES = (
    "wrong type for value",
    "invalid value; expected",
    "incompatible types for comparison",
    "can't iterate over",
    "can't index item",
    "len of nil pointer",
    "of untyped nil",
)
_SECRET = ("pass", "secret", "token", "key", "credential")
_MOST_KEYS = 12
_MOST_NAMES = 1000
_LONGEST_NAME = 100
_UNDEFINED = 'function "'


def execution_hint(error: TemplateError, root: Mapping[str, Any]) -> str:
    """Return a hint for a template that failed with ``root`` for the root's dot, "" for none."""
    message = str(error)
    found = _paths(_blamed(message) or "") or _paths(_before(error))[-1:]
    if "nil pointer evaluating" in message or "can't evaluate field" in message:
        return next((said for path in found if (said := _first_missing(path, root))), "")
    if any(words in message for words in _ABOUT_TYPES):
        return "\n".join(dict.fromkeys(said for path in found if (said := _shown(path, root))))
    return ""


def parse_hint(message: str, functions: Iterable[str]) -> str:
    """Return the functions whose names are like one that is not defined."""
    before, found, name = message.partition(_UNDEFINED)
    name, closed, rest = name.partition('"')
    if not (before and found and closed and rest.startswith(" not defined")):
        return ""
    close = _close(name, functions)
    return f"did you mean {' or '.join(close)}?" if close else ""


def _blamed(message: str) -> str | None:
    """The expression that the innermost ``at <…>:`` names."""
    at = message.rfind(" at <")
    end = message.find(">: ", at)
    return message[at + 5 : end] if 0 <= at < end else None


def _before(error: TemplateError) -> str:
    """What the action of the fault holds before it, on the fault's line."""
    line = error.source_line.encode("utf-8", "surrogatepass")[: max(error.column, 0)].decode("utf-8", "replace")
    return line[line.rfind("{{") + 2 :] if "{{" in line else ""


def _paths(text: str) -> list[str]:
    """The ``.Values.a.b`` in an expression, in order."""
    found = []
    at = text.find(".Values.")
    while at >= 0:
        end = at + 1
        while end < len(text) and text[end] not in _PATH_ENDS:
            end += 1
        if not at or text[at - 1] in _PATH_ENDS or text[at - 1] == "$":
            found.append(text[at:end].rstrip("."))
        at = text.find(".Values.", end)
    return found


def _first_missing(path: str, root: Mapping[str, Any]) -> str:
    """Say where on the way down a path there is no table."""
    keys = path.split(".")[1:]
    value: Any = root
    for depth, key in enumerate(keys):
        if not isinstance(value, dict):
            here = "." + ".".join(keys[:depth])
            return f"{here} is {'null' if value is None else _described(here, value)}, not a table"
        if not dict.__contains__(value, key):
            here = "." + ".".join(keys[:depth])
            close = _close(key, map(str, value))
            likely = f"; did you mean {' or '.join(close)}?" if close else _listed(value)
            return f"{here} has no {key}{likely}"
        value = dict.__getitem__(value, key)
    return ""


def _listed(table: Mapping[str, Any]) -> str:
    keys = sorted(map(str, table))
    if not keys:
        return ", it is empty"
    more = ", …" if len(keys) > _MOST_KEYS else ""
    return f"; it has {', '.join(keys[:_MOST_KEYS])}{more}"


def _shown(path: str, root: Mapping[str, Any]) -> str:
    value: Any = root
    for key in path.split(".")[1:]:
        if not isinstance(value, dict) or not dict.__contains__(value, key):
            return f"{path} is not set"
        value = dict.__getitem__(value, key)
    return f"{path} is {'null' if value is None else _described(path, value)}"


def _described(path: str, value: Any) -> str:
    kind = {str: "text", bool: "a boolean", float: "a number", dict: "a table", list: "a list"}.get(type(value))
    named = kind or ("a table" if isinstance(value, dict) else "a value")
    plain = type(value) in (bool, float, int) and not any(word in path.lower() for word in _SECRET)
    return f"{named} ({type_name(value)}{f', {sprint(value)}' if plain else ''})"


def _close(name: str, known: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    if len(name) > _LONGEST_NAME:
        return []
    names = [one for one in islice(known, _MOST_NAMES) if len(one) <= _LONGEST_NAME]
    return sorted(get_close_matches(name, names, n=3, cutoff=0.7))
