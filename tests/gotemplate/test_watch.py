"""What ends a render that takes too long or too much memory."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from helmpy.gocompat.function import GoFunc
from helmpy.gotemplate import Limits, TemplateError, TemplateSet
from helmpy.gotemplate.watch import Watch, watched

FAST = Limits(seconds=0.1)
LOOP = "{{ range . }}{{ range $ }}{{ range $ }}{{ end }}{{ end }}{{ end }}"


def executed(text: str, functions: dict[str, Callable[..., Any]], limits: Limits, data: Any = None) -> str:
    table = {name: GoFunc(call, ("...any",), "any") for name, call in functions.items()}

    def work(watch: Watch) -> str:
        templates = TemplateSet(table, limits=limits, watch=watch)
        templates.parse("t", text)
        return templates.execute("t", data)

    return watched(limits, work)


def spin(seconds: float) -> str:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return ""


def test_a_loop_without_functions_stops_at_a_step() -> None:
    with pytest.raises(TemplateError, match=r'^template: t:1:\d+: executing "t": rendering takes longer than'):
        executed(LOOP, {}, FAST, list(range(100_000)))


def test_a_row_of_calls_stops_between_them() -> None:
    calls = []

    def call(*_: Any) -> str:
        calls.append(1)
        return spin(0.05)

    with pytest.raises(TemplateError, match=r"^rendering takes longer than the limit of 0.1 seconds$"):
        executed("{{ print" + " (call_)" * 100 + " }}", {"call_": call}, FAST)
    assert len(calls) < 15


class Slow:
    """Takes its time to go, and can't be interrupted then."""

    def __del__(self) -> None:
        spin(3)


def test_an_interrupt_that_comes_while_an_object_goes_is_not_reported_and_comes_again(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)

    def call(*_: Any) -> str:
        Slow()
        return spin(60)

    with pytest.raises(TemplateError, match=r"^rendering takes longer than the limit of 0.1 seconds$"):
        executed("{{ call_ }}", {"call_": call}, FAST)
    assert capfd.readouterr().err == ""


class Broken:
    def __del__(self) -> None:
        raise ValueError("mine")


def test_what_else_goes_wrong_there_is_reported_as_ever(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)
    with pytest.raises(TemplateError):
        executed("{{ call_ }}", {"call_": lambda *_: spin(60)}, FAST)
    Broken()
    assert "ValueError: mine" in capfd.readouterr().err


def test_a_function_that_goes_on_is_interrupted() -> None:
    start = time.process_time()
    with pytest.raises(TemplateError, match=r"^rendering takes longer than the limit of 0.1 seconds$"):
        executed("{{ spin 60 }}", {"spin": lambda _: spin(60)}, FAST)
    assert time.process_time() - start < 20


def test_one_deep_in_fresh_threads_is_interrupted_there() -> None:
    text = '{{ define "a" }}{{ if . }}{{ template "a" (less .) }}{{ else }}{{ spin 60 }}{{ end }}{{ end }}{{ template "a" . }}'
    start = time.process_time()
    with pytest.raises(TemplateError, match=r"rendering takes longer than the limit of 0.3 seconds$"):
        executed(text, {"less": lambda n: n - 1, "spin": lambda _: spin(60)}, Limits(seconds=0.3), 200)
    assert time.process_time() - start < 20


def test_memory_that_grows_is_noticed() -> None:
    kept: list[bytes] = []

    def keep(*_: Any) -> str:
        kept.append(b"x" * 1_000_000)
        return ""

    with pytest.raises(TemplateError, match=r"rendering takes more memory than the limit of 20 MiB$"):
        executed("{{ range . }}{{ keep }}{{ end }}", {"keep": keep}, Limits(memory=20), list(range(2000)))
    assert len(kept) < 1000


def test_memory_that_came_and_went_between_two_looks_is_noticed() -> None:
    program = (
        "import time\n"
        "from helmpy.gotemplate import Limits, TemplateError\n"
        "from helmpy.gotemplate.watch import watched\n"
        "size = 100_000_000\n"
        "def work(_):\n"
        "    while time.process_time() < 0.5:\n"
        "        pass\n"
        "    len(b'x' * size)\n"
        "    while time.process_time() < 3:\n"
        "        pass\n"
        "try:\n"
        "    watched(Limits(memory=50), work)\n"
        "except TemplateError as error:\n"
        "    print(error)\n"
    )
    # By way of a small process: one that a large one starts has that one's size for its peak.
    start = "import os, sys\nif not os.fork():\n    exec(sys.argv[1])\nelse:\n    os.wait()\n"
    done = subprocess.run(
        [sys.executable, "-c", start, program], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "rendering takes more memory than the limit of 50 MiB\n"


def test_no_memory_at_all_is_an_error_of_the_template() -> None:
    def fail(*_: Any) -> str:
        raise MemoryError

    with pytest.raises(TemplateError, match=r"^rendering takes more memory than there is$"):
        executed("{{ fail_ }}", {"fail_": fail}, Limits())


def test_other_errors_and_results_pass() -> None:
    assert executed("{{ print 1 }}", {}, Limits()) == "1"
    with pytest.raises(TemplateError, match="nil is not a command"):
        executed("{{ nil }}", {}, Limits())
    with pytest.raises(KeyError):
        empty: dict[str, str] = {}
        watched(Limits(), lambda _: empty["key"])


def test_nothing_is_left_behind() -> None:
    for _ in range(20):
        with pytest.raises(TemplateError):
            executed("{{ spin 60 }}", {"spin": lambda _: spin(60)}, Limits(seconds=0.01))
    spin(0.3)  # an interrupt that comes late would come here
    names = [thread.name for thread in threading.enumerate()]
    assert "template" not in names


def test_messages_and_lines_have_an_end() -> None:
    with pytest.raises(TemplateError) as caught:
        executed("{{ .a" + ".b" * 100_000 + " }}", {}, Limits(), {"a": None})
    assert len(str(caught.value)) < 50_000
    assert str(caught.value).endswith(">: nil pointer evaluating interface {}.b")
    assert caught.value.caret() == ""
