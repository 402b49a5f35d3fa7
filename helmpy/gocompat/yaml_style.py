"""How yaml.v2 writes one scalar: plain, quoted or literal, folded at column 80.

A string is written plain unless it would read back as something else (then in double quotes) or
would break YAML's grammar (then in single quotes); lines make it literal; what cannot be printed,
and spaces at a line's end, make it double-quoted.
"""

from __future__ import annotations

from helmpy.gocompat.json import clean_text, go_float
from helmpy.gocompat.yaml_scalars import WORDS, YamlError, is_timestamp, resolve

_WIDTH = 80
_FAR_LEFT = -(2**62)  # a column from which nothing reaches the width
_LONGEST_KEY = 128
_CACHE_LIMIT = 8192
_CACHED_LENGTH = 80
_BREAKS = "\n\r\x85\u2028\u2029"
_BREAK_SET = frozenset(_BREAKS)
_FIRST_INDICATORS = frozenset("#,[]{}&*!|>'\"%@`")
_ESCAPED = frozenset('"\\\n\u2028\u2029')
_CONTROL = "error converting JSON to YAML: yaml: control characters are not allowed"
_INDENT = 2
_INT64 = 1 << 63
_DIGITS = frozenset("0123456789")
_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\xa0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}

_short: dict[str, str] = {}  # what short strings without breaks look like; they never fold
_keys: dict[str, str | None] = {}


def scalar(text: str, column: int, indent: int) -> str:
    """Return the string ``text`` as it is written from ``column`` on, without a final newline.

    Its further lines are indented by ``indent``.
    """
    known = _short.get(text)
    if known is not None and column + len(known) <= _WIDTH:
        return known
    if _is_word(text):
        return _remembered(text, text)
    sent = transmitted(text)
    style = style_of(sent)
    if style == "|":
        return literal(sent, indent)
    return _remembered(text, _written(sent, style, column, indent))


def unfolded(text: str, indent: int) -> str:
    """Return the string ``text`` as it is written where no line is too long and none went through JSON."""
    style = style_of(text)
    return literal(text, indent) if style == "|" else _written(text, style, _FAR_LEFT, indent)


def _written(sent: str, style: str, column: int, indent: int) -> str:
    if style == "":
        return _folded(sent, column, indent)
    if style == "'":
        return "'" + _folded(sent.replace("'", "''"), column + 1, indent) + "'"
    return '"' + _folded(_escaped(sent), column + 1, indent, escape="\\") + '"'


def _remembered(text: str, written: str) -> str:
    if len(written) <= _CACHED_LENGTH and _BREAK_SET.isdisjoint(written):
        if len(_short) >= _CACHE_LIMIT:
            _short.clear()
        _short[text] = written
    return written


def _is_word(text: str) -> bool:
    """Whether ``text`` is letters, digits and ``-./_`` from a letter on: written as it is, by every rule below.

    Two of three texts are. 0.5 us, where the rules take 3.
    """
    return (
        text[:1].isalpha()
        and text.isascii()
        and text.replace("-", "").replace(".", "").replace("/", "").replace("_", "").isalnum()
        and text not in WORDS
    )


def key(text: str) -> str | None:
    """Return ``text`` as a key with its colon, or None where it needs a ``?``: long or of several lines."""
    known = _keys.get(text, "")
    if known != "":
        return known
    if len(text) <= _LONGEST_KEY and _is_word(text):
        return _remembered_key(text, text + ":")
    sent = transmitted(text)
    if "\x85" in text:
        raise YamlError("error converting JSON to YAML: yaml: did not find expected ',' or '}'")
    written: str | None
    if len(sent.encode()) > _LONGEST_KEY or any(char in sent for char in _BREAKS):
        written = None
    else:
        style = style_of(sent)
        body = _escaped(sent) if style == '"' else sent.replace("'", "''") if style else sent
        written = style + body + style + ":"
    return _remembered_key(text, written)


def _remembered_key(text: str, written: str | None) -> str | None:
    if len(_keys) >= _CACHE_LIMIT:
        _keys.clear()
    _keys[text] = written
    return written


def transmitted(text: str) -> str:
    """Return what arrives of ``text`` when it crosses JSON and YAML's reader, as every value does in Go."""
    if text.isascii():
        if "\x7f" in text:
            raise YamlError(_CONTROL)
        return text
    text = clean_text(text)
    if any(("\x7f" <= char < "\xa0" and char != "\x85") or char in "\ufffe\uffff" for char in set(text)):
        raise YamlError(_CONTROL)
    return _line_folded(text) if "\x85" in text else text


def _line_folded(text: str) -> str:
    """Read U+0085 as YAML does inside quotes: one is a space, of several all but one are line ends."""
    first, *rest = text.split("\x85")
    parts = [first.rstrip(" "), *(part.strip(" ") for part in rest[:-1]), rest[-1].lstrip(" ")]
    folded, breaks = parts[0], 0
    for index, part in enumerate(parts[1:], 1):
        breaks += 1
        if part or index == len(parts) - 1:
            folded += (" " if breaks == 1 else "\n" * (breaks - 1)) + part
            breaks = 0
    return folded


def style_of(text: str) -> str:
    """Return the style: ``""`` plain, ``"'"``, ``'"'`` or ``"|"`` literal."""
    lines = "\n" in text
    if _is_special(text) or " \n" in text or " \u2028" in text or " \u2029" in text:
        return '"'
    if lines:
        return '"' if text[-1] == " " else "|"
    if not is_plain_string(text):
        return '"'
    if "\u2028" in text or "\u2029" in text:
        return '"' if "\u2028 " in text or "\u2029 " in text else "'"
    return "'" if _breaks_grammar(text) else ""


def is_plain_string(text: str) -> bool:
    """Whether ``text``, written plain, would be read back as a string by old and new readers."""
    return isinstance(resolve(text), str) and not _is_base_60(text) and not is_timestamp(text)


def _breaks_grammar(text: str) -> bool:
    first = text[0]
    return (
        first in _FIRST_INDICATORS
        or first == " "
        or text[-1] in " :"
        or ": " in text
        or " #" in text
        or text[:3] in ("---", "...")
        or (first in "-?" and text[1:2] in ("", " "))
    )


def _is_special(text: str) -> bool:
    """Whether a character cannot be printed in yaml.v2's eyes: tabs, controls, all beyond 16 bits."""
    if text.isascii():
        return not text.replace("\n", "").isprintable()
    return not all(_is_printable(char) for char in set(text))


def _is_printable(char: str) -> bool:
    return " " <= char <= "~" or char == "\n" or ("\xa0" <= char <= "\ufffd" and char != "\ufeff")


def _is_base_60(text: str) -> bool:
    """Whether YAML 1.1 reads a number of base 60: ``1:30``, ``-12:30:45.5``."""
    if ":" not in text:
        return False
    whole, *parts = (text[1:] if text[0] in "+-" else text).split(":")
    last, dot, fraction = parts[-1].partition(".")
    parts[-1] = last
    return (
        whole[:1] in _DIGITS
        and whole != ""
        and _DIGITS.issuperset(whole.replace("_", ""))
        and all(_DIGITS.issuperset(part) and (len(part) == 1 or (len(part) == 2 and part[0] < "6")) for part in parts)
        and (not dot or _DIGITS.issuperset(fraction.replace("_", "")))
    )


def literal(text: str, indent: int) -> str:
    """Return ``text`` as a ``|`` block."""
    hint = str(_INDENT) if text[0] in " \n\u2028\u2029" else ""
    if text[-1] not in _BREAKS:
        hint += "-"
    elif len(text) == 1 or text[-2] in _BREAKS:
        hint += "+"
    pad = " " * indent
    pieces = ["|", hint]
    line = "\n"
    for part in text.removesuffix("\n").split("\n"):
        for piece in part.replace("\u2028", "\u2028\n").replace("\u2029", "\u2029\n").split("\n"):
            pieces += (line, pad if piece and piece not in _BREAKS else "", piece)
            line = ""
        line = "\n"
    return "".join(pieces)


def _escaped(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    # a byte order mark at the start makes yaml.v2 escape all that follows
    every = text[0] == "\ufeff"
    table = {ord(char): _escape(char) for char in set(text) if every or char in _ESCAPED or not _is_printable(char)}
    return text.translate(table)


def _escape(char: str) -> str:
    code = ord(char)
    short = _ESCAPES.get(char)
    if short:
        return short
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _folded(text: str, column: int, indent: int, escape: str = "") -> str:
    """Break ``text`` at each first space past column 80.

    A plain or single-quoted text breaks at lone spaces only; with ``escape`` (double quotes) at the
    first of several too, and the next line's spaces are saved by it.
    """
    if column + len(text) <= _WIDTH and "\u2028" not in text and "\u2029" not in text:
        return text
    pad = " " * indent
    for char in "\u2028\u2029":
        head, found, tail = text.partition(char)
        if found:
            return (
                _folded(head, column, indent, escape)
                + found
                + (pad if tail and tail[0] not in _BREAKS else "")
                + _folded(tail, indent, indent, escape)
            )
    pieces: list[str] = []
    start = 0
    at = max(1, _WIDTH + 1 - column)
    last = len(text) - 1
    while True:
        at = text.find(" ", at)
        if at < 0 or at >= last:
            break
        if text[at - 1] == " " or (text[at + 1] == " " and not escape):
            at += 1
            continue
        saved = escape if text[at + 1] == " " else ""
        pieces += (text[start:at], "\n", pad, saved)
        start = at + 1
        at = max(start, start + _WIDTH + 1 - indent - len(saved))
    pieces.append(text[start:])
    return "".join(pieces)


def number_text(value: float) -> str:
    """Return a number as yaml.v2 writes it after JSON: whole numbers of 64 bits in digits."""
    if value.__class__ is float and value.is_integer() and -1e15 < value < 1e15:
        return str(int(value))  # 0.3 us; the way below takes 2
    sent = str(int(value)) if isinstance(value, int) else go_float(value, "json")
    if "." not in sent and "e" not in sent and -_INT64 <= int(sent) < 2 * _INT64:
        return "0" if sent == "-0" else sent
    return go_float(float(value), "g")
