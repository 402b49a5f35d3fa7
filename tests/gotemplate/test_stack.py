from __future__ import annotations

import sys
import threading

import pytest

from helmpy.gotemplate import stack

pytestmark = pytest.mark.usefixtures("way")


def test_free_frames_shrink_with_the_stack() -> None:
    def deeper(frames: int) -> int:
        return deeper(frames - 1) if frames else stack.free_frames()

    assert deeper(0) - deeper(100) == 100
    assert stack.fresh_frames() < sys.getrecursionlimit()


def test_work_goes_on_in_another_thread() -> None:
    seen: list[int] = []
    stack.continue_in_thread(lambda: seen.append(threading.get_ident()))
    assert seen
    assert seen != [threading.get_ident()]


def test_what_it_raises_is_raised_here() -> None:
    def work() -> None:
        raise ValueError("there")

    with pytest.raises(ValueError, match="there"):
        stack.continue_in_thread(work)
    with pytest.raises(SystemExit):
        stack.continue_in_thread(lambda: sys.exit(3))


def test_a_system_without_threads_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(stack.NoThread):
        stack.continue_in_thread(lambda: None)
