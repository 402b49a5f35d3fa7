"""Words to snake_case, kebab-case and camelCase, as the xstrings library of each sprig takes them."""

from __future__ import annotations

from itertools import groupby

from helmpy.sprig.strings import SPACES, lower, upper

_CONNECTORS = frozenset(SPACES + "-_")
_FIRST_CJK = "\u3400"


class _Kind:
    """What a run of characters is made of."""

    CONNECTOR = "connector"
    PUNCTUATION = "punctuation"
    CAPITALISED = "capitalised"  # begins with a capital: HTTP, Server
    SMALL = "small"
    NUMBER = "number"
    OTHER = "other"


_GAPS = (_Kind.CONNECTOR, _Kind.PUNCTUATION)
_Word = tuple[str, str]


def _category(char: str) -> str:
    if char.isascii() and char.isalnum():  # loading the tables takes 1 ms
        return "Lu" if char.isupper() else "Ll" if char.islower() else "Nd"
    import unicodedata

    return unicodedata.category(char)


def _char_kind(char: str) -> str:
    if char in _CONNECTORS:
        return _Kind.CONNECTOR
    category = _category(char)
    if category[0] == "P":
        return _Kind.PUNCTUATION
    if category == "Lu":
        return _Kind.CAPITALISED
    if category[0] == "L" and not _is_cjk(char):
        return _Kind.SMALL
    return _Kind.NUMBER if category[0] == "N" else _Kind.OTHER


def _is_cjk(char: str) -> bool:
    if char < _FIRST_CJK:
        return False
    import unicodedata

    return unicodedata.category(char) == "Lo" and unicodedata.name(char, "").startswith("CJK")


def _words(text: str) -> list[_Word]:
    """Cut ``text`` into runs; of capitals before small letters the last one begins the small word."""
    runs = [(kind, "".join(chars)) for kind, chars in groupby(text, _char_kind)]
    words: list[_Word] = []
    for kind, run in runs:
        if kind == _Kind.SMALL and words and words[-1][0] == _Kind.CAPITALISED:
            capitals = words.pop()[1]
            if len(capitals) > 1:
                words.append((_Kind.CAPITALISED, capitals[:-1]))
            words.append((_Kind.CAPITALISED, capitals[-1] + run))
        else:
            words.append((kind, run))
    return words


def _spell(word: _Word, connector: str) -> str:
    kind, run = word
    if kind == _Kind.CONNECTOR:
        return connector * len(run)
    return lower(run) if kind == _Kind.CAPITALISED else run


def _connected(text: str, connector: str, *, doubles: bool = False) -> str:
    """Join words; ``doubles``: one connector more after a number and the one that follows it."""
    words = _words(text)
    out: list[str] = []
    at = 0
    while at < len(words):
        kind = words[at][0]
        out.append(_spell(words[at], connector))
        at += 1
        if kind in _GAPS or at == len(words):
            continue
        if kind == _Kind.NUMBER:
            at = _swallow(words, at, out, connector)
            if doubles and at < len(words) and words[at][0] == _Kind.CONNECTOR:
                out.append(connector)
        elif words[at][0] == _Kind.NUMBER:
            at = _number_after_word(words, at, out, connector)
        if at < len(words) and words[at][0] not in _GAPS:
            out.append(connector)
    return "".join(out)


def _number_after_word(words: list[_Word], at: int, out: list[str], connector: str) -> int:
    """A number stays with the word before it (``bld4``) unless small letters follow (``http_2xx``)."""
    if at + 1 == len(words) or words[at + 1][0] != _Kind.SMALL:
        out.append(_spell(words[at], connector))
        return at + 1
    out += [connector, _spell(words[at], connector)]
    return _swallow(words, at + 1, out, connector)


def _swallow(words: list[_Word], at: int, out: list[str], connector: str) -> int:
    while at < len(words) and words[at][0] in (_Kind.SMALL, _Kind.NUMBER):
        out.append(_spell(words[at], connector))
        at += 1
    return at


def snakecase(text: str) -> str:
    """Return ``HTTPServer`` as ``http_server``; under sprig 3 ``1_a`` is ``1__a``."""
    return _connected(text, "_", doubles=True)


def kebabcase(text: str) -> str:
    """Return ``HTTPServer`` as ``http-server``; under sprig 3 ``1-a`` is ``1--a``."""
    return _connected(text, "-", doubles=True)


def snakecase_v2(text: str) -> str:
    """Return ``HTTPServer`` as ``http_server``."""
    return _connected(text, "_")


def kebabcase_v2(text: str) -> str:
    """Return ``HTTPServer`` as ``http-server``."""
    return _connected(text, "-")


def camelcase(text: str) -> str:
    """Return ``http_server`` as ``HttpServer``; outer connectors stay, of inner ones the last goes."""
    body = text.lstrip(SPACES + "-_")
    lead = text[: len(text) - len(body)]
    if not body:
        return lead + lead[-1:]
    return lead + "".join(_humps(body, small_first=False))


def camelcase_small(text: str) -> str:
    """Return ``http_server`` as ``httpServer``; capitals inside a word that begins small stay."""
    body = text.lstrip(SPACES + "-_")
    lead = text[: len(text) - len(body)]
    return lead + "".join(_humps(body, small_first=True))


def _humps(body: str, *, small_first: bool) -> list[str]:
    pieces = [(in_gap, "".join(chars)) for in_gap, chars in groupby(body, _CONNECTORS.__contains__)]
    out: list[str] = []
    for index, (in_gap, run) in enumerate(pieces):
        if in_gap:
            out.append(run if index == len(pieces) - 1 else run[:-1])
            continue
        first = lower(run[0]) if small_first and index == 0 else upper(run[0])
        out.append(first + (_lower_capitals(run) if small_first else lower(run[1:])))
    return out


def _lower_capitals(run: str) -> str:
    """Lower the capitals that directly follow a leading capital; return all but the first character."""
    end = 0
    while end < len(run) and _category(run[end]) == "Lu":
        end += 1
    return lower(run[1:end]) + run[max(end, 1) :]
