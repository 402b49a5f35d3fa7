from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmpy.repo.challenge import Challenge, parse
from helmpy.repo.getter import basic


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", []),
        ("Basic", [Challenge("basic", {})]),
        ('Basic realm="a \\"b\\" c"', [Challenge("basic", {"realm": 'a "b" c'})]),
        (
            'Bearer realm="https://h/t",service="s",scope="repository:a/b:pull,push"',
            [Challenge("bearer", {"realm": "https://h/t", "service": "s", "scope": "repository:a/b:pull,push"})],
        ),
        (
            'bearer Realm = x , error=insufficient_scope, BASIC realm="y"',
            [Challenge("bearer", {"realm": "x", "error": "insufficient_scope"}), Challenge("basic", {"realm": "y"})],
        ),
        ("Negotiate, Basic realm=x", [Challenge("negotiate", {}), Challenge("basic", {"realm": "x"})]),
        ("realm=x", []),
    ],
)
def test_challenges(header: str, found: list[Challenge]) -> None:
    assert parse(header) == found


@settings(deadline=None)
@given(st.text(alphabet='Basic realm="\\, =x-\n\t', max_size=200))
def test_any_header_is_read(header: str) -> None:
    assert all(one.scheme == one.scheme.lower() for one in parse(header))


def test_long_headers_are_read_at_once() -> None:
    assert parse('Bearer a="' + '\\"' * 100_000) == [Challenge("bearer", {"a": ""})]
    assert parse("a" * 1_000_000)[0].scheme == "a" * 1_000_000


def test_names_and_passwords_may_be_any_text() -> None:
    assert basic("ann", "pä:ss") == "Basic YW5uOnDDpDpzcw=="
