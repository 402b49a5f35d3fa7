"""``RunReleaseTest``."""

from __future__ import annotations

from helmpy.record import record


@record(frozen=True, slots=True)
class TestRequest:
    __test__ = False

    name: str = ""
    timeout: int = 0
    cleanup: bool = False
    parallel: bool = False
    max_parallel: int = 0
    logs: bool = False


@record(frozen=True, slots=True)
class TestResponse:
    """One line of a running test; ``status`` is a TestStatus number."""

    __test__ = False

    msg: str = ""
    status: int = 0
