"""Go's quoting of strings and characters, and the bytes behind a text."""

from __future__ import annotations

_ESCAPES = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\",
}  # fmt: skip
REPLACEMENT = "�"


def to_bytes(text: str) -> bytes:
    """Return the bytes that Go holds for ``text``; stray bytes travel as ``surrogateescape`` puts them."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte: Go has U+FFFD there
        return "".join(
            REPLACEMENT if "\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" else char for char in text
        ).encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    """Return ``data`` as text, keeping bytes that are no UTF-8 for ``to_bytes``."""
    return data.decode("utf-8", "surrogateescape")


def quote(text: str, *, ascii_only: bool = False) -> str:
    """Return ``text`` as Go's ``%q`` writes it, or as ``%+q`` with ``ascii_only``."""
    if text.isprintable() and '"' not in text and "\\" not in text and (not ascii_only or text.isascii()):
        return f'"{text}"'
    return f'"{"".join(_escape(char, chr(34), ascii_only=ascii_only) for char in text)}"'


def quote_rune(code: int, *, ascii_only: bool = False) -> str:
    """Return a character as ``%q`` writes an integer; U+FFFD where there is no such character."""
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        code = ord(REPLACEMENT)
    return f"'{_escape(chr(code), chr(39), ascii_only=ascii_only)}'"


def _escape(char: str, mark: str, *, ascii_only: bool) -> str:
    if char == mark:
        return f"\\{char}"
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() and (char.isascii() or not ascii_only):
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def can_backquote(text: str) -> bool:
    """Whether ``text`` may stand between backquotes: one line, no control characters but tab."""
    return not any(
        char in "`\x7f" or (char < " " and char != "\t") or char == "\ufeff" or "\ud800" <= char <= "\udfff"
        for char in text
    )
