from __future__ import annotations

from typing import Any

import pytest

from helmpy import sprig

CALL = {name: function.call for name, function in sprig.functions(3).items()}


@pytest.mark.parametrize(
    ("name", "path", "result"),
    [
        ("base", "", "."),
        ("base", "//", "/"),
        ("base", "a/b/", "b"),
        ("dir", "a", "."),
        ("dir", "/a/../b/c", "/b"),
        ("dir", "/", "/"),
        ("clean", "/../a/./b//../c", "/a/c"),
        ("clean", "../a/../..", "../.."),
        ("clean", "", "."),
        ("ext", "a.b/c.tar.gz", ".gz"),
        ("ext", "a.b/c", ""),
        ("isAbs", "/a", True),
        ("osBase", "a/b", "b"),
    ],
)
def test_paths(name: str, path: str, result: Any) -> None:
    assert CALL[name](path) == result
