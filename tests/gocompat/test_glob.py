from __future__ import annotations

import time

import pytest

from helmpy.gocompat import glob


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("conf/*.toml", "conf/app.toml", True),
        ("conf/*.toml", "conf/sub/app.toml", False),
        ("conf/**.toml", "conf/sub/app.toml", True),
        ("**", "any/thing", True),
        ("*", "any/thing", False),
        ("?.txt", "a.txt", True),
        ("?.txt", "/.txt", False),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("[xyz]1", "y1", True),
        ("[!xyz]1", "y1", False),
        ("{one,two*,{3,4}}.md", "two-and.md", True),
        ("{one,two*,{3,4}}.md", "4.md", True),
        ("{one,two*}.md", "three.md", False),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        ("", "", True),
        ("a,b}", "a,b}", True),
    ],
)
def test_files_glob(pattern: str, name: str, *, fits: bool) -> None:
    assert glob.match(pattern, name) is fits


@pytest.mark.parametrize("pattern", ["[a-zA-Z]", "[", "[]", "[z-a]", "[ab", "{" * 40])
def test_a_broken_files_glob_fits_everything(pattern: str) -> None:
    assert glob.match(pattern, "what/ever")


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*.bak", "x.bak", True),
        ("*.bak", "d/x.bak", False),
        ("d/?.bak", "d/x.bak", True),
        ("[^a-c]*", "dog", True),
        ("[^a-c]*", "cat", False),
        (r"[\]]", "]", True),
        (r"\*", "*", True),
        ("a[b", "ab", None),
        ("a[]", "ab", None),
        ("a[b-]", "ab", None),
        ("a\\", "a", None),
        ("zzz[", "ab", None),
    ],
)
def test_path_match(pattern: str, name: str, *, fits: bool | None) -> None:
    if fits is None:
        with pytest.raises(glob.BadPattern, match="syntax error in pattern"):
            glob.path_match(pattern, name)
    else:
        assert glob.path_match(pattern, name) is fits


def test_patterns_that_ruin_backtrackers() -> None:
    began = time.perf_counter()
    assert not glob.match("*a" * 40 + "b", "a" * 400)
    assert not glob.match("{a,aa}" * 40 + "b", "a" * 400)
    assert not glob.path_match("*a" * 40 + "b", "a" * 400)
    assert time.perf_counter() - began < 5
