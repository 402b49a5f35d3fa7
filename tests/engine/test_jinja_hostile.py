"""Jinja2 templates of hostile charts: no way out of the sandbox, no end without an error."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helmpy.engine import Limits, TemplateError
from tests.engine.test_jinja import jinja


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ Values.__class__.__mro__ }}",
        "{{ Chart.__init__.__globals__ }}",
        "{{ Chart['__class__'] }}",
        "{{ Files.Get.__globals__ }}",
        "{{ toYaml.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ [''] | map(attribute='__class__') | list }}",
        "{{ ['a'] | sort(attribute='__class__') | first }}{{ ['a'] | map('attr', '__class__') | list }}",
        "{{ '{0.__class__}'.format('a') }}",
        "{{ Values.update({'a': 1}) }}",
        "{{ Values.l.append(1) }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__ }}",
        "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
        "{{ loop }}{{ joiner }}",
        "{{ env('HOME') }}",
        "{{ expandenv('$HOME') }}",
        "{{ 'a'.format_map({}) }}",
        "{{ Values.s | attr('format') }}",
        "{{ '{0.__class__}' | format('a') }}",
        "{{ range.__self__ }}",
        "{{ dict.__base__ }}",
        "{{ include.__closure__ }}{{ tpl.__code__ }}",
        "{% macro m() %}{% endmacro %}{{ m }}",
        "{% macro m() %}{% endmacro %}{{ [m] }}",
        "{% macro m() %}{% endmacro %}{{ m | toYaml }}",
        "{% for i in [1] %}{{ loop }}{% endfor %}",
        "{% for i in [1] %}{{ loop._iterable }}{% endfor %}",
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
        "{% import '_p.j2' as m %}{{ m.__dict__ }}",
        "{% import '_p.j2' as m %}{{ m._body_stream }}",
        "{% autoescape true %}{{ '<' }}{% endautoescape %}",
        "{{ (0 - 8) ** 0.5 }}",
        "{{ Values.keys.__self__ }}",
        "{{ now().__class__ }}{{ genCA('x', 1).__dict__ }}",
    ],
)
def test_nothing_leads_out_of_the_sandbox(template: str) -> None:
    with pytest.raises(TemplateError):
        jinja(template)


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% for i in range(9999999) %}{% endfor %}",
        "{{ 'a' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ [1] * 2000000 }}",
        "{{ 1.5 | round(1000000000, 'ceil') }}",
        "{{ 1.5 | round(-1000000000, 'ceil') }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=2) %}{% for i in range(60) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
        "{% set ns = namespace(x='a') %}{% for i in range(60) %}{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}",
        "{% set ns = namespace(x='aa') %}{% for i in range(60) %}{% set ns.x = ns.x | replace('a', 'aaaaaaaaa') %}{% endfor %}",
        "{% set ns = namespace(x='aa') %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] | join('a') %}{% endfor %}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'a'.ljust(1000000000) }}",
        "{{ 'a'.center(1000000000) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ 'a' | indent(1000000000, true) }}",
        "{{ repeat(1000000000, 'a') }}",
        "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
        "{% include 'x.yaml' %}",
        "{{ tpl('{{ tpl(Values.t) }}') }}",
        "{{ " + "(" * 400 + "1" + ")" * 400 + " }}",
        # values that are small in memory and huge in print
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = {'a': ns.x, 'b': ns.x} %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ ns.x == ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = list(ns.x, ns.x) %}{% endfor %}{{ ns.x | toYaml }}",
        "{% set d = dict('a', 1) %}{% do set(d, 'a', d) %}{{ d }}",
        "{{ ([[1] * 10000] * 10000) | sum(start=[]) | length }}",
        # work that no single step shows
        "{% set b = 'a' * 4000000 %}{% for i in range(9999) %}{% set y = b | replace('a', 'c') %}{% endfor %}",
        "{% set b = 'a' * 4000000 %}{% for i in range(9999) %}{% set y = b[1:] %}{% endfor %}",
        "{% set b = 'a' * 4000000 %}{% for i in range(9999) %}{% if 'zz' in b %}{% endif %}{% endfor %}",
        "{% set b = 'a' * 4000000 %}{% for i in range(9999) %}{% set y = b.upper() %}{% endfor %}",
        "{% set b = range(99999) | list %}{% for i in range(9999) %}{% set y = b == b + [] %}{% endfor %}",
        "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = ns.x + ['a' * 4000000 ~ i] %}{% endfor %}",
        "{% for i in range(99) %}{% set x = ('a ' * 2000000).split() %}{% endfor %}",
        "{{ tpl('{{ 1 }}' * 500000) }}",
        "{% block a %}{{ self.a() }}{% endblock %}",
        "{% import 'x.yaml' as m %}",
        "{% extends 'x.yaml' %}",
        "{% include ['nope', 'x.yaml'] %}",
        "{{ include('x.yaml') }}",
        "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}"
        + "{% call m() %}" * 19
        + "x" * 1000
        + "{% endcall %}" * 19,
        # texts that a parser may choke on
        "{{ " + "not " * 5000 + "1 }}",
        "{{ Values" + ".m" * 9999 + " }}",
        "{{ 1" + "+1" * 9999 + " }}",
        "{{ 1" + "|int" * 9999 + " }}",
        "{{ " + "[" * 5000 + "1" + "]" * 5000 + " }}",
        "{% if 1 %}" * 500 + "{% endif %}" * 500,
        "{% for i in [1] %}" * 30 + "{% endfor %}" * 30,
        "{% if 0 %}" + "{% elif 0 %}" * 9999 + "{% endif %}",
        "{{ 1 " + "if 0 else 1 " * 5000 + "}}",
        "{{ 1 / 0 }}",
    ],
)
def test_limits(template: str) -> None:
    start = time.process_time()
    with pytest.raises(TemplateError):
        jinja(template, {"t": "{{ tpl(Values.t) }}"}, limits=Limits(output=5_000_000))
    assert time.process_time() - start < 5


_WORDS = [
    "{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-%}", " ", "\n", "a", "é", "Values", ".s", ".l", ".m", ".zz", "['k']", "[0]", "[1:]",
    "(", ")", ",", "|", "default", "indent", "trunc", "join", "toYaml", "tpl", "include", "list", "dict", "set", "1", "'x'",
    "2.5", "none", "true", "~", "+", "*", "**", "//", "%", "==", "in", "is", "defined", "not", "and", "or", "if", "else",
    "elif", "endif", "for", "endfor", "i", "loop", ".index", "macro", "endmacro", "m()", "call", "endcall", "block", "endblock",
    "extends", "import", "as", "from", "with", "endwith", "filter", "endfilter", "raw", "endraw", "do", "break", "namespace",
    "range(3)", "__class__", "attr", "recursive", "=", ":", "{", "}", "[", "]", "autoescape", "Files", "Chart", ".Name", "\x00",
]  # fmt: skip


def answers(template: str) -> None:
    """A template gives a text or the one error that it may."""
    outcome: str | TemplateError
    try:
        outcome = jinja(template, limits=Limits(steps=200_000))
    except TemplateError as error:
        outcome = error
    if isinstance(outcome, TemplateError):
        assert outcome.name
        assert outcome.caret().count("\n") <= 1


SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(st.text(max_size=200))
def test_any_text_answers(template: str) -> None:
    answers(template)


@SETTINGS
@given(st.lists(st.sampled_from(_WORDS), max_size=25))
def test_any_words_answer(words: list[str]) -> None:
    answers(" ".join(words))
    answers("".join(words))


@SETTINGS
@given(st.lists(st.sampled_from(_WORDS[8:]), max_size=8))
def test_any_expression_answers(words: list[str]) -> None:
    answers("{{ " + " ".join(words) + " }}")
    answers("{% " + " ".join(words) + " %}")
