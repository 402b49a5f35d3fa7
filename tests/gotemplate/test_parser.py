from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmpy.gotemplate import Limits, TemplateError, TemplateSet
from helmpy.gotemplate.parser import Parser
from helmpy.gotemplate.vocabulary import Vocabulary

FUNCTIONS = frozenset({"print", "len", "upper"})


def parse(text: str, nesting: int = 100) -> str:
    return str(Parser("t", text, Vocabulary(FUNCTIONS), nesting).parse().main.root)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a{{.}}b", "a{{.}}b"),
        ("{{ .a.b  |  print   1 `r`  }}", "{{.a.b | print 1 `r`}}"),
        ("{{ $x := print  (len .y) }}{{$x.z}}", "{{$x := print (len .y)}}{{$x.z}}"),
        ("{{ (print 1).a.b }}{{print.x}}", "{{(print 1).a.b}}{{print.x}}"),
        ("{{if .a}}1{{else}}2{{end}}", "{{if .a}}1{{else}}2{{end}}"),
        ("{{if .a}}1{{else if .b}}2{{end}}", "{{if .a}}1{{else}}{{if .b}}2{{end}}{{end}}"),
        ("{{with $x := 1}}{{$x}}{{end}}", "{{with $x := 1}}{{$x}}{{end}}"),
        ("{{range $i, $e := .}}{{break}}{{continue}}{{end}}", "{{range $i, $e := .}}{{break}}{{continue}}{{end}}"),
        ('{{template `x`}}{{block "y" .}}z{{end}}', '{{template "x"}}{{template "y" .}}'),
        ("{{nil | print}}{{true}}{{'x'}}{{0x1F}}", "{{nil | print}}{{true}}{{'x'}}{{0x1F}}"),
        ("{{$x := 1}}{{$x = 2}}", "{{$x := 1}}{{$x = 2}}"),
    ],
)
def test_a_tree_prints_as_its_text(text: str, printed: str) -> None:
    assert parse(text) == printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{", "1: unclosed action"),
        ("{{\n\n", "3: unclosed action started at t:1"),
        ('{{ .x\n"', "2: unterminated quoted string in action started at t:1"),
        ("{{/* x", "1: unclosed comment"),
        ("{{/* x */ y}}", "1: comment ends before closing delimiter"),
        ("{{}}", "1: missing value for command"),
        ("{{if}}{{end}}", "1: missing value for if"),
        ("{{(}}", "1: unclosed left paren"),
        ("{{print ()}}", "1: missing value for parenthesized pipeline"),
        ("{{missing}}", '1: function "missing" not defined'),
        ("{{$x}}", '1: undefined variable "$x"'),
        ("{{if true}}{{$x := 1}}{{end}}{{$x}}", '1: undefined variable "$x"'),
        ("a\n{{end}}", "2: unexpected {{end}}"),
        ("{{else}}", "1: unexpected {{else}}"),
        ("{{if 1}}\n", "2: unexpected EOF"),
        ("{{if 1}}{{else}}{{else}}{{end}}", "1: expected end; found {{else}}"),
        ("{{define x}}", '1: unexpected "x" in define clause'),
        ("{{if 1}}{{define `x`}}{{end}}{{end}}", "1: unexpected <define> in command"),
        ("{{template x}}", '1: unexpected "x" in template clause'),
        ("{{define `x`}}1{{end}}{{define `x`}}2{{end}}", '1: template: multiple definition of template "x"'),
        ("{{1 | 2}}", "1: non executable command in pipeline stage 2"),
        ("{{1.x}}", '1: bad number syntax: "1.x"'),
        ("{{true.x}}", '1: unexpected . after term "true"'),
        ("{{print 1(2)}}", '1: unexpected "(" in operand'),
        ("{{.a }b}}", '1: unexpected "}" in operand'),
        ("{{.x == .y}}", '1: unexpected "=" in operand'),
        ("{{.a-b}}", "1: bad character U+002D '-'"),
        ("{{range $i, .x := .}}{{end}}", "1: range can only initialize variables"),
        ("{{with $a, $b := .}}{{end}}", "1: too many declarations in with"),
        ("{{break}}", "1: {{break}} outside {{range}}"),
        ("{{range .}}{{else}}{{continue}}{{end}}", "1: {{continue}} outside {{range}}"),
        ("{{\x01}}", "1: unrecognized character in action: U+0001"),
        ('{{"' + "long" * 5 + '"x', '1: unexpected "x" in operand'),
        ("{{template .}}", "1: unexpected <.> in template clause"),
        (r'{{"\q"}}', "1: invalid syntax"),
        ("{{''}}", "1: invalid syntax"),
        ("{{'ab'}}", "1: malformed character constant: 'ab'"),
        ("{{99999999999999999999}}", '1: integer overflow: "99999999999999999999"'),
        ("{{1_.5}}", '1: illegal number syntax: "1_.5"'),
        ("{{-}}", '1: illegal number syntax: "-"'),
    ],
)
def test_faults(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert str(caught.value) == f"template: t:{message}"


@pytest.mark.parametrize(
    "text",
    [
        "{{" + "(" * 100_000,
        "{{" + "(" * 100_000 + "1" + ")" * 100_000 + "}}",
        "{{if 1}}" * 100_000,
        "{{" + "print 1 | " * 100_000 + "print}}",
        "{{$x := " + "print (" * 100_000 + "}}",
    ],
)
def test_nesting_without_end_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    with pytest.raises(TemplateError, match="exceeded maximum nesting depth"):
        parse(text)
    assert time.process_time() - started < 5


def test_nesting_is_what_the_limits_say() -> None:
    assert parse("{{if 1}}" * 9 + "{{end}}" * 9, nesting=9)
    with pytest.raises(TemplateError, match=r"exceeded maximum nesting depth \(8\)"):
        parse("{{if 1}}" * 9 + "{{end}}" * 9, nesting=8)


def test_a_cached_text_keeps_to_the_limits_of_whoever_asks() -> None:
    text = "{{((((1))))}}"
    TemplateSet({}).parse("t", text)
    with pytest.raises(TemplateError, match="nesting"):
        TemplateSet({}, limits=Limits(nesting=3)).parse("t", text)


def test_many_variables_take_no_longer_than_their_text() -> None:
    started = time.process_time()
    parse("{{$x := 1}}" + "".join(f"{{{{$y{number} := $x}}}}{{{{$x = 2}}}}" for number in range(20_000)))
    assert time.process_time() - started < 20


def test_a_chain_of_else_if_is_no_nesting() -> None:
    templates = TemplateSet({})
    templates.parse("t", "{{if 0}}" + "{{else if 0}}" * 2000 + "{{else}}last{{end}}")
    assert templates.execute("t", None) == "last"


PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{{-",
        "-}}",
        "(",
        ")",
        "|",
        ":=",
        "=",
        ",",
        ".",
        "$",
        "$x",
        ".a",
        '"s"',
        "`r`",
        "'c'",
        "1",
        "1.5",
        "0x",
        "1e",
        "nil",
        "true",
        "if",
        "else",
        "end",
        "range",
        "with",
        "define",
        "template",
        "block",
        "break",
        "continue",
        "print",
        "len",
        "upper",
        "/*",
        "*/",
        "\\",
        "\n",
        "é",
        "{",
        "}",
        "\x00",
        "{{end}}",
        "{{else}}",
        "{{if",
        ".}}",
        "{{range",
        ".}}",
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map(" ".join), st.sampled_from(["", " "]))
def test_any_text_parses_or_says_why_not(text: str, gap: str) -> None:
    text = text.replace(" ", gap)
    message = "template: t:"
    try:
        parse(text)
    except TemplateError as error:
        message = str(error)
    assert message.startswith("template: t:")


@settings(max_examples=300)
@given(
    st.lists(PIECES, max_size=12).map(lambda pieces: "{{" + " ".join(pieces) + "}}"),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abx"), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_any_template_gives_text_or_says_why_not(text: str, data: object) -> None:
    templates = TemplateSet({}, limits=Limits(steps=10_000, output=100_000))
    try:
        templates.parse("t", text)
        output: str | TemplateError = templates.execute("t", data)
    except TemplateError as error:
        output = error
    assert isinstance(output, str) or str(output).startswith("template: t:")
