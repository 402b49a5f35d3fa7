"""Properties that hold for anything: templates, values, YAML, ``--set``."""

from __future__ import annotations

from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helmpy.chart import strvals
from helmpy.chart.capabilities import Capabilities
from helmpy.chart.model import Chart, Config, File, Metadata
from helmpy.engine import InternalFault, Limits, ReleaseOptions, render
from helmpy.errors import HelmError
from helmpy.gocompat import json, toml, yaml, yaml_pretty
from helmpy.gotemplate import runtime
from helmpy.sprig import catalogue

settings.register_profile(
    "hostile",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
EXAMPLES = settings(settings.get_profile("hostile"), max_examples=250)
MORE = settings(settings.get_profile("hostile"), max_examples=500)

LIMITS = Limits(steps=5_000, output=50_000, size=10_000, calls=50, depth=500, seconds=3)

# Slow on purpose, or about the world outside.
_LEFT_OUT = frozenset({"derivePassword", "htpasswd", "bcrypt", "genPrivateKey", "getHostByName"}) | {
    name for name in catalogue.V3 if name.startswith("gen")
}

texts = st.text(st.characters(codec=None), max_size=12)
unicode_texts = st.text(st.characters(codec="utf-8"), max_size=12)
numbers = st.integers(-(2**63), 2**64) | st.floats()
scalars = st.none() | st.booleans() | numbers | texts


def nested(leaves: st.SearchStrategy[Any], keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
    )


words = st.sampled_from(
    [
        *sorted(set(catalogue.V3) - _LEFT_OUT), "include", "tpl", "toYaml", "fromYaml", "toToml", "fromToml", "required", "index", "len", "printf",
        "print", "slice", "eq", "lt", "and", "or", "not", "html", "js", "urlquery", "nil", "true", ".", "$", "$x", ".Values", ".Values.a", ".Values.a.b",
        ".Release.Name", ".Files.Get", ".Files", ".Capabilities.APIVersions.Has", "1", "-1", "0x7fffffffffffffff", "1e308", "1.5", "'a'", "1i", '"a"', '"b"', '"%v %d"',
        "`a: 1`", "(list 1 2)", '(dict "a" 1)', "(until 3)", "now", "|", "(", ")", ",", ":=", "=",
    ]
)  # fmt: skip
expressions = st.lists(words | texts.map(lambda text: f'"{text}"'), min_size=1, max_size=5).map(" ".join)
actions = expressions.map(lambda inside: f"{{{{ {inside} }}}}") | st.sampled_from(
    [
        "{{ if .Values }}", "{{ else }}", "{{ end }}", "{{ range .Values }}", "{{ range $i, $x := .Values }}", "{{ with .Values.a }}", '{{ define "a" }}',
        '{{ template "a" . }}', '{{ include "a" . }}', '{{ block "b" . }}', "{{- 1 -}}", "{{/* c */}}", "{{ break }}", "{{ continue }}", "{{ $x := 1 }}", "{{ else if 1 }}",
    ]
)  # fmt: skip
templates = st.lists(actions | texts, max_size=8).map("".join)

jinja_templates = st.lists(
    st.lists(
        st.sampled_from(
            [
                "Values", "Values.a", "Values['a']", "Release.Name", "1", "1.5", "'x'", "[1, 2]", "{'a': 1}", "+", "-", "*", "**", "//", "%", "~", "<", "in", "not", "and", "is defined",
                "| upper", "| toYaml", "| join(',')", "| sort", "| sum", "| int", "| round", "| default(1)", "| tojson", "| indent", "range(3)", "toYaml(Values)", "repeat(3, 'x')",
                "regexReplaceAll('a', 'b', 'c')", "(", ")", "if 1 else 2", "loop.index", "tpl('{{ 1 }}')", ".a", "[0]", "[1:]", "x", "namespace(a=1)",
            ]
        ),
        min_size=1,
        max_size=5,
    ).map(lambda parts: "{{ " + " ".join(parts) + " }}")
    | st.sampled_from(
        [
            "{% for x in Values %}", "{% endfor %}", "{% if Values %}", "{% endif %}", "{% else %}", "{% set x = Values %}", "{% macro m(a) %}", "{% endmacro %}", "{{ m(1) }}",
            "{% block b %}", "{% endblock %}", "{# c #}", "{%- set y -%}", "{% endset %}", "{% include 'a.yaml' %}", "{% raw %}", "{% endraw %}",
        ]
    )
    | texts,
    max_size=8,
).map("".join)  # fmt: skip


def ends_well(template: str, values: Any, *, engine: str, api: str) -> None:
    chart = Chart(
        metadata=Metadata(name="web", version="1.0.0", engine=engine, api_version=api),
        templates=(File("templates/a.yaml", template.encode("utf-8", "surrogatepass")),),
        files=(File("a", b"\xff\n"),),
        values=Config(raw=""),
    )
    try:
        rendered = render(
            chart, {"a": values}, ReleaseOptions("web", "shop"), Capabilities(), limits=LIMITS, now=lambda: 0
        )
    except InternalFault as error:
        pytest.fail(f"{error} in {template!r}")
    except HelmError as error:
        str(error).encode("utf-8", "surrogatepass")
    else:
        assert all(isinstance(text, str) for text in rendered.values())


@EXAMPLES
@given(templates, nested(scalars, texts), st.sampled_from(["v1", "v2"]))
def test_any_go_template_over_any_values(template: str, values: Any, api: str) -> None:
    ends_well(template, values, engine="gotpl", api=api)


def said(template: str, values: Any, api: str) -> str:
    """What comes of a template: its text, or its error."""
    chart = Chart(
        metadata=Metadata(name="web", version="1.0.0", api_version=api),
        templates=(File("templates/a.yaml", template.encode("utf-8", "surrogatepass")),),
        values=Config(raw=""),
    )
    options = ReleaseOptions("web", "shop")
    try:
        return render(chart, {"a": values}, options, Capabilities(), limits=LIMITS, now=lambda: 0)[
            "web/templates/a.yaml"
        ]
    except HelmError as error:
        return str(error)


@EXAMPLES
@given(templates, nested(scalars, texts), st.sampled_from(["v1", "v2"]))
def test_what_many_renders_executed_says_the_same(template: str, values: Any, api: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "_body", lambda _run, _tree: None)
        by_closures = said(template, values, api)
    if any(word in by_closures for word in ("exceeded", "longer than", "more memory")):
        return  # a limit is met at another place
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "HOT", 1)
        assert said(template, values, api) == by_closures
        assert said(template, values, api) == by_closures


@EXAMPLES
@given(jinja_templates, nested(scalars, texts))
def test_any_jinja_template_over_any_values(template: str, values: Any) -> None:
    ends_well(template, values, engine="jinja2", api="v1")


@pytest.mark.parametrize("name", sorted(set(catalogue.V3) - _LEFT_OUT))
@settings(settings.get_profile("hostile"), max_examples=12)
@given(st.lists(nested(scalars, texts), max_size=4))
def test_any_function_of_anything(name: str, values: list[Any]) -> None:
    arguments = " ".join(f"(index .Values.a {index})" for index in range(len(values)))
    ends_well(f"{{{{ {name} {arguments} }}}}", values, engine="gotpl", api="v2")


# YAML

finite = st.integers(-(2**53), 2**53).map(float) | st.floats(allow_nan=False, allow_infinity=False)
_CONTROLS = {
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))
}  # Go's library reads some, writes some and refuses some
ordinary = st.text(st.characters(codec="utf-8", exclude_characters=_CONTROLS), max_size=12).filter(
    lambda text: text != "<<"
)
documents = nested(st.none() | st.booleans() | finite | ordinary, ordinary)
# Where PyYAML goes another way than Go's library: it takes no y for true and cannot read a plain << or =.
_PARTINGS = frozenset({"y", "Y", "n", "N", "<<", "="})
printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"), exclude_characters="\ufeff\u2028\u2029"),
    max_size=12,
).filter(lambda text: text not in _PARTINGS)
tame = nested(st.none() | st.booleans() | st.integers(-99_999, 99_999).map(float) | printable, printable)


@MORE
@given(documents)
def test_our_reader_reads_what_our_writer_writes(value: Any) -> None:
    assert yaml.load(yaml.dump(value)) == value
    assert yaml.load(yaml_pretty.dump(value)) == value
    assert json.loads(json.dumps(value)) == value


@MORE
@given(tame)
def test_our_reader_reads_what_pyyaml_writes(value: Any) -> None:
    for text in (
        pyyaml.safe_dump(value, allow_unicode=True),
        pyyaml.safe_dump(value, default_flow_style=True, default_style='"'),
    ):
        assert yaml.load(text) == value


@MORE
@given(tame)
def test_pyyaml_reads_what_our_writer_writes(value: Any) -> None:
    assert pyyaml.safe_load(yaml.dump(value)) == value


@MORE
@given(
    st.lists(
        st.sampled_from(
            [
                *"abc:-?,[]{}#&*!|>'\"%@`\n \t=~<0123456789.eE_+xo",
                "\r",
                "\x85",
                "\ufeff",
                "é",
                "\0",
                "<<: ",
                "- ",
                ": ",
                "&a ",
                "*a",
                "!!str ",
                "--- ",
            ]
        )
    ).map("".join)
)
def test_any_text_is_yaml_or_a_clear_error(text: str) -> None:
    for read in (yaml.load, yaml.load_all, json.loads, toml.loads):
        try:
            value = read(text)
        except HelmError as error:
            message = str(error)
        else:
            message = "fine"
            if read is yaml.load and "<<" not in text:  # Go's library writes that key plain, and reads a merge
                assert yaml.load(yaml.dump(value)) == value
        assert message


# --set

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
plain = st.text(st.characters(codec="utf-8"), max_size=8)


def escaped(text: str, marks: str) -> str:
    return "".join(f"\\{char}" if char in marks else char for char in text)


def written(value: Any, path: str) -> list[str]:
    """The ``--set-string`` assignments that make ``value`` at ``path``."""
    if isinstance(value, dict):
        return [
            line
            for key, item in value.items()
            for line in written(item, f"{path}.{escaped(key, KEY)}" if path else escaped(key, KEY))
        ]
    if isinstance(value, list):
        return [line for index, item in enumerate(value) for line in written(item, f"{path}[{index}]")]
    return [f"{path}={escaped(value, VALUE)}"]


KEY, VALUE = "\\.,=[", "\\,{"
trees = st.dictionaries(
    names,
    st.recursive(
        plain,
        lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(names, inner, min_size=1, max_size=3),
        max_leaves=6,
    ),
    min_size=1,
    max_size=4,
)


@MORE
@given(trees)
def test_set_gives_back_what_was_written(tree: dict[str, Any]) -> None:
    found: dict[str, Any] = {}
    strvals.parse_into_string(",".join(written(tree, "")), found)
    assert found == tree


@MORE
@given(st.text(st.sampled_from("ab.,=[]{}\\019-x\n\0 é"), max_size=30) | texts)
def test_any_set_is_values_or_a_clear_error(text: str) -> None:
    for read in (
        strvals.parse,
        lambda text: strvals.parse_into_string(text, {"a": {"b": [1]}}),
        lambda text: strvals.parse_into_file(text, {}, str),
    ):
        message = "fine"
        try:
            read(text)
        except HelmError as error:
            message = str(error)
        assert message
