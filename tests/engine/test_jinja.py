from __future__ import annotations

from typing import Any

import pytest

from helmpy.engine import TemplateError
from helmpy.engine.gotpl import RenderError
from tests.engine.charts import chart, rendered


def jinja(template: str, values: dict[str, Any] | None = None, **more: Any) -> str:
    templates = {"x.yaml": template, **more.pop("templates", {})}
    whole = chart(
        "web",
        templates,
        engine="jinja2",
        api_version=more.pop("api_version", "v1"),
        files={"conf/a.txt": b"alpha\n", "conf/b.txt": b"b"},
        values="num: 3\nf: 1.5\nb: true\nl: [1, two]\nm: {k: v, items: own}\ns: text\nnone: null\n",
    )
    return rendered(whole, values, **more)["web/templates/x.yaml"]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ Values.s }}", "text"),
        ("{{ Values.num }} {{ Values.num + 1 }} {{ Values.f }} {{ Values.b }} {{ Values.none }}|", "3 4 1.5 true |"),
        ("{{ Values.l }} {{ Values.m }}", '[1,"two"] {"items":"own","k":"v"}'),
        ("{{ Values.m.items }} {{ Values.m['k'] }} {{ Values.l[1] }}", "own v two"),
        ("{% for k, v in Values.m | dictsort %}{{ k }}={{ v }};{% endfor %}", "items=own;k=v;"),
        ("{% for k in Values.keys() %}{{ k }}{{ loop.index }}{% if loop.last %}.{% endif %}{% endfor %}", None),
        ("{{ Release.Name }} {{ Release.Service }} {{ Release.Revision }}", "rel Tiller 3"),
        (
            "{{ Chart.Name }} {{ Chart.Version }} {{ Template.Name }} {{ Template.BasePath }}",
            "web 0.1.0 web/templates/x.yaml web/templates",
        ),
        ("{{ Capabilities.KubeVersion.Minor }} {{ Capabilities.APIVersions.Has('apps/v1') }}", "16 true"),
        ("{{ Files.Get('conf/a.txt') }}|{{ Files.Glob('conf/*').AsConfig() == Files.AsConfig }}", None),
        ("{% for name in Files.Glob('conf/*') %}{{ name }};{% endfor %}", "conf/a.txt;conf/b.txt;"),
        ("{{ Values.s | trunc(2) | quote }} {{ trunc(2, Values.s) }} {{ Values.s | nindent(2) }}", '"te" te \n  text'),
        ("{{ Values.m | toYaml }}", "items: own\nk: v\n"),
        ("{{ fromYaml('a: 1').a }}", "1"),
        ("{{ Values.zz | default('d') }} {{ Values.zz is defined }}", "d false"),
        ("{{ 'a\nb' | indent(2) }}|{{ 'a\nb' | indent(width=2) }}", "  a\n  b|a\n  b"),
        ("{{ ['a', 'b'] | join('-') }} {{ 'aXb' | replace('X', '-') }} {{ 'a'.upper() }}", "a-b a-b A"),
        ("{{ required('need', Values.s) }}", "text"),
        ("{{ tpl('{{ Values.s }}!') }}", "text!"),
        ("{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(1) }}{{ m(Values.s ~ 2) }}", "<1><text2>"),
        ("{% set ns = namespace(x=0) %}{% for i in range(3) %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}", "3"),
        ("a\n  {% if true %}\n  b\n  {% endif %}\nc\n", "a\n  b\nc\n"),
        ("{# no #}{{ 7 // 2 }} {{ 2 ** 5 }} {{ 7 % 4 }} {{ 7 / 2 }} {{ 4 / 2 }}", "3 32 3 3.5 2"),
        ("{{ lookup('v1', 'Secret', 'a', 'b') }}", "{}"),
        ("{{ semverCompare('>=1.2', '1.3.0') }}", "true"),
        (
            "{% for g in [{'a': 1, 'b': 2}, {'a': 1, 'b': 3}] | groupby('a') %}{{ g.grouper }}:{{ g.list | map(attribute='b') }}{% endfor %}",
            "1:[2,3]",
        ),
        (
            "{{ Values.m.items() }} {{ Values.m.get('zz', 'd') }} {{ Values.m.values() }}",
            '[["items","own"],["k","v"]] d ["own","v"]',
        ),
        ("{% for pod in lookup('v1', 'Pod', '', '').items %}{{ pod }}{% else %}no pods{% endfor %}", "no pods"),
        ("{{ 2.567 | round(1) }} {{ 2.5 | round(0, 'floor') }} {{ range(3) }}", "2.6 2 [0,1,2]"),
        ("{{ Values.m | tojson }}", '{"items":"own","k":"v"}'),
    ],
)
def test_templates(template: str, expected: str | None) -> None:
    found = jinja(template)
    if expected is not None:
        assert found == expected


def test_lines_of_a_file_and_its_config() -> None:
    assert jinja("{{ Files.Glob('conf/*').AsConfig() }}") == "a.txt: |\n  alpha\nb.txt: b\n"
    assert jinja("{{ Files.Lines('conf/a.txt') }}") == '["alpha",""]'


def test_v2_charts_see_helm_3() -> None:
    assert (
        jinja("{{ Release.Service }} {{ Values.l | toYaml }}|{{ Subcharts }}", api_version="v2") == "Helm - 1\n- two|{}"
    )


def test_include_import_and_extends() -> None:
    partials = {
        "_greet.j2": "hello {{ Values.s }}",
        "_macros.j2": "{% macro twice(a) %}{{ a }}{{ a }}{% endmacro %}",
        "_base.j2": "<{% block body %}{% endblock %}>",
    }
    assert jinja("{% include '_greet.j2' %}", templates=partials) == "hello text"
    assert jinja("{% include 'web/templates/_greet.j2' %}", templates=partials) == "hello text"
    assert jinja("{% import '_macros.j2' as m %}{{ m.twice('a') }}", templates=partials) == "aa"
    assert jinja("{% from '_macros.j2' import twice %}{{ twice('b') }}", templates=partials) == "bb"
    partials["_more.j2"] = "{% import '_macros.j2' as m %}{% macro own() %}{{ m.twice(Values.s) }}{% endmacro %}"
    assert jinja("{% import '_more.j2' as m %}{{ m.own() }}", templates=partials) == "texttext"
    assert jinja("{% from '_more.j2' import own %}{{ own() }}", templates=partials) == "texttext"
    assert jinja("{% extends '_base.j2' %}{% block body %}in{% endblock %}", templates=partials) == "<in>"


@pytest.mark.parametrize(
    ("template", "message", "line"),
    [
        ("a: 1\nb: {{ Values.zz }}", "'Values.zz' is undefined", 2),
        ("a: 1\nb: {{ Values.zz.y }}", "'Values.zz' is undefined", 2),
        ("{{ zz }}", "'zz' is undefined", 1),
        ("{{ Values.s.nope }}", "a string has no 'nope'", 1),
        ("\n{{ Chart.nope }}", "Metadata has no 'nope'", 2),
        ("{{ required('need it', '') }}", "need it", 1),
        ("{{ fail('stop') }}", "stop", 1),
        ("{{ Values.num < 'a' }}", "'<' does not fit a number and a string", 1),
        ("{{ Values.none + 1 }}", "unsupported operand type(s) for +: nothing and a number", 1),
        ("{% include '_nope.j2' %}", 'there is no template "web/templates/_nope.j2"', 1),
        ("{{ Files.Get }}", "a function is not printed but called: ()", 1),
        ("{{ trunc('a', 'b') }}", "trunc wants a whole number, not a string", 1),
        ("{{ trunc(1) }}", "trunc wants 2 arguments, not 1", 1),
        ("{% for i in recursion recursive %}{% endfor %}", "use a macro instead of a recursive loop", 1),
    ],
)
def test_errors(template: str, message: str, line: int) -> None:
    with pytest.raises(RenderError) as error:
        jinja(template)
    assert str(error.value).endswith(message)
    assert (error.value.name, error.value.line) == ("web/templates/x.yaml", line)
    assert error.value.source_line == template.split("\n")[line - 1]
    assert "^" in error.value.caret()


def test_errors_say_parse_or_render() -> None:
    with pytest.raises(TemplateError) as error:
        jinja("a\n{% if %}{% endif %}")
    assert str(error.value) == (
        'parse error in "web/templates/x.yaml": template: web/templates/x.yaml:2:6: '
        "Expected an expression, got 'end of statement block'"
    )
    with pytest.raises(TemplateError) as error:
        jinja("{{ fail('f') }}", api_version="v2")
    assert str(error.value) == "execution error at (web/templates/x.yaml:1:3): f"


def test_an_error_in_an_included_file_is_there() -> None:
    with pytest.raises(RenderError) as error:
        jinja("{% include '_p.j2' %}", templates={"_p.j2": "\n{{ Values.zz }}"})
    assert (error.value.name, error.value.line) == ("web/templates/_p.j2", 2)
    assert str(error.value).startswith(
        'render error in "web/templates/x.yaml": template: web/templates/x.yaml:1:3: web/templates/_p.j2:2:10: '
    )


def test_charts_of_both_engines_in_one_release() -> None:
    inner = chart(
        "db", {"x.yaml": "{{ Values.k }} {{ Values.global.g }} {{ Chart.Name }}"}, engine="jinja2", values="k: 1"
    )
    outer = chart("web", {"x.yaml": "{{ .Values.db.k }} {{ .Chart.Name }}"}, dependencies=(inner,))
    assert rendered(outer, {"global": {"g": "G"}}) == {
        "web/templates/x.yaml": "1 web",
        "web/charts/db/templates/x.yaml": "1 G db",
    }
    inner = chart("db", {"x.yaml": "{{ .Values.k }} {{ .Chart.Name }}"}, values="k: 1")
    outer = chart("web", {"x.yaml": "{{ Values.db.k }} {{ Chart.Name }}"}, engine="jinja2", dependencies=(inner,))
    assert rendered(outer) == {"web/templates/x.yaml": "1 web", "web/charts/db/templates/x.yaml": "1 db"}


def test_templates_of_a_subchart_can_be_included() -> None:
    inner = chart("db", {"_n.j2": "{{ Chart.Name }}-x"}, engine="jinja2")
    outer = chart(
        "web", {"x.yaml": "{% include 'web/charts/db/templates/_n.j2' %}"}, engine="jinja2", dependencies=(inner,)
    )
    assert rendered(outer)["web/templates/x.yaml"] == "web-x"


def test_an_unknown_engine_is_go_templates() -> None:
    assert rendered(chart("web", {"x.yaml": "{{ .Chart.Name }}"}, engine="mustache")) == {"web/templates/x.yaml": "web"}


def test_a_jinja_chart_includes_what_go_templates_define() -> None:
    library = chart(
        "lib",
        {
            "_names.tpl": '{{ define "lib.name" }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}{{ define "lib.of" }}{{ .a }}!{{ end }}'
        },
    )
    templates = {
        "x.yaml": "{{ include('lib.name') | upper }} {{ include('lib.of', {'a': 1}) }} {{ {'a': 2} | include('lib.of') }}"
    }
    whole = chart("web", templates, engine="jinja2", dependencies=(library,))
    assert rendered(whole) == {"web/templates/x.yaml": "REL-WEB 1! 2!"}


def test_a_go_chart_includes_jinja_templates_by_path() -> None:
    inner = chart("db", {"_n.j2": "{{ Chart.Name }}:{{ Values.k }}"}, engine="jinja2", values="k: 2\n")
    outer = chart(
        "web", {"x.yaml": '{{ include "web/charts/db/templates/_n.j2" . }}'}, dependencies=(inner,), values="k: 1\n"
    )
    assert rendered(outer) == {"web/templates/x.yaml": "web:1"}


def test_errors_across_languages_tell_the_way() -> None:
    library = chart("lib", {"_n.tpl": '{{ define "lib.bad" }}\n{{ .Values.a.b.c }}{{ end }}'})
    whole = chart("web", {"x.yaml": "\n{{ include('lib.bad') }}"}, engine="jinja2", dependencies=(library,))
    with pytest.raises(RenderError) as error:
        rendered(whole)
    assert str(error.value) == (
        'render error in "web/templates/x.yaml": template: web/templates/x.yaml:2:3: '
        'template: web/charts/lib/templates/_n.tpl:2:10: executing "lib.bad" at <.Values.a.b.c>: '
        "nil pointer evaluating interface {}.b"
    )
    assert (error.value.name, error.value.line) == ("web/charts/lib/templates/_n.tpl", 2)
    inner = chart("db", {"_n.j2": "\n{{ nope }}"}, engine="jinja2")
    outer = chart("web", {"x.yaml": '{{ include "web/charts/db/templates/_n.j2" . }}'}, dependencies=(inner,))
    with pytest.raises(RenderError, match=r"_n\.j2:2:3: \'nope\' is undefined"):
        rendered(outer)


def test_charts_that_include_each_other_for_ever_are_stopped() -> None:
    inner = chart("db", {"_n.j2": "{{ include('loop') }}"}, engine="jinja2")
    outer = chart(
        "web",
        {"x.yaml": '{{ define "loop" }}{{ include "web/charts/db/templates/_n.j2" . }}{{ end }}{{ include "loop" . }}'},
        dependencies=(inner,),
    )
    with pytest.raises(RenderError, match="call each other"):
        rendered(outer)


def test_include_is_a_function_too() -> None:
    partials = {"_p.j2": "a: {{ Values.s }}{{ extra | default('') }}\n"}
    assert jinja("{{ include('_p.j2') | trim | indent(2) }}", templates=partials) == "  a: text"
    assert (
        jinja("{{ include('_p.j2', {'extra': 1}) }}{{ {'extra': 2} | include('_p.j2') }}", templates=partials)
        == "a: text1\na: text2\n"
    )
    assert jinja("{{ 'x {{ Values.s }}' | tpl }}{{ tpl('{{ a }}', {'a': 1}) }}") == "x text1"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{% if Values.zz %}yes{% else %}no{% endif %}", "no"),
        ("{{ Values.zz or 'd' }}{{ not Values.zz }}{{ Values.zz is defined }}", "dtruefalse"),
        ("{% for x in Values.zz %}{{ x }}{% else %}none{% endfor %}", "none"),
        ("{{ coalesce(Values.zz, Values.yy, 'c') }}{{ empty(Values.zz) }}{{ Values.zz | empty }}{{ default('d', zz) }}", "ctruetrued"),
        ("{{ ternary('y', 'n', Values.b) }}{{ 'x' if zz }}", "y"),
    ],
)  # fmt: skip
def test_what_is_missing_may_be_asked_for(template: str, expected: str) -> None:
    assert jinja(template) == expected


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("a: {{ Values.s }} {{ Values.m.zz }}", "a: {{ Values.s }} {{ Values.m.^zz }}"),
        ("{{ zz | default(1) }} {{ zz }}", "{{ zz | default(1) }} {{ ^zz }}"),
        ("é {{ trunc(1, 2) }}", "é {{ ^trunc(1, 2) }}"),
        ("{{ 'a' | trunc('b') }}", "{{ 'a' | ^trunc('b') }}"),
        ("{{ Values.s }}\n{{ Values.l | join(' ') | nope }}", "{{ Values.l | join(' ') | ^nope }}"),
        ("{% if Values.num < 'a' %}{% endif %}", "{% if Values.^num < 'a' %}{% endif %}"),
        ("{% macro m() %}\n  {{- fail('x') }}\n{% endmacro %}\n{{ m() }}", "  {{- ^fail('x') }}"),
        ("{% set x = Values.zz %}\n{{ x }}", "{% set x = Values.^zz %}"),
        ("  {%- if true %}\n    {%- else if %}\n{% endif %}", "    {%- else ^if %}"),
        ("{% for x in Values.num %}{% endfor %}", "{% for x in Values.^num %}{% endfor %}"),
        ("{{ 'a' + 1 }}", "{{ ^'a' + 1 }}"),
        ("{{ tpl('x: {{ Values.zz }}') }}", "x: {{ Values.^zz }}"),
        ("x\n{{ 'a", "{{ ^'a"),
        ("x\r\n{{ 1 }} {{ a ; }}", "{{ 1 }} {{ a ^; }}"),
        ("{{ Files.Get(1) }}", "{{ Files.^Get(1) }}"),
        ("\t{{ zz }}", "\t{{ ^zz }}"),
        ("{% if true %}\nx", "^x"),
    ],
)
def test_carets(template: str, fault: str) -> None:
    with pytest.raises(RenderError) as error:
        jinja(template)
    line, caret = error.value.caret().split("\n")
    assert line[: len(caret) - 1] + "^" + line[len(caret) - 1 :] == fault


OBJECTS = [
    "Chart.Name", "Chart.Version", "Chart.AppVersion", "Chart.Description", "Chart.Keywords", "Chart.Home", "Chart.Sources",
    "Chart.Icon", "Chart.Deprecated", "Chart.KubeVersion", "Chart.Annotations",
    "Release.Name", "Release.Namespace", "Release.Service", "Release.Revision", "Release.IsInstall", "Release.IsUpgrade",
    "Capabilities.KubeVersion.Major", "Capabilities.KubeVersion.Minor", "Capabilities.KubeVersion.GitVersion",
    "Capabilities.KubeVersion", "Template.Name", "Template.BasePath", "Values.s", "Values.m", "Values.l", "Values.num",
    "Values.f", "Values.b", "Values.nest.deep.x", "Files.AsConfig", "Files.AsSecrets",
]  # fmt: skip
V1_OBJECTS = [
    "Release.Time",
    "Release.Time.Seconds",
    "Capabilities.TillerVersion.SemVer",
    "Chart.Engine",
    "Chart.TillerVersion",
]
V2_OBJECTS = [
    "Chart.IsRoot",
    "Capabilities.HelmVersion.Version",
    "Capabilities.KubeVersion.Version",
    "Chart.Type",
    "Chart.APIVersion",
]
CALLS = [
    ('Capabilities.APIVersions.Has "apps/v1"', 'Capabilities.APIVersions.Has("apps/v1")'),
    ('Capabilities.APIVersions.Has "nope/v1"', 'Capabilities.APIVersions.Has("nope/v1")'),
    ('Files.Get "conf/a.txt"', 'Files.Get("conf/a.txt")'),
    ('Files.Get "nope"', 'Files.Get("nope")'),
    ('Files.GetBytes "conf/a.txt" | toString', 'Files.GetBytes("conf/a.txt") | toString'),
    ('Files.Lines "conf/a.txt" | toJson', 'Files.Lines("conf/a.txt") | toJson'),
    ('Files.Glob "conf/*" | len', 'Files.Glob("conf/*") | length'),
    ('Values.PathValue "m.k"', 'Values.PathValue("m.k")'),
    ("Values.AsMap | toJson", "Values.AsMap() | toJson"),
]  # fmt: skip


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_objects_are_those_of_go_templates(api: str) -> None:
    paths = OBJECTS + (V1_OBJECTS if api == "v1" else V2_OBJECTS)
    simple = [
        path
        for path in paths
        if path not in ("Values.m", "Values.l", "Chart.Keywords", "Chart.Sources", "Chart.Annotations")
    ]
    pairs = [(f".{path}", path) for path in simple]
    pairs += [(f".{path} | toJson", f"{path} | toJson") for path in paths]
    pairs += [(f".{left}", right) for left, right in CALLS]
    texts = {}
    for engine, side in (("gotpl", 0), ("jinja2", 1)):
        lines = [pair[1] + " = {{ " + pair[side] + " }}" for pair in pairs]
        whole = chart(
            "web",
            {"x.yaml": "\n".join(lines)},
            engine=engine,
            api_version=api,
            app_version="4.5",
            keywords=("one", "two"),
            files={"conf/a.txt": b"alpha\n", "conf/b.txt": b"b"},
            values="num: 3\nf: 1.5\nb: true\nl: [1, two]\nm: {k: v, items: own}\ns: text\nnest: {deep: {x: 1}}\n",
        )
        texts[engine] = rendered(whole)["web/templates/x.yaml"].replace("jinja2", "gotpl").split("\n")
    assert texts["jinja2"] == texts["gotpl"]
