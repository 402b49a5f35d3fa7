"""The root of every error a user may see.

Subclasses live beside the code that raises them; the message is the whole text the user reads.
"""

from __future__ import annotations

import os


class HelmError(Exception):
    """An error with a text for the user. ``exit_code`` is the process's exit status, ``prefix`` goes before the text.

    ``hint`` says more to a person, on a line of its own: where Helm's own words must stay as they are.
    """

    exit_code = 1
    prefix = "Error: "
    hint = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        if hint:
            self.hint = hint

    def __str__(self) -> str:
        return self.message


def unmakable(path: str, error: OSError) -> str:
    """Go's words for a directory that can't be made: the highest that is missing."""
    above = os.path.dirname(path)  # noqa: PTH120 - pathlib takes 4 ms to import
    while above and not os.path.exists(above):  # noqa: PTH110
        path, above = above, os.path.dirname(above)  # noqa: PTH120
    return f"mkdir {path}: {(error.strerror or str(error)).lower()}"


def unreadable(path: object, error: OSError) -> str:
    """Go's words for a file that can't be read: a directory opens, and fails at the first read."""
    verb = "read" if isinstance(error, IsADirectoryError) else "open"
    return f"{verb} {path}: {(error.strerror or str(error)).lower()}"
