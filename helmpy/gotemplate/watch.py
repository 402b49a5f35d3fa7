"""What ends a render that takes too long or too much memory, wherever it is at work.

A thread, one for all renders of the process, looks at the clock and at the process's size fifty
times a second, and five times as often near the limit. Where a limit is crossed it first asks: everything that executes has a ``stop``, after which its next step fails.
A moment later it interrupts: whatever Python code runs then, in a function or a parser, is
left with an exception. Templates themselves pay nothing for being watched.
"""

from __future__ import annotations

import _thread
import os
import sys
import time

from helmpy.gotemplate.errors import TemplateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from helmpy.gotemplate.limits import Limits

    Result = TypeVar("Result")

_TICK = 0.02  # seconds between two looks
# Where half of the memory is used up, or a limit is crossed.
_CLOSE_TICK = 0.004
_IDLE_TICKS = 50
_GRACE = 0.1  # seconds of processor time that a render over its time has to stop by itself
_MIB = 1024 * 1024


class Stopped(BaseException):
    """A render on its way out; no BaseException of Python's own, so that nobody takes it for his."""


class Interrupted(TemplateError):
    """A render that was left wherever it was: what it talked to may still wait for the rest of a sentence."""


def watched(limits: Limits, work: Callable[[Watch], Result]) -> Result:
    """Return what ``work`` does; TemplateError where it crosses ``limits``, or the system has no more memory."""
    watch = Watch(limits)
    try:
        watch.start()
        try:
            return work(watch)
        finally:
            watch.end()
    except Stopped:  # it comes whenever it likes, during ``end`` too
        watch.end()
        raise Interrupted(watch.reason) from None
    except MemoryError:
        raise Interrupted("rendering takes more memory than there is") from None


class Watch:
    """Looks at one render; ``reason`` says what it crossed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._stops: list[Callable[[str], None]] = []
        self.reason = ""
        self._over = False
        self._deciding = _thread.allocate_lock()
        self._interrupted: list[int] = []
        self._thread = 0
        self._started = 0.0
        self._last_call = 0.0
        self._size = 0
        self._peak = 0
        self._looks = 0

    def add(self, stop: Callable[[str], None]) -> None:
        """Let ``stop`` be called, with the reason, when a limit is crossed; it may be called many times."""
        self._stops.append(stop)

    def start(self) -> None:
        """Begin to look."""
        self._thread = _thread.get_ident()
        self._started = time.process_time()
        self._size = _resident()
        self._peak = 0
        _WATCHER.watch(self)

    def end(self) -> None:
        """Look no more, and take back an interrupt that was not raised yet; may be called again."""
        with self._deciding:
            self._over = True
        _WATCHER.forget(self)
        _withdraw(self._interrupted)

    def look(self) -> float:
        """See whether a limit is crossed, and act on it; for the watcher's thread.

        Returns in how many seconds the next look is due.
        """
        if not self.reason:
            grown = self._grown()
            self.reason, grace = self._crossed(grown)
            self._last_call = time.process_time() + grace
            if not self.reason:
                return _TICK if grown < self._limits.memory * _MIB / 2 else _CLOSE_TICK
        for stop in self._stops:
            stop(self.reason)
        if time.process_time() > self._last_call:
            self._last_call = time.process_time() + _GRACE
            with self._deciding:
                if not self._over:
                    self._interrupted.append(_interrupt(self._thread))
        return _CLOSE_TICK

    def _grown(self) -> int:
        """Return by how many bytes the process has grown; where it never was larger, at most.

        What the process takes now is read from a file, and each of open, read and close lets other threads
        run: 30 ms each beside `list (until 600000) …`, which grew to 258 MiB meanwhile. So the file stays open
        (208 MiB), and to ask for the peak lets nobody run at all. That is of use where it is a peak of this
        program: one that a large process started begins with the size of that. Not at the first look: to import
        what tells the peak takes 1 ms, and most renders are over before the second.
        """
        self._looks += 1
        if self._looks == 1:
            return _resident() - self._size
        peak = _most_resident()
        if not self._peak:
            self._peak = peak
        return (peak if peak > self._peak else _resident()) - self._size

    def _crossed(self, grown: int) -> tuple[str, float]:
        """Return what was crossed, and how much time there is to stop; ``grown`` by how many bytes."""
        limits = self._limits
        if time.process_time() - self._started > limits.seconds:
            return f"rendering takes longer than the limit of {limits.seconds:g} seconds", _GRACE
        if grown > limits.memory * _MIB:
            return f"rendering takes more memory than the limit of {limits.memory} MiB", _TICK
        return "", 0.0


class _Watcher:
    """The thread, and what it looks at. It ends when it had nothing to look at for a second: to start one
    for each render took 0.14 ms, a quarter of a small chart's.
    """

    def __init__(self) -> None:
        self._changing = _thread.allocate_lock()
        self._watches: list[Watch] = []
        self._runs = False
        self._process = 0

    def watch(self, one: Watch) -> None:
        with self._changing:
            if self._process != os.getpid():  # a fork has no threads but the one that forked
                self._process, self._runs, self._watches = os.getpid(), False, []
            self._watches.append(one)
            if self._runs:
                return
            self._runs = True
        try:
            _thread.start_new_thread(self._look, ())
        except RuntimeError:  # no thread to be had: the limits that count still hold
            self._runs = False

    def forget(self, one: Watch) -> None:
        with self._changing:
            if one in self._watches:
                self._watches.remove(one)

    def _look(self) -> None:
        idle, pause = 0, _TICK
        try:
            while idle < _IDLE_TICKS or not self._may_end():
                time.sleep(pause)
                watches = list(self._watches)
                idle = 0 if watches else idle + 1
                pause = min([one.look() for one in watches], default=_TICK)
        except BaseException:
            self._runs = False  # the next render starts another
            raise

    def _may_end(self) -> bool:
        with self._changing:
            if self._watches:
                return False
            self._runs = False
            return True


_WATCHER = _Watcher()

# The thread that goes on in place of one that waits for it (see ``stack``).
successors: dict[int, int] = {}


def _interrupt(thread: int) -> int:
    """Raise Stopped in the thread that works for ``thread``; which one that was."""
    import ctypes

    _let_go_unseen()
    while thread in successors:
        thread = successors[thread]
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Stopped))
    return thread


def _let_go_unseen() -> None:
    """Have no report of a Stopped that came while Python ran what can't be left: it comes again a moment later.

    That is the end of an object, or what a weak reference calls then.
    """
    report = sys.unraisablehook
    if getattr(report, "lets_go", None) is Stopped:
        return

    def unseen(what: sys.UnraisableHookArgs) -> None:
        if what.exc_type is not Stopped:
            report(what)

    unseen.lets_go = Stopped  # type: ignore[attr-defined]  # how it is known again
    sys.unraisablehook = unseen


def _withdraw(threads: list[int]) -> None:
    """Take back what was not raised yet."""
    if not threads:
        return
    import ctypes

    for thread in threads:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)


def _resident() -> int:
    """Return how many bytes of memory the process has now, or had at most where only that is known."""
    process = os.getpid()
    if process not in _statm:  # in a fork, the file of the one that forked tells of that
        try:
            _statm[process] = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            return _most_resident()
    return int(os.pread(_statm[process], 200, 0).split()[1]) * _PAGE


_statm: dict[int, int] = {}  # by process, the file that tells of its memory


def _most_resident() -> int:
    try:
        import resource
    except ImportError:  # no such thing on this system: the limits that count still hold
        return 0
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
