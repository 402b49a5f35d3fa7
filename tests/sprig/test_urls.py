from __future__ import annotations

from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.function import FunctionError

CALL = {name: function.call for name, function in sprig.functions(3).items()}
PARTS = ("scheme", "host", "hostname", "path", "query", "opaque", "fragment", "userinfo")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "https://me:s%40fe@web.test:8443/a%20b/c?x=1&y#top%21",
            ("https", "web.test:8443", "web.test", "/a b/c", "x=1&y", "", "top!", "me:s%40fe"),
        ),
        ("mailto:me@web.test", ("mailto", "", "", "", "", "me@web.test", "", "")),
        ("/only/path", ("", "", "", "/only/path", "", "", "", "")),
        ("//web.test", ("", "web.test", "web.test", "", "", "", "", "")),
        ("FTP://[fe80::1%25en0]:21/", ("ftp", "[fe80::1%en0]:21", "fe80::1%en0", "/", "", "", "", "")),
        ("*", ("", "", "", "*", "", "", "", "")),
        ("?q", ("", "", "", "", "q", "", "", "")),
    ],
)
def test_parse(text: str, parts: tuple[str, ...]) -> None:
    assert CALL["urlParse"](text) == dict(zip(PARTS, parts, strict=True))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (":x", "missing protocol scheme"),
        ("1:x", "first path segment in URL cannot contain colon"),
        ("http://a b/", 'invalid character " " in host name'),
        ("http://web:port/", 'invalid port ":port" after host'),
        ("http://web/%zz", 'invalid URL escape "%zz"'),
        ("http://w%41b/", 'invalid URL escape "%41"'),
        ("http://[::1/", "missing ']' in host"),
        ("http://m e@web/", "net/url: invalid userinfo"),
        ("/a\nb", "net/url: invalid control character in URL"),
    ],
)
def test_parse_refuses(text: str, reason: str) -> None:
    with pytest.raises(FunctionError) as caught:
        CALL["urlParse"](text)
    shown = text.replace("\n", "\\n")
    assert str(caught.value) == f'unable to parse url: parse "{shown}": {reason}'


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            {"scheme": "http", "userinfo": "u:p", "host": "h:1", "path": "/a b", "query": "q", "fragment": "f g"},
            "http://u:p@h:1/a%20b?q#f%20g",
        ),
        ({"host": "h", "path": "x?"}, "//h/x%3F"),
        ({"path": "a:b/c"}, "./a:b/c"),
        ({"scheme": "urn", "opaque": "x:y"}, "urn:x:y"),
        ({}, ""),
    ],
)
def test_join(parts: dict[str, Any], text: str) -> None:
    assert CALL["urlJoin"](parts) == text


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"host": 1}, "unable to parse host key, must be of type string, but int found"),
        ({"host": None}, "runtime error: invalid memory address or nil pointer dereference"),
        (
            {"userinfo": "a b"},
            'unable to parse userinfo in dict: parse "proto://a b@host": net/url: invalid userinfo',
        ),
    ],
)
def test_join_refuses(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        CALL["urlJoin"](parts)
    assert str(caught.value) == message
