"""What the process takes of the machine's memory, and how it gives back what it no longer needs."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_STATM = Path("/proc/self/statm")

# Numbers of the GNU C library's mallopt.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def settle() -> None:
    """Have large pieces of memory given back as soon as they are free; called before threads are started.

    The C library of Linux learns from large pieces that come and go to keep them, once for each
    of many arenas: a tiller that has read a few requests of 20 MiB would stay 150 MiB larger, and
    one in a flood of them becomes twice as large. Elsewhere this does nothing.
    """
    change = getattr(ctypes.CDLL(None), "mallopt", None)
    if change is not None:
        for option, value in ((_MMAP_THRESHOLD, 512 * 1024), (_TRIM_THRESHOLD, 8 * 1024 * 1024), (_ARENA_MAX, 2)):
            change(option, value)


def resident() -> int:
    """Bytes of memory that this process has; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def trim() -> None:
    """Give memory that is free back to the system, where the C library knows how."""
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
