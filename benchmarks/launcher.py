"""Start programs, wait for them, say what each took. Run by itself, as a process of its own.

Why a process: Linux counts the memory of whoever starts a program into that program's peak, so it
has to be one that is smaller than all that it measures. It imports nothing but what Python has
loaded anyway. Each line of standard input holds a program and its arguments, parted by NUL; each
line of the answer the status, seconds on the clock, seconds of processor and the peak in KiB.
"""

import os
import sys
import time


def measured(words: list[str]) -> tuple[int, float, float, int]:
    """Run a program to its end, its output thrown away."""
    null = os.open(os.devnull, os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)]
    start = time.perf_counter()
    pid = os.posix_spawn(words[0], words, os.environ, file_actions=streams)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    os.close(null)
    return os.waitstatus_to_exitcode(status), wall, used.ru_utime + used.ru_stime, used.ru_maxrss


if __name__ == "__main__":
    for line in sys.stdin:
        print(*measured(line.rstrip("\n").split("\0")), flush=True)
