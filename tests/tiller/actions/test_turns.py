"""Whose turn it is at a release: within a process, between two, and after a death."""

from __future__ import annotations

import threading
import time

import pytest

from helmpy.errors import HelmError
from tiller.actions.turns import OperationInProgress, Turns
from tiller.clock import Cancelled, Clock, Deadline, FakeClock, SystemClock
from tiller.sandbox.api import memory_api
from tiller.storage.kubernetes_leases import KubernetesLeases
from tiller.storage.leases import DURATION, LeaseLost, MemoryLeases


def deadline(clock: Clock, seconds: float) -> Deadline:
    return Deadline(clock, seconds)


def refused(turns: Turns, clock: Clock, seconds: float) -> str:
    with pytest.raises(OperationInProgress) as caught, turns.take("web", "delete", deadline(clock, seconds)):
        pass
    return str(caught.value)


def test_who_waits_too_long_is_told_who_holds_the_release_and_since_when() -> None:
    clock = FakeClock()
    turns = Turns(MemoryLeases("tiller-1"), clock)
    other = Turns(MemoryLeases("tiller-2"), clock)
    text = (
        "another operation (install/upgrade/rollback) is in progress: "
        'tiller-1 holds release "web" since 2020-09-13T12:26:40Z (upgrade)'
    )
    with turns.take("web", "upgrade", deadline(clock, 60)):
        assert refused(turns, clock, 30) == text
        assert clock.now() == pytest.approx(1_600_000_030, abs=1)
        with other.take("web", "upgrade", deadline(clock, 60)), turns.take("shop", "upgrade", deadline(clock, 60)):
            pass  # other releases and other stores are free
    with turns.take("web", "delete", deadline(clock, 1)):
        pass


def test_another_process_is_told_the_same() -> None:
    clock = SystemClock()
    leases = MemoryLeases("tiller-1")
    one, two = Turns(leases, clock), Turns(leases.twin("tiller-2"), clock)
    with one.take("web", "upgrade", deadline(clock, 60)):
        text = refused(two, clock, 0.5)
    assert 'tiller-1 holds release "web" since 2' in text
    assert text.endswith("Z (upgrade)")


def test_turns_come_in_order() -> None:
    clock = SystemClock()
    turns = Turns(MemoryLeases(), clock)
    order: list[int] = []

    def work(number: int) -> None:
        with turns.take("web", "upgrade", deadline(clock, 30)):
            order.append(number)

    with turns.take("web", "upgrade", deadline(clock, 30)):
        threads = []
        for number in range(10):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            time.sleep(0.02)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == list(range(10))
    assert turns.holder("web") is None


def test_a_caller_who_hangs_up_leaves_the_queue() -> None:
    clock = FakeClock()
    turns = Turns(MemoryLeases(), clock)
    gone = Deadline(clock, 60, cancelled=lambda: True)
    with (
        turns.take("web", "upgrade", deadline(clock, 60)),
        pytest.raises(Cancelled),
        turns.take("web", "delete", gone),
    ):
        pass
    with turns.take("web", "delete", deadline(clock, 60)):
        pass


@pytest.mark.parametrize("kind", ["memory", "kubernetes"])
def test_two_processes_alternate_and_never_work_at_the_same_time(kind: str) -> None:
    clock = SystemClock()
    if kind == "memory":
        leases = MemoryLeases("one")
        processes = [Turns(leases, clock), Turns(leases.twin("two"), clock)]
    else:
        api = memory_api()
        processes = [Turns(KubernetesLeases(api, "kube-system", name), clock) for name in ("one", "two")]
    inside: list[int] = []
    done: list[int] = []
    most = 0

    def work(process: int) -> None:
        nonlocal most
        with processes[process].take("web", "upgrade", deadline(clock, 60)):
            inside.append(process)
            most = max(most, len(inside))
            time.sleep(0.005)
            inside.remove(process)
            done.append(process)

    threads = [threading.Thread(target=work, args=(number % 2,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0] * 10 + [1] * 10
    assert most == 1
    assert all(process.leases.read("web") is None for process in processes)


def test_a_stream_of_work_in_one_process_lets_the_other_in() -> None:
    clock = SystemClock()
    leases = MemoryLeases("one")
    busy, other = Turns(leases, clock), Turns(leases.twin("two"), clock)
    enough = threading.Event()

    def stream() -> None:
        while not enough.is_set():
            with busy.take("web", "upgrade", deadline(clock, 60)):
                time.sleep(0.02)

    threads = [threading.Thread(target=stream) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        with other.take("web", "delete", deadline(clock, 20)):
            pass
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def test_a_dead_holders_lease_is_taken_over_after_its_time() -> None:
    clock = FakeClock()
    leases = MemoryLeases("dead")
    assert leases.take("web", "upgrade", clock.now()) is not None
    turns = Turns(leases.twin("living"), clock)
    assert '"web"' in refused(turns, clock, DURATION - 1)
    start = clock.now()
    with turns.take("web", "delete", deadline(clock, 60)) as turn:
        assert turn.dead is not None
        assert (turn.dead.holder, turn.dead.work) == ("dead", "upgrade")
    assert clock.now() - start == pytest.approx(DURATION, abs=1)
    with turns.take("web", "delete", deadline(clock, 60)) as turn:
        assert turn.dead is None


def test_a_living_holder_renews() -> None:
    clock = SystemClock()
    leases = MemoryLeases("one")
    turns, watcher = Turns(leases, clock), leases.twin("two")
    with turns.take("web", "upgrade", deadline(clock, 60)):
        first = watcher.read("web")
        end = time.monotonic() + 10
        while watcher.read("web") == first and time.monotonic() < end:
            time.sleep(0.1)
        assert watcher.read("web") != first


def test_whoever_lost_its_lease_may_write_no_more() -> None:
    clock = FakeClock()
    leases = MemoryLeases("one")
    turns = Turns(leases, clock)
    other = leases.twin("two")
    with turns.take("web", "upgrade", deadline(clock, 60)) as turn:
        turn.check()
        clock.advance(100)
        turn.check()  # nobody took it over: it is renewed
        seen = other.read("web")
        assert seen is not None
        assert other.seize("web", seen, "delete", clock.now()) is not None
        clock.advance(100)
        with pytest.raises(LeaseLost):
            turn.check()
    held = other.read("web")
    assert held is not None
    assert held.holder == "two"


def test_a_lease_that_was_passed_to_nobody_expires() -> None:
    clock = FakeClock()
    leases = MemoryLeases("one")
    gone, turns = leases.twin("gone"), Turns(leases, clock)
    with turns.take("web", "upgrade", deadline(clock, 60)):
        seen = gone.read("web")
        assert seen is not None
        gone.ask("web", seen)
    passed = leases.read("web")
    assert passed is not None
    assert passed.holder == "gone"
    with turns.take("web", "upgrade", deadline(clock, 60)):
        pass
    assert leases.read("web") is None


def test_a_store_that_fails_is_an_error_and_leaves_no_one_in_the_queue() -> None:
    class Broken(MemoryLeases):
        broken = True

        def read(self, name: str) -> None:
            raise HelmError(f"no leases today, not for {name}")

    clock = FakeClock()
    leases = MemoryLeases("one")
    broken = Broken("two")
    broken._shelf = leases._shelf
    turns = Turns(broken, clock)
    mine = leases.take("web", "upgrade", clock.now())
    assert mine is not None
    with pytest.raises(HelmError, match="no leases today"), turns.take("web", "delete", deadline(clock, 60)):
        pass
    leases.give_up("web", mine, clock.now())
    with turns.take("web", "delete", deadline(clock, 60)):
        pass
