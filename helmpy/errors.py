"""The root of every error a user may see.

Subclasses live beside the code that raises them; the message is the whole text the user reads.
"""

from __future__ import annotations


class HelmError(Exception):
    """An error with a text for the user. ``exit_code`` is the process's exit status."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message
