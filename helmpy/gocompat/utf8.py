"""Go's strings are bytes; ours are Python's, with stray bytes kept as surrogate escapes."""

from __future__ import annotations


def to_bytes(text: str) -> bytes:
    """Return the bytes that Go holds for ``text``."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte: Go has U+FFFD there
        return "".join(
            "�" if "\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" else char for char in text
        ).encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    """Return the string for ``data``; bytes that are not UTF-8 survive a way back."""
    return data.decode("utf-8", "surrogateescape")
