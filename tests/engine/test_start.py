"""What rendering may import before it has seen a chart: each of these takes 0.4 to 14 ms of every start."""

from __future__ import annotations

import subprocess
import sys

SLOW = {
    *("base64", "click", "collections", "contextlib", "copy", "dataclasses", "datetime", "decimal", "enum"),
    *("functools", "hashlib", "importlib", "inspect", "jinja2", "json", "pathlib", "random", "re", "re2", "string"),
    *("struct", "threading", "typing", "urllib", "warnings", "yaml"),
}


def test_the_engine_starts_with_what_python_has_loaded_anyway() -> None:
    code = "import sys; before = set(sys.modules); import helmpy.engine; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "helmpy.engine.gotpl" in loaded
    assert loaded & SLOW == set()
