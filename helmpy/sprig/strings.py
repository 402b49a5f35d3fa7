"""Text: cutting, padding, quoting, joining. Lengths and offsets are in bytes, as in Go."""

from __future__ import annotations

from helmpy.gocompat.function import FunctionPanic
from helmpy.gocompat.kinds import StringList, StringMap
from helmpy.gocompat.text import sprint
from helmpy.gocompat.text_quote import quote as go_quote
from helmpy.gocompat.text_quote import to_bytes, to_text
from helmpy.gocompat.text_types import MAX_TEXT, TextTooLong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.sprig.settings import Settings

# unicode.IsSpace: Python's own idea of white space has four control characters more.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACE_SET = frozenset(SPACES)
_BYTE_SPACES = frozenset(b"\t\n\v\f\r \x85\xa0")
_NEGATIVE_REPEAT = "strings: negative Repeat count"


def strval(value: Any) -> str:
    """Return ``value`` as text: strings and bytes as they are, anything else as ``%v`` prints it."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]  # exact type was just seen
    if kind is bytes:
        return to_text(value)
    return sprint(value)


def to_strings(value: Any) -> StringList:
    """Return a list's elements as texts, without nils; anything else becomes a list of one."""
    if type(value) is StringList:
        return value
    if isinstance(value, list):
        return StringList([strval(item) for item in value if item is not None])
    if isinstance(value, bytes):
        return StringList([str(byte) for byte in value])
    if value is None:
        return StringList()
    return StringList([strval(value)])


# -- case ---------------------------------------------------------------------------------------


def _upper_rune(char: str) -> str:
    upper = char.upper()
    if len(upper) == 1:
        return upper
    title = char.title()  # letters with a one-letter title form have no one-letter upper form of their own
    return title if len(title) == 1 else char


def _lower_rune(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 else "i"  # İ is the only letter whose lower form is longer


def _title_rune(char: str) -> str:
    title = char.title()
    return title if len(title) == 1 else _upper_rune(char)


def upper(text: str) -> str:
    """Return ``text`` in capitals, letter by letter: ß stays."""
    return text.upper() if text.isascii() else "".join(map(_upper_rune, text))


def lower(text: str) -> str:
    """Return ``text`` in small letters, letter by letter."""
    return text.lower() if text.isascii() else "".join(map(_lower_rune, text))


def _separates(char: str) -> bool:
    if char.isascii():
        return not (char.isalnum() or char == "_")
    return char in _SPACE_SET


def title(text: str) -> str:
    """Return ``text`` with the first letter of every word in title case."""
    out, begins = [], True
    for char in text:
        out.append(_title_rune(char) if begins else char)
        begins = _separates(char)
    return "".join(out)


def untitle(text: str) -> str:
    """Return ``text`` with the first letter of every word in lower case."""
    out, begins = [], True
    for char in text:
        if char in _SPACE_SET:
            out.append(char)
            begins = True
            continue
        out.append(_lower_rune(char) if begins else char)
        begins = False
    return "".join(out)


def swapcase(text: str) -> str:
    """Swap case; a small letter that begins a word takes its title form."""
    out, begins = [], True
    for char in text:
        if char.isupper() or char.istitle():
            out.append(_lower_rune(char))
            begins = False
        elif char.islower():
            out.append(_title_rune(char) if begins else _upper_rune(char))
            begins = False
        else:
            out.append(char)
            begins = char in _SPACE_SET
    return "".join(out)


# -- trimming and cutting -----------------------------------------------------------------------


def trim(text: str) -> str:
    """Return ``text`` without white space around it."""
    return text.strip(SPACES)


def trim_all(cutset: str, text: str) -> str:
    """Return ``text`` without the characters of ``cutset`` around it."""
    return text.strip(cutset)


def trim_suffix(suffix: str, text: str) -> str:
    """Return ``text`` without one ``suffix`` at its end."""
    return text.removesuffix(suffix)


def trim_prefix(prefix: str, text: str) -> str:
    """Return ``text`` without one ``prefix`` at its beginning."""
    return text.removeprefix(prefix)


def trunc(count: int, text: str) -> str:
    """Keep the first ``count`` bytes, or the last ones where ``count`` is negative."""
    if text.isascii():
        if count >= 0:
            return text[:count]
        return text[count:] if len(text) + count > 0 else text
    data = to_bytes(text)
    if count >= 0:
        return to_text(data[:count])
    return to_text(data[count:]) if len(data) + count > 0 else text


def substr(start: int, end: int, text: str) -> str:
    """Return bytes ``start`` to ``end``; a negative start means 0, a negative or far end the end."""
    data = to_bytes(text)
    if start < 0:
        start = 0
    elif end < 0 or end > len(data):
        end = len(data)
    if end < 0:
        raise FunctionPanic(f"runtime error: slice bounds out of range [:{end}]")
    if end > len(data):
        raise FunctionPanic(f"runtime error: slice bounds out of range [:{end}] with length {len(data)}")
    if start > end:
        raise FunctionPanic(f"runtime error: slice bounds out of range [{start}:{end}]")
    return to_text(data[start:end])


def abbrev(width: int, text: str) -> str:
    """Shorten to ``width`` bytes with ``...`` at the end; a width below 4 does nothing."""
    if width < 4:
        return text
    data = to_bytes(text)
    return text if len(data) <= width else to_text(_shorten(data, 0, width))


def abbrevboth(left: int, right: int, text: str) -> str:
    """Shorten to ``right`` bytes with ``...`` on both sides, beginning about byte ``left``."""
    if right < 4 or (left > 0 and right < 7):
        return text
    data = to_bytes(text)
    return text if len(data) <= right else to_text(_shorten(data, left, right))


def _shorten(data: bytes, offset: int, width: int) -> bytes:
    if len(data) <= width:
        return data
    keep = width - 3
    offset = min(offset, len(data))
    offset = min(offset, len(data) - keep) if len(data) - offset < keep else offset
    if offset <= 4:
        return data[:keep] + b"..."
    if width < 7:
        return b""
    if offset + keep >= len(data):
        return b"..." + data[len(data) - keep :]
    rest = data[offset:]
    if keep < 4:
        return b"..."
    return b"..." + _shorten(rest, 0, keep)


def nospace(text: str) -> str:
    """Drop white space. Text with other than ASCII is taken byte by byte, as sprig does."""
    if text.isascii():
        return "".join(text.split()) if not _odd_controls(text) else "".join(c for c in text if c not in _SPACE_SET)
    data = to_bytes(text)
    kept = [chr(byte) for byte in data if byte not in _BYTE_SPACES]
    return text if len(kept) == len(data) else "".join(kept)


def _odd_controls(text: str) -> bool:
    return any(control in text for control in "\x1c\x1d\x1e\x1f")


def initials(text: str) -> str:
    """Return the first byte of every word."""
    out, begins = [], True
    for byte in to_bytes(text):
        if byte in _BYTE_SPACES:
            begins = True
        elif begins:
            out.append(chr(byte))
            begins = False
    return "".join(out)


# -- padding and wrapping -----------------------------------------------------------------------


def indent(settings: Settings, spaces: int, text: str) -> str:
    """Put ``spaces`` blanks before every line."""
    if spaces < 0:
        raise FunctionPanic(_NEGATIVE_REPEAT)
    if spaces > 64:
        settings.check_text(len(text) + spaces * (text.count("\n") + 1))
    pad = " " * spaces
    return pad + text.replace("\n", "\n" + pad)


def nindent(settings: Settings, spaces: int, text: str) -> str:
    """Put a new line first, then ``spaces`` blanks before every line."""
    return "\n" + indent(settings, spaces, text)


def repeat(settings: Settings, count: int, text: str) -> str:
    """Return ``text`` ``count`` times."""
    if count < 0:
        raise FunctionPanic(_NEGATIVE_REPEAT)
    settings.check_text(count * len(text))
    return text * count


def wrap(settings: Settings, width: int, text: str) -> str:
    """Break lines at blanks after at most ``width`` bytes; long words stay whole."""
    return _wrap(settings, text, width, "\n", cut_words=False)


def wrap_with(settings: Settings, width: int, separator: str, text: str) -> str:
    """Break at blanks with ``separator`` after at most ``width`` bytes; long words are cut."""
    return _wrap(settings, text, width, separator or "\n", cut_words=True)


def _wrap(settings: Settings, text: str, width: int, separator: str, *, cut_words: bool) -> str:
    data, width = to_bytes(text), max(width, 1)
    lines: list[bytes] = []
    at, end = 0, len(data)
    while end - at > width:
        if data[at] == 0x20:
            at += 1
            continue
        blank = data.rfind(b" ", at, at + width + 1)
        if blank < 0 and cut_words:
            lines.append(data[at : at + width])
            at += width
            continue
        if blank < 0:
            blank = data.find(b" ", at + width)
            if blank < 0:
                break
        lines.append(data[at:blank])
        at = blank + 1
    settings.check_text(len(data) + len(separator) * len(lines))
    return to_text(to_bytes(separator).join([*lines, data[at:]]))


# -- quoting and joining ------------------------------------------------------------------------


def quote(*values: Any) -> str:
    """Return the values that are not nil in double quotes, with Go's escapes, joined by blanks."""
    return _spaced([go_quote(strval(value)) for value in values if value is not None])


def squote(*values: Any) -> str:
    """Return the values that are not nil in single quotes, nothing escaped, joined by blanks."""
    return _spaced([f"'{sprint(value)}'" for value in values if value is not None])


def cat(*values: Any) -> str:
    """Return the values that are not nil, joined by blanks."""
    return _spaced([sprint(value) for value in values if value is not None])


def _spaced(texts: list[str]) -> str:
    if sum(map(len, texts)) > MAX_TEXT:
        raise TextTooLong
    return " ".join(texts)


def replace(settings: Settings, old: str, new: str, text: str) -> str:
    """Replace every ``old`` by ``new``."""
    if len(new) > len(old):
        settings.check_text(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def contains(part: str, text: str) -> bool:
    """Tell whether ``text`` holds ``part``."""
    return part in text


def has_prefix(prefix: str, text: str) -> bool:
    """Tell whether ``text`` begins with ``prefix``."""
    return text.startswith(prefix)


def has_suffix(suffix: str, text: str) -> bool:
    """Tell whether ``text`` ends with ``suffix``."""
    return text.endswith(suffix)


def plural(one: str, many: str, count: int) -> str:
    """Return ``one`` for 1, else ``many``."""
    return one if count == 1 else many


def _parts(separator: str, count: int, text: str) -> list[str]:
    if count == 0:
        return []
    if separator:
        return text.split(separator, count - 1 if count > 0 else -1)
    return list(text) if count < 0 or count >= len(text) else [*text[: count - 1], text[count - 1 :]]


def split_list(separator: str, text: str) -> StringList:
    """Split at every ``separator``; an empty one splits into characters."""
    return StringList(_parts(separator, -1, text))


def split(separator: str, text: str) -> StringMap:
    """Split into a map with the keys _0, _1, …"""
    return StringMap({f"_{index}": part for index, part in enumerate(_parts(separator, -1, text))})


def splitn(separator: str, count: int, text: str) -> StringMap:
    """Split into a map of at most ``count`` parts with the keys _0, _1, …"""
    return StringMap({f"_{index}": part for index, part in enumerate(_parts(separator, count, text))})


def join(settings: Settings, separator: str, values: Any) -> str:
    """Return the texts of a list's elements with ``separator`` between them."""
    texts = to_strings(values)
    settings.check_text(len(separator) * len(texts) + sum(map(len, texts)))
    return separator.join(texts)
