"""Colours for a person at a terminal: none in a pipe, none where NO_COLOR is set or the terminal knows none."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_CODES = {"bad": "1;31", "doubtful": "33", "good": "32", "plain": "36"}
# Words of results and messages, by how they look.
_LOOKS = {
    "Error:": "bad",
    "ERROR": "bad",
    "WARNING": "doubtful",
    "WARNING:": "doubtful",
    "INFO": "plain",
    "DEPLOYED": "good",
    "SUCCESS": "good",
    "FAILED": "bad",
    "FAILURE": "bad",
    "PENDING_INSTALL": "doubtful",
    "PENDING_UPGRADE": "doubtful",
    "PENDING_ROLLBACK": "doubtful",
    "DELETING": "doubtful",
    "UNKNOWN": "doubtful",
}


def erases(stream: TextIO) -> bool:
    """Whether a line there can be written over, as progress is."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def shows(stream: TextIO) -> bool:
    """Whether colours are seen there. Source: https://no-color.org."""
    return erases(stream) and not os.environ.get("NO_COLOR")


def word(text: str, stream: TextIO) -> str:
    """The text in the colour of the word that it begins with; blanks around that word stay as they are."""
    found = text.split(None, 1)[:1]
    look = _LOOKS.get(found[0]) if found else None
    if look is None or not shows(stream):
        return text
    return text.replace(found[0], f"\033[{_CODES[look]}m{found[0]}\033[0m", 1)
