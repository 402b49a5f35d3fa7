from __future__ import annotations

import pytest

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.url import below


@pytest.mark.parametrize(
    ("base", "name", "url"),
    [
        ("http://x", "a.tgz", "http://x/a.tgz"),
        ("http://x/", "a.tgz", "http://x/a.tgz"),
        ("http://x//y/../z", "a.tgz", "http://x/z/a.tgz"),
        ("http://u:p@x/a?b=c", "d/a.tgz", "http://u:p@x/a/d/a.tgz?b=c"),
        ("http://x", "a b\u00e9+%.tgz", "http://x/a%20b%C3%A9+%25.tgz"),
        ("http://\u00fc/\u00e4 \u00f6", "a.tgz", "http://%C3%BC/%C3%A4%20%C3%B6/a.tgz"),
        ("/rel", "a.tgz", "/rel/a.tgz"),
        ("x", "a.tgz", "x/a.tgz"),
        ("", "d/a b.tgz", "d/a%20b.tgz"),
    ],
)
def test_a_file_below(base: str, name: str, url: str) -> None:
    assert below(base, name) == url


@pytest.mark.parametrize("base", ["http://[::1", "http://x/%zz", "http://x\n", " http://x", "http://x:y/", ":x"])
def test_what_is_no_url(base: str) -> None:
    with pytest.raises(FunctionError):
        below(base, "a.tgz")
