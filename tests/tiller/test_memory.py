"""What the process tells of its memory, and that it gives back what it no longer needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tiller import memory

PROGRAM = """
from tiller import memory
memory.settle()
before = memory.resident()
for size in (1, 2, 4, 8, 16, 20, 20, 20):
    held = [b"x" * (size * 1024 * 1024) for _ in range(3)]
    assert memory.resident() > before + 2 * size * 1024 * 1024
    del held
memory.trim()
assert memory.resident() < before + 4 * 1024 * 1024, (before, memory.resident())
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_large_pieces_are_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_system_that_does_not_tell_has_no_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tiller.memory._STATM", tmp_path / "none")
    assert memory.resident() == 0
