from __future__ import annotations

import pytest

from helmpy.gocompat.variables import expand


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$A/b", "1/b"),
        ("${A}b", "1b"),
        ("$Ab", ""),
        ("$NONE", ""),
        ("a$", "a$"),
        ("a$/b", "a$/b"),
        ("$$A", "A"),
        ("$1$*x$?", "x"),
        ("${A", "A"),
        ("${}x${1}", "x"),
        ("$A$A", "11"),
        ("$\u00e4", "$\u00e4"),
    ],
)
def test_variables_are_put_in(text: str, expanded: str) -> None:
    assert expand(text, {"A": "1"}) == expanded
