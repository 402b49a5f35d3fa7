"""Room on Python's stack, so that a deep chart is stopped by its limits and never by Python's.

The interpreter's recursion limit is one number for the whole process but counts every thread's
frames apart. Where a template goes deeper than the thread at hand has room for, it therefore goes
on in a fresh thread while this one waits: nothing global changes, and a shallow chart starts none.
"""

from __future__ import annotations

import sys

from helmpy.gotemplate.watch import successors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# Frames kept free for what templates call: functions, printing, building, one more parser.
_RESERVE = 450
_FRESH_THREAD = 12


class NoThread(Exception):
    """The system has no more threads for this process."""


def free_frames() -> int:
    """Return how many frames a template may use in this thread from here on."""
    frame = sys._getframe()  # noqa: SLF001 - the documented way to the stack; inspect would cost start-up
    used = 0
    walker = frame.f_back
    while walker is not None:
        used += 1
        walker = walker.f_back
    return sys.getrecursionlimit() - used - _RESERVE


def fresh_frames() -> int:
    """Return how many frames a template may use in a thread made by ``continue_in_thread``."""
    return sys.getrecursionlimit() - _FRESH_THREAD - _RESERVE


def continue_in_thread(work: Callable[[], None]) -> None:
    """Run ``work`` in a thread of its own and wait; what it raises is raised here.

    Raises NoThread where the system has none to give.
    """
    import threading

    raised: list[BaseException] = []
    waiting = threading.get_ident()

    def run() -> None:
        try:
            successors[waiting] = threading.get_ident()
            work()
        except BaseException as error:  # handed over to the waiting thread, whatever it is
            raised.append(error)
        finally:
            successors.pop(waiting, None)

    thread = threading.Thread(target=run, name="template", daemon=True)
    try:
        thread.start()
    except RuntimeError as refused:
        raise NoThread from refused
    thread.join()
    if raised:
        raise raised.pop()
