"""Go's strings are bytes; ours are Python's, with stray bytes kept as surrogate escapes."""

from __future__ import annotations

REPLACEMENT = "\ufffd"


def to_bytes(text: str) -> bytes:
    """Return the bytes that Go holds for ``text``."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte: Go has U+FFFD there
        clean = (REPLACEMENT if _stands_for_nothing(char) else char for char in text)
        return "".join(clean).encode("utf-8", "surrogateescape")


def _stands_for_nothing(char: str) -> bool:
    return "\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff"


def to_text(data: bytes) -> str:
    """Return the string for ``data``; bytes that are not UTF-8 survive a way back."""
    return data.decode("utf-8", "surrogateescape")
