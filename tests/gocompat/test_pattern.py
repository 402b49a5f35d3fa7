from __future__ import annotations

import pytest

from helmpy.gocompat.pattern import Pattern


def test_a_pattern_has_the_methods_of_a_compiled_one() -> None:
    digits = Pattern(r"(?a)[0-9]+")
    assert digits.fullmatch("12")[0] == "12"
    assert digits.fullmatch("٣") is None
    assert digits.sub("n", "a1b22") == "anbn"
    assert [found[0] for found in digits.finditer("1 22 333")] == ["1", "22", "333"]


def test_bytes_have_patterns_too() -> None:
    assert Pattern(rb"%([0-9]+)").findall(b"%20x%3") == [b"20", b"3"]


def test_a_name_that_patterns_lack_is_an_error() -> None:
    with pytest.raises(AttributeError, match="fulmatch"):
        _ = Pattern("a").fulmatch
