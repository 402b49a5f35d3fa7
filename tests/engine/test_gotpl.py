from __future__ import annotations

import pytest

from helmpy.engine import Limits, TemplateError
from tests.engine.charts import chart, rendered, text


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ .Values.a }}", ""),
        ("{{ .Values.n }}", "3"),
        ("<no value>|{{ .Values.b }}", "|"),
        ('{{ define "t" }}{{ .Values.n }}{{ end }}{{ include "t" . | quote }}', '"3"'),
        ('{{ tpl "{{ .Values.n }}-{{ .Template.Name }}" . }}', "3-web/templates/x.yaml"),
        ('{{ tpl "{{ .Values.zz }}" . }}', ""),
        ('{{ tpl "plain" . }}', "plain"),
        (
            '{{ define "t" }}old{{ end }}{{ tpl "{{ define \\"t\\" }}new{{ end }}{{ include \\"t\\" . }}" . }}{{ include "t" . }}',
            "newold",
        ),
        ("{{ .Template.BasePath }}", "web/templates"),
        ('{{ required "r" .Values.n }}', "3"),
    ],
)
def test_templates(template: str, expected: str) -> None:
    assert text(template, {"n": 3}) == expected


V1_ERRORS = [
    ("{{ if }}", 'parse error in "web/templates/x.yaml": template: web/templates/x.yaml:1: missing value for if'),
    (
        "{{ .Values.a.b }}",
        (
            'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:10: executing "web/templates/x.yaml" '
            "at <.Values.a.b>: nil pointer evaluating interface {}.b"
        ),
    ),
    (
        '{{ required "need" "" }}',
        (
            'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" '
            'at <required "need" "">: error calling required: need'
        ),
    ),
    (
        '{{ fail "boo" }}',
        (
            'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" '
            'at <fail "boo">: error calling fail: boo'
        ),
    ),
    (
        '{{ include "x" . }}',
        (
            'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" '
            'at <include "x" .>: error calling include: template: no template "x" associated with template "gotpl"'
        ),
    ),
    (
        '{{ tpl "{{ .x }}" (dict "x" 1) }}',
        (
            'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" '
            'at <tpl "{{ .x }}" (dict "x" 1)>: error calling tpl: Cannot retrieve Template.Basepath from values inside tpl '
            "function: {{ .x }} (BasePath is not a value)"
        ),
    ),
    (
        '{{ tpl "{{ nofunc }}" . }}',
        (
            'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" '
            'at <tpl "{{ nofunc }}" .>: error calling tpl: Error during tpl function execution for "{{ nofunc }}": '
            'parse error in "web/templates/x.yaml": template: web/templates/x.yaml:1: function "nofunc" not defined'
        ),
    ),
    (
        '{{ tpl "{{ fail \\"f\\" }}" . }}',
        (
            'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" '
            'at <tpl "{{ fail \\"f\\" }}" .>: error calling tpl: Error during tpl function execution for "{{ fail \\"f\\" }}": '
            'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" '
            'at <fail "f">: error calling fail: f'
        ),
    ),
]


@pytest.mark.parametrize(("template", "message"), V1_ERRORS)
def test_errors_of_helm_2(template: str, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        text(template)
    assert str(error.value) == message


V2_ERRORS = [
    ("{{ if }}", "parse error at (web/templates/x.yaml:1): missing value for if"),
    (
        "{{ .Values.a.b }}",
        (
            'template: web/templates/x.yaml:1:10: executing "web/templates/x.yaml" at <.Values.a.b>: '
            "nil pointer evaluating interface {}.b"
        ),
    ),
    ('{{ required "need" "" }}', "execution error at (web/templates/x.yaml:1:3): need"),
    ('\n  {{ fail "boo" }}', "execution error at (web/templates/x.yaml:2:5): boo"),
    (
        '{{ define "t" }}{{ fail "in t" }}{{ end }}{{ include "t" . }}',
        "execution error at (web/templates/x.yaml:1:45): in t",
    ),
    (
        '{{ tpl "{{ .x }}" (dict "x" 1) }}',
        (
            'template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" at <tpl "{{ .x }}" (dict "x" 1)>: '
            "error calling tpl: cannot retrieve Template.Basepath from values inside tpl function: {{ .x }}: "
            '"BasePath" is not a value'
        ),
    ),
    (
        '{{ tpl "{{ fail \\"f\\" }}" . }}',
        (
            'template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" at <tpl "{{ fail \\"f\\" }}" .>: '
            'error calling tpl: error during tpl function execution for "{{ fail \\"f\\" }}": '
            "execution error at (web/templates/x.yaml:1:3): f"
        ),
    ),
]


@pytest.mark.parametrize(("template", "message"), V2_ERRORS)
def test_errors_of_helm_3(template: str, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        text(template, v2=True)
    assert str(error.value) == message


def test_errors_know_their_place() -> None:
    with pytest.raises(TemplateError) as error:
        text("a: 1\nb: {{ .Values.a.b }}")
    assert (error.value.name, error.value.line, error.value.column) == ("web/templates/x.yaml", 2, 13)
    assert error.value.caret() == "b: {{ .Values.a.b }}\n             ^"


def test_the_linter_demands_no_values() -> None:
    heard: list[str] = []
    assert text('{{ required "need" .Values.a }}|{{ required "need" 1 }}', lenient=heard.append) == "|1"
    assert text('{{ fail "x" }}|', lenient=heard.append, v2=True) == "|"
    assert heard == ["Missing required value: need", "Fail: x"]
    with pytest.raises(TemplateError):
        text('{{ fail "x" }}|', lenient=heard.append)


def test_a_parent_overrides_what_its_subchart_defines() -> None:
    child = chart("db", {"_h.tpl": '{{ define "n" }}child{{ end }}', "x.yaml": '{{ include "n" . }}'})
    parent = chart(
        "web", {"_h.tpl": '{{ define "n" }}parent{{ end }}', "x.yaml": '{{ include "n" . }}'}, dependencies=(child,)
    )
    assert rendered(parent) == {"web/templates/x.yaml": "parent", "web/charts/db/templates/x.yaml": "parent"}


def test_of_two_files_the_first_in_the_alphabet_wins() -> None:
    files = {
        "_a.tpl": '{{ define "n" }}a{{ end }}',
        "_b.tpl": '{{ define "n" }}b{{ end }}',
        "x.yaml": '{{ include "n" . }}',
    }
    assert rendered(chart("web", files)) == {"web/templates/x.yaml": "a"}


def test_partials_and_notes() -> None:
    found = rendered(chart("web", {"_p.tpl": "p", "NOTES.txt": "n", "sub/_q.yaml": "q", "sub/r.yaml": "r"}))
    assert found == {"web/templates/NOTES.txt": "n", "web/templates/sub/r.yaml": "r"}


def test_a_subchart_sees_its_part() -> None:
    template = '{{ .Values.k }} {{ .Chart.Name }} {{ .Values.global.g }} {{ .Release.Name }} {{ .Files.Get "f" }} {{ .Template.BasePath }}'
    child = chart("db", {"x.yaml": template}, values="k: 1", files={"f": b"child"})
    parent = chart("web", {"x.yaml": "{{ .Values.db.k }}"}, dependencies=(child,), files={"f": b"parent"})
    found = rendered(parent, {"db": {"k": "two"}, "global": {"g": "G"}})
    assert found == {
        "web/templates/x.yaml": "two",
        "web/charts/db/templates/x.yaml": "two db G rel child web/charts/db/templates",
    }


def test_what_a_subchart_sets_its_parent_sees() -> None:
    child = chart("db", {"x.yaml": '{{ $_ := set .Values "k" "set" }}'})
    parent = chart("web", {"x.yaml": "{{ .Values.db.k }}"}, dependencies=(child,))
    assert rendered(parent)["web/templates/x.yaml"] == "set"


def test_charts_render_by_their_own_helm_but_below_v2_by_helm_3() -> None:
    template = "{{ .Release.Service }}|{{ toYaml .Values.l }}|{{ kindOf .Subcharts }}"
    for outer, inner in (("v1", "v2"), ("v2", "v1")):
        child = chart("db", {"x.yaml": template}, api_version=inner)
        parent = chart("web", {"x.yaml": template}, api_version=outer, dependencies=(child,))
        found = rendered(parent, {"l": ["a"], "db": {"l": ["a"]}})
        texts = {"v1": "Tiller|- a\n|invalid", "v2": "Helm|- a|map"}
        assert found == {"web/templates/x.yaml": texts[outer], "web/charts/db/templates/x.yaml": texts["v2"]}


def test_parents_of_v2_see_their_subcharts() -> None:
    child = chart("db", {}, api_version="v2", values="k: 1")
    parent = chart(
        "web",
        {"x.yaml": "{{ .Subcharts.db.Values.k }}{{ .Subcharts.db.Chart.Name }}"},
        api_version="v2",
        dependencies=(child,),
    )
    assert rendered(parent)["web/templates/x.yaml"] == "1db"


def test_library_charts_give_only_their_partials() -> None:
    library = chart(
        "lib", {"_h.tpl": '{{ define "n" }}lib{{ end }}', "x.yaml": "{{ if }}"}, api_version="v2", type="library"
    )
    parent = chart("web", {"x.yaml": '{{ include "n" . }}'}, api_version="v2", dependencies=(library,))
    assert rendered(parent) == {"web/templates/x.yaml": "lib"}


def test_includes_without_end() -> None:
    with pytest.raises(TemplateError) as error:
        text('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}')
    assert str(error.value).endswith("rendering template has a nested reference name: a: unable to execute template")


def test_templates_without_end() -> None:
    with pytest.raises(TemplateError, match="depth"):
        text('{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}', limits=Limits(depth=2000))


@pytest.mark.parametrize(
    "template",
    [
        "{{ range until 100000 }}{{ range until 1000 }}{{ end }}{{ end }}",
        "{{ range until 100000 }}xxxxxxxxxxxxxxxxxxxx{{ end }}",
        '{{ repeat 2000000000 "x" }}',
        "{{ until 2000000000 }}",
    ],
)
def test_limits(template: str) -> None:
    with pytest.raises(TemplateError):
        text(template, limits=Limits(steps=200_000, output=1_000_000))


def test_v1_charts_may_forget_a_function_before_parentheses() -> None:
    template = "{{ if (.Values.a) and .Values.b }}yes{{ end }}"
    assert text(template, {"a": True}) == "yes"
    with pytest.raises(TemplateError, match="can't give argument to non-function"):
        text(template, {"a": True}, v2=True)
