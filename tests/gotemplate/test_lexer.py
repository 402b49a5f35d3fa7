from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmpy.gotemplate import lexer
from helmpy.gotemplate.lexer import Token, lex


def kinds(text: str) -> list[tuple[str, str]]:
    return [(kind, value) for kind, value, _ in lex(text)]


def the_long_way(text: str, monkeypatch: pytest.MonkeyPatch) -> list[Token]:
    with monkeypatch.context() as patch:
        patch.setattr(lexer, "_quick_action", lambda *_: 0)
        return lex(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", [("eof", "")]),
        ("a{{- /* x */ -}} b", [("text", "a"), ("text", "b"), ("eof", "")]),
        ("a {{- .b -}} c", [("text", "a"), ("{{", "{{"), ("field", ".b"), ("}}", "}}"), ("text", "c"), ("eof", "")]),
        (
            "{{$x:=1|len}}",
            [
                ("{{", "{{"), ("variable", "$x"), (":=", ":="), ("number", "1"), ("|", "|"), ("identifier", "len"),
                ("}}", "}}"), ("eof", ""),
            ],
        ),
        ("{{-1}}", [("{{", "{{"), ("number", "-1"), ("}}", "}}"), ("eof", "")]),
        ("{{1+2i}}", [("{{", "{{"), ("complex", "1+2i"), ("}}", "}}"), ("eof", "")]),
        ('{{"}}"}}', [("{{", "{{"), ("string", '"}}"'), ("}}", "}}"), ("eof", "")]),
        ("{{x$}}", [("{{", "{{"), ("error", "bad character U+0024 '$'")]),
        ("{{'x", [("{{", "{{"), ("error", "unterminated character constant")]),
        ("{{`x", [("{{", "{{"), ("error", "unterminated raw quoted string")]),
        ("{{:}}", [("{{", "{{"), ("error", "expected :=")]),
        ("{{0x1g}}", [("{{", "{{"), ("error", 'bad number syntax: "0x1g"')]),
    ],
)  # fmt: skip
def test_tokens(text: str, tokens: list[tuple[str, str]]) -> None:
    assert kinds(text) == tokens


def test_positions_are_offsets_in_the_text() -> None:
    text = 'é {{ include "a" (dict "k" .v) | nindent 4 -}}\n x'
    for kind, value, position in lex(text):
        if kind != "eof":
            assert text.startswith(value, position) or kind in {"text", "}}"}


ACTION = st.lists(
    st.sampled_from(["include", '"a b"', ".x.y", "$v", "|", "(", ")", "4", ":=", "'c'", "`r`", "-", "-}}", "}}", "{{", "\n", '"', ".", "$", "x.y", "1.5", ",", "=", "/*"]),
    max_size=10,
)  # fmt: skip


@settings(max_examples=500)
@given(ACTION, st.sampled_from(["", " ", "  "]))
def test_the_quick_way_and_the_long_way_agree(words: list[str], gap: str) -> None:
    text = "{{" + gap + gap.join(words) + gap + "}} t"
    with pytest.MonkeyPatch.context() as monkeypatch:
        slow = the_long_way(text, monkeypatch)
    quick = lex(text)
    simple = [(kind, position) for kind, _, position in quick if kind != "space"]
    assert simple == [(kind, position) for kind, _, position in slow if kind != "space"]
