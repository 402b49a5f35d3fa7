"""Templates are executed by closures and, where many renders did, by functions: tests see both."""

from __future__ import annotations

import pytest

from helmpy.gotemplate import runtime


@pytest.fixture(params=["closures", "hot"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "hot":
        monkeypatch.setattr(runtime, "HOT", 1)
    else:
        monkeypatch.setattr(runtime, "_body", lambda _run, _tree: None)
    return str(request.param)
