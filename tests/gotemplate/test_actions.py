"""The quick way through an action and what is remembered of one lead to the tree that the exact way makes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmpy.gotemplate import TemplateError, TemplateSet
from helmpy.gotemplate.actions import Actions
from helmpy.gotemplate.nodes import BranchNode, ChainNode, IdentifierNode, ListNode, Node, PipeNode, TemplateNode
from helmpy.gotemplate.parser import Parser
from helmpy.gotemplate.vocabulary import Vocabulary

FUNCTIONS = frozenset({"print", "len", "include"})


def told(node: Node, base: int) -> list[Any]:
    """Everything that a node knows."""
    here: list[Any] = [type(node).__name__, str(node), base + node.position]
    here += [getattr(node, name, None) for name in ("names", "slot", "loose", "value", "as_int", "as_float", "ideal")]
    if isinstance(node, PipeNode):
        here += [node.assigns, [told(variable, base) for variable in node.variables]]
        for command in node.commands:
            here.append([told(word, base) for word in command.arguments])
            if isinstance(command.arguments[0], IdentifierNode):
                here.append(command.position + base)
    elif isinstance(node, ChainNode):
        here.append(told(node.term, base))
    elif isinstance(node, TemplateNode) and node.pipe is not None:
        here.append(told(node.pipe, base))
    elif isinstance(node, BranchNode):
        here += [node.origin, told(node.pipe, base), listed(node.body), node.otherwise and listed(node.otherwise)]
    return here


def listed(nodes: ListNode) -> list[Any]:
    return [
        (node, place) if isinstance(node, str) else told(node, place)
        for node, place in zip(nodes.nodes, nodes.places, strict=True)
    ]


def parsed(text: str, vocabulary: Vocabulary) -> Any:
    try:
        result = Parser("t", text, vocabulary, 5).parse()
    except TemplateError as error:
        return str(error), error.line, error.source_line
    trees = {"": result.main, **result.defines}
    return [(name, tree.slots, tree.nesting, listed(tree.root)) for name, tree in trees.items()]


def the_exact_way(text: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Actions, "_ordinary", lambda *_: None)
        return parsed(text, Vocabulary(FUNCTIONS))


PIECES = ["{{end}}", "{{ else }}", "{{- if .a -}}", "{{else if .b}}", "{{range $k, $v := .m}}", "{{with $x := .a.b}}",
          "{{ $x := 1 }}", "{{ $x = (len .a) }}", "{{ $ := .c }}", "{{$.a}}", '{{define "d"}}', '{{block "e" .}}',
          '{{template "d"}}', '{{ template "d" $x }}', "{{break}}", "{{/* c */}}", "{{`}}`}}", "{{$x.y | print}}",
          '{{ include "a" (print "b c" .d) | len }}', "{{- .a.b.c }}", " \n\t", "text", "{{ nil }}", "{{print true 7}}"]  # fmt: skip
WORDS = ["include", '"a b"', ".x.y", "$v", "$", "|", "(", ")", "4", ":=", "'c'", "`r`", "-", "-}}", "}}", "{{", "\n",
         '"', ".", "x.y", "1.5", ",", "=", "/*", "(len", ".x)", "nil", "if", "$.a.b", "é", "0", "012", "print"]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=9), st.sampled_from(["", " ", "  "]), st.sampled_from(["", "- ", " "]))
def test_an_action_reads_the_same_both_ways(words: list[str], gap: str, edge: str) -> None:
    text = "a {{" + edge + gap.join(words) + edge[::-1] + "}} t"
    vocabulary = Vocabulary(FUNCTIONS)
    exact = the_exact_way(text)
    assert parsed(text, vocabulary) == exact
    assert parsed(text, vocabulary) == exact


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_a_text_reads_the_same_both_ways(text: str) -> None:
    vocabulary = Vocabulary(FUNCTIONS)
    exact = the_exact_way(text)
    assert parsed(text, vocabulary) == exact
    assert parsed(text, vocabulary) == exact


def test_equal_actions_are_one_tree() -> None:
    root = Parser("t", "{{ .a.b }}-{{ .a.b }}{{range .}}{{ .a.b }}{{end}}", Vocabulary(FUNCTIONS), 9).parse().main.root
    first, _, second, loop = root.nodes
    assert first is second
    assert isinstance(loop, BranchNode)
    assert loop.body.nodes[0] is not first


def test_what_names_a_variable_is_read_anew() -> None:
    text = "{{ $x := 1 }}{{ $y := 2 }}{{ $x }}{{ $y }}"
    vocabulary = Vocabulary(FUNCTIONS)
    first, again = parsed(text, vocabulary), parsed("{{ $y := 2 }}" + text[26:] + "{{ $y }}", vocabulary)
    assert first == the_exact_way(text)
    assert again[0] == 'template: t:1: undefined variable "$x"'


def test_a_vocabulary_knows_its_functions_only() -> None:
    assert parsed("{{ print 1 }}", Vocabulary(FUNCTIONS)) != parsed("{{ print 1 }}", Vocabulary(frozenset()))


def test_a_raw_string_is_as_it_stands_without_carriage_returns() -> None:
    templates = TemplateSet({})
    templates.parse("t", "{{ `a\\n\r\nb` }}{{ len `\r` }}")
    assert templates.execute("t", None) == "a\\n\nb0"


def test_what_is_remembered_is_bounded() -> None:
    vocabulary = Vocabulary(FUNCTIONS)
    for start in range(0, 30_000, 1_000):
        text = "".join(f"{{{{ .a{number} }}}}{{{{ $x{number} := . }}}}" for number in range(start, start + 1_000))
        assert parsed(text, vocabulary)
    assert max(len(table) for table in (*vocabulary.actions, *vocabulary.variants, vocabulary.words)) <= 10_000


def test_variables_elsewhere_are_bounded_too() -> None:
    vocabulary = Vocabulary(FUNCTIONS)
    for number in range(100):
        assert parsed("{{ $y := 1 }}" * number + "{{ $x := . }}", vocabulary)
    assert len(vocabulary.variants[0][" $x := . "].read) <= 10
