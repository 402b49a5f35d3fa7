"""Variables of the environment in texts, as Go's ``os.Expand`` puts them in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_SPECIAL = frozenset("*#$@!?-0123456789")  # a shell's own variables have one character


def expand(text: str, environment: Mapping[str, str]) -> str:
    """Return ``text`` with ``$NAME`` and ``${NAME}`` replaced, unknown ones by nothing.

    A dollar before anything else stays; of a brace that is empty or never closed only the braces go.
    """
    out, at = [], 0
    while (dollar := text.find("$", at)) >= 0:
        out.append(text[at:dollar])
        name, at = _name(text, dollar + 1)
        out.append(environment.get(name, "") if name else "$" * (at == dollar + 1))
    out.append(text[at:])
    return "".join(out)


def _name(text: str, at: int) -> tuple[str, int]:
    """The name that begins at a place, empty where there is none, and the place after it."""
    if text[at : at + 1] == "{":
        end = text.find("}", at)
        return (text[at + 1 : end], end + 1) if end > 0 else ("", at + 1)
    if text[at : at + 1] in _SPECIAL:
        return text[at], at + 1
    end = at
    while end < len(text) and (text[end] == "_" or (text[end].isascii() and text[end].isalnum())):
        end += 1
    return text[at:end], end
