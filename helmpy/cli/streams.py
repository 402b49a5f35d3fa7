"""The process's own streams: there, in UTF-8 whatever the locale, and left in peace once they fail."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def ready() -> None:
    """Put something in the place of streams that the caller closed, and let all bytes pass as they are.

    What is opened next would get a closed stream's number, and what is said on it. Names that are no UTF-8 are
    printed as they came.
    """
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _fill()
    for stream, errors in ((sys.stdin, "strict"), (sys.stdout, "surrogateescape"), (sys.stderr, "surrogateescape")):
        change = getattr(stream, "reconfigure", None)
        if change is not None:
            change(encoding="utf-8", errors=errors)


def _fill() -> None:
    number = 0
    while number <= 2:
        number = os.open(os.devnull, os.O_RDWR)  # the lowest that is free
    os.close(number)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def unwritten(stream: TextIO) -> OSError | None:
    """Write what a stream still holds. Where that fails return why, and the stream takes and drops all from now on."""
    try:
        stream.flush()
    except OSError as error:
        drop(stream)
        return error
    return None


def drop(stream: TextIO) -> None:
    """Let a stream that fails, or whose reader left, lead nowhere: nothing is left to fail when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
