"""A terminal with a program at it, and all that the program shows there."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
import threading
from pathlib import Path

HELM = (sys.executable, "-c", "from helmpy.cli.start import entry; entry()")


def at_terminal(
    *words: str, columns: int = 0, only_stderr: bool = False, cwd: Path | None = None, **environ: str
) -> tuple[int, str]:
    """Run `helm` with these words at a terminal: its status, and what it showed, to the last byte.

    ``only_stderr`` throws its output away.
    """
    terminal, end = pty.openpty()
    termios.tcsetwinsize(end, (24, columns))
    shown: list[bytes] = []
    reader = threading.Thread(target=_read, args=(terminal, shown))
    reader.start()
    try:
        done = subprocess.run(
            [*HELM, *words],
            cwd=cwd,
            env={**os.environ, **environ},
            stdout=subprocess.DEVNULL if only_stderr else end,
            stderr=end,
            check=False,
            timeout=60,
        )
    finally:
        os.close(end)
        reader.join()
        os.close(terminal)
    return done.returncode, b"".join(shown).decode().replace("\r", "")


def _read(terminal: int, shown: list[bytes]) -> None:
    """Collect what comes until nobody holds the other end; a single read may give a part of it."""
    try:
        while piece := os.read(terminal, 65536):
            shown.append(piece)
    except OSError:
        return  # Linux tells the end so
