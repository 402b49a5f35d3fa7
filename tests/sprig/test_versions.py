"""Versions in templates: the older rules first, the newer where they cannot read a range."""

from __future__ import annotations

import pytest

from helmpy.gocompat.function import FunctionError
from helmpy.sprig.versions import V2, V3


@pytest.mark.parametrize(
    ("constraint", "version", "fits"),
    [
        (">=1.2 <2", "1.9.0", True),
        (">=1.2 <2", "2.0.0", False),  # version 1 on its own lets <2 reach the whole of 2
        ("<1 || >=1.4 <1.6", "1.5.0", True),
        (">=1.2, <2", "1.9.0", True),
    ],
)
def test_blanks_join_in_both(constraint: str, version: str, *, fits: bool) -> None:
    assert V2.semver_compare(constraint, version) is fits
    assert V3.semver_compare(constraint, version) is fits


def test_what_neither_can_read_is_refused_in_the_older_words() -> None:
    with pytest.raises(FunctionError, match=r"^improper constraint: >=1.2 <2$"):
        V2.semver_compare(">=1.2 <2", "one")
    with pytest.raises(FunctionError, match=r"^Invalid Semantic Version$"):
        V3.semver_compare(">=1.2 <2", "one")
