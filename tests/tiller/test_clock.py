"""Deadlines on a clock that moves only when somebody sleeps."""

from __future__ import annotations

import pytest

from tiller.clock import Cancelled, Deadline, FakeClock, SystemClock, WaitTimeout


def test_a_deadline_passes_with_the_clock() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 10)
    deadline.sleep(4)
    deadline.check()
    assert deadline.remaining == pytest.approx(6)
    deadline.sleep(60)
    assert clock.now() == pytest.approx(1_600_000_010)
    with pytest.raises(WaitTimeout, match=r"^timed out waiting for the condition$"):
        deadline.check()


def test_restart_gives_the_whole_span_again() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 10)
    clock.advance(9)
    assert deadline.restart().remaining == pytest.approx(10)


def test_a_caller_who_hangs_up_ends_the_wait() -> None:
    clock = FakeClock()
    gone = False

    def hang_up() -> None:
        nonlocal gone
        gone = clock.now() >= 1_600_000_003

    clock.on_advance = hang_up
    with pytest.raises(Cancelled):
        Deadline(clock, 100, cancelled=lambda: gone).sleep(50)
    assert clock.now() == pytest.approx(1_600_000_003)


def test_the_system_clock_moves() -> None:
    clock = SystemClock()
    before = clock.now()
    clock.sleep(0.001)
    assert clock.now() > before
