"""Regular expressions. The plain functions fail as a panic, the must… ones as an error: other words."""

from __future__ import annotations

from helmpy.gocompat import regex
from helmpy.gocompat.kinds import StringList
from helmpy.gocompat.regex import InvalidPattern, Regex
from helmpy.sprig.nils import texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.sprig.settings import Settings


def _compile(pattern: str) -> Regex:
    try:
        return regex.compile(pattern)
    except InvalidPattern as error:
        raise error.panic() from None


def match(pattern: str, text: str) -> bool:
    """Tell whether the pattern matches; one that is invalid does not."""
    try:
        return regex.compile(pattern).search(text)
    except InvalidPattern:
        return False


def must_match(pattern: str, text: str) -> bool:
    """Tell whether the pattern matches; FunctionError where it is invalid."""
    return regex.compile(pattern).search(text)


def find(pattern: str, text: str) -> str:
    """Return the first match, or ""."""
    return regex.compile(pattern).find(text)


def find_or_panic(pattern: str, text: str) -> str:
    """Return the first match, or ""."""
    return _compile(pattern).find(text)


def find_all(pattern: str, text: str, limit: int) -> StringList:
    """Return at most ``limit`` matches, all where that is negative."""
    return texts(regex.compile(pattern).find_all(text, limit))


def find_all_or_panic(pattern: str, text: str, limit: int) -> StringList:
    """Return at most ``limit`` matches, all where that is negative."""
    return texts(_compile(pattern).find_all(text, limit))


def split(pattern: str, text: str, limit: int) -> StringList:
    """Return at most ``limit`` parts, all where that is negative."""
    return texts(regex.compile(pattern).split(text, limit))


def split_or_panic(pattern: str, text: str, limit: int) -> StringList:
    """Return at most ``limit`` parts, all where that is negative."""
    return texts(_compile(pattern).split(text, limit))


def replace_all(settings: Settings, pattern: str, text: str, template: str) -> str:
    """Replace all matches; ``$1`` and ``${name}`` stand for groups."""
    return _compile(pattern).replace(text, template, settings.max_size)


def must_replace_all(settings: Settings, pattern: str, text: str, template: str) -> str:
    """Replace all matches; ``$1`` and ``${name}`` stand for groups."""
    return regex.compile(pattern).replace(text, template, settings.max_size)


def replace_all_literal(settings: Settings, pattern: str, text: str, replacement: str) -> str:
    """Replace all matches by the text as it stands."""
    return _compile(pattern).replace_literal(text, replacement, settings.max_size)


def must_replace_all_literal(settings: Settings, pattern: str, text: str, replacement: str) -> str:
    """Replace all matches by the text as it stands."""
    return regex.compile(pattern).replace_literal(text, replacement, settings.max_size)


def quote_meta(text: str) -> str:
    """Return a pattern that matches ``text`` itself."""
    return regex.quote_meta(text)
