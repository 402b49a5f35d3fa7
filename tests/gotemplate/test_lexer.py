from __future__ import annotations

import pytest

from helmpy.gotemplate.lexer import describe, lex


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("$x:=1|len}}", [("variable", "$x"), (":=", ":="), ("number", "1"), ("|", "|"), ("identifier", "len"), ("}}", "}}")]),
        (" .a  .b -}}", [("space", " "), ("field", ".a"), ("space", "  "), ("field", ".b"), ("}}", "}}")]),
        (".a.b\n-}}", [("field", ".a.b"), ("}}", "}}")]),
        ("-1}}", [("number", "-1"), ("}}", "}}")]),
        ("1+2i}}", [("complex", "1+2i"), ("}}", "}}")]),
        ('"}}"}}', [("string", '"}}"'), ("}}", "}}")]),
        ("nil true if.}}", [("nil", "nil"), ("space", " "), ("bool", "true"), ("space", " "), ("if", "if"), (".", "."), ("}}", "}}")]),
        ("x$}}", [("error", "bad character U+0024 '$'")]),
        ("'x", [("error", "unterminated character constant")]),
        ("`x", [("error", "unterminated raw quoted string")]),
        (":}}", [("error", "expected :=")]),
        ("0x1g}}", [("error", 'bad number syntax: "0x1g"')]),
        ("(}}", [("(", "("), ("error", "unclosed left paren")]),
        (")", [(")", ")"), ("error", "unexpected right paren")]),
        ("", [("error", "unclosed action")]),
    ],
)  # fmt: skip
def test_tokens(text: str, tokens: list[tuple[str, str]]) -> None:
    shown = [(kind, "." if kind == "dot" else value) for kind, value, _ in lex(text, 0)[0]]
    assert shown == [("dot", value) if kind == "." else (kind, value) for kind, value in tokens]


def test_text_goes_on_after_the_delimiter_and_what_it_trims() -> None:
    assert lex("..a}} b", 1)[1] == 5
    assert lex(".a -}}\n b", 0)[1] == 8
    assert lex(".a", 0)[1] == -1


def test_positions_are_offsets_in_the_text() -> None:
    text = 'é {{ include "a" (dict "k" .v) | nindent 4 -}}\n x'
    for kind, value, position in lex(text, 4)[0]:
        assert text.startswith(value, position) or kind == "}}"


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (("range", "range", 0), "<range>"),
        (("field", ".a.b", 0), '".a"'),
        (("string", '"a long string"', 0), '"\\"a long st"...'),
        (("error", "why", 0), "why"),
    ],
)
def test_tokens_in_messages(token: tuple[str, str, int], shown: str) -> None:
    assert describe(token) == shown
