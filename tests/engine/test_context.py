from __future__ import annotations

import pytest

from helmpy.chart.model import Maintainer
from helmpy.engine import TemplateError
from tests.engine.charts import chart, rendered, text


@pytest.mark.parametrize(
    ("template", "v1", "v2"),
    [
        ("{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Revision }}", "rel prod 3", "rel prod 3"),
        ("{{ .Release.IsInstall }} {{ .Release.IsUpgrade }}", "true false", "true false"),
        ("{{ .Release.Service }}", "Tiller", "Helm"),
        ("{{ .Release.Time }}|{{ .Release.Time.Seconds }}", "seconds:1600000000 nanos:5 |1600000000", None),
        ("{{ typeOf .Release.Time }} {{ typeOf .Release.Time.Seconds }}", "*timestamp.Timestamp int64", None),
        ("{{ toJson .Release.Time }}", '{"seconds":1600000000,"nanos":5}', "null"),
        ("{{ .Chart.Name }} {{ .Chart.AppVersion }} {{ .Chart.Deprecated }}", "web 4.5 false", "web 4.5 false"),
        ("{{ .Chart.ApiVersion }}", "v1", None),
        ("{{ .Chart.APIVersion }}", "v1", "v2"),
        ("{{ .Chart.IsRoot }} {{ .Chart.Type }} {{ .Chart.Dependencies }}", *["true  []"] * 2),
        ("{{ .Chart.GetName }}", "web", None),
        (
            "{{ typeOf .Chart }} {{ kindOf .Chart }}",
            "*chart.Metadata ptr",
            "struct { chart.Metadata; IsRoot bool } struct",
        ),
        (
            "{{ .Chart }}",
            'name:"web" version:"0.1.0" keywords:"one" apiVersion:"v1" appVersion:"4.5" ',
            "{{web  [] 0.1.0  [one] []  v2   4.5 false map[]  [] } true}",
        ),
        (
            "{{ toJson .Chart }}",
            '{"name":"web","version":"0.1.0","keywords":["one"],"apiVersion":"v1","appVersion":"4.5"}',
            '{"name":"web","version":"0.1.0","keywords":["one"],"apiVersion":"v2","appVersion":"4.5","IsRoot":true}',
        ),
        (
            "{{ toYaml .Chart }}",
            'apiVersion: v1\nappVersion: "4.5"\nkeywords:\n- one\nname: web\nversion: 0.1.0\n',
            'IsRoot: true\napiVersion: v2\nappVersion: "4.5"\nkeywords:\n- one\nname: web\nversion: 0.1.0',
        ),
        ("{{ .Chart.Nope }}", None, None),
        ("{{ .Capabilities.KubeVersion }}", "v1.16.0", "v1.16.0"),
        ("{{ .Capabilities.KubeVersion | quote }}", '"v1.16.0"', '"{v1.16.0 1 16}"'),
        ("{{ with .Capabilities.KubeVersion }}{{ . }} {{ .String }}{{ end }}", *["v1.16.0 v1.16.0"] * 2),
        ("{{ .Capabilities.KubeVersion.Version }}", "v1.16.0", "v1.16.0"),
        ("{{ .Capabilities.KubeVersion.GitVersion }}", "v1.16.0", "v1.16.0"),
        ("{{ .Capabilities.KubeVersion.Minor }}", "16", "16"),
        ("{{ .Capabilities.KubeVersion.Platform }}", "linux/amd64", None),
        ("{{ .Capabilities.TillerVersion }}", 'sem_ver:"v2.17.0" ', None),
        ("{{ .Capabilities.TillerVersion.SemVer }}", "v2.17.0", None),
        ("{{ .Capabilities.HelmVersion.Version }}", None, "v3.8.1"),
        ('{{ .Capabilities.APIVersions.Has "apps/v1" }}', "true", "true"),
        ('{{ .Capabilities.APIVersions.Has "apps/v2" }}', "false", "false"),
        (
            "{{ .Capabilities.APIVersions }}",
            "map[apps/v1:{} apps/v1/Deployment:{} v1:{}]",
            "[v1 apps/v1 apps/v1/Deployment]",
        ),
        ("{{ range .Capabilities.APIVersions }}{{ . }};{{ end }}", "{};{};{};", "v1;apps/v1;apps/v1/Deployment;"),
        (
            "{{ typeOf .Capabilities }} {{ typeOf .Capabilities.APIVersions }}",
            *["*chartutil.Capabilities chartutil.VersionSet"] * 2,
        ),
        ("{{ .Capabilities.APIVersions.Nope }}|", "|", None),
        (
            "{{ typeOf . }} {{ typeOf .Values }} {{ typeOf .Template }}",
            "chartutil.Values chartutil.Values map[string]interface {}",
            "chartutil.Values chartutil.Values chartutil.Values",
        ),
        ("{{ typeOf .Files }} {{ kindOf .Files }}", "chartutil.Files map", "engine.files map"),
        ('{{ .Files.Get "conf/a.txt" }}|{{ .Files.Get "nope" }}', *["alpha\nbeta\n|"] * 2),
        ('{{ .Files.Get "AsConfig" }}|{{ .Files.Get "Get" }}|', "||", "||"),
        ('{{ .Files.Get "logo.png" | b64enc }}', "//4=", "//4="),
        ('{{ .Files.GetBytes "conf/b.txt" }} {{ index .Files "conf/b.txt" }} {{ .Files.Nope }}', *["[98] [98] []"] * 2),
        ('{{ .Files.Lines "conf/a.txt" | toJson }} {{ .Files.Lines "nope" }}', *['["alpha","beta",""] []'] * 2),
        (
            '{{ range $name, $_ := .Files.Glob "conf/*" }}{{ $name }};{{ end }}{{ len .Files }}',
            *["conf/a.txt;conf/b.txt;3"] * 2,
        ),
        (
            '{{ (.Files.Glob "conf/*").AsConfig }}',
            "a.txt: |\n  alpha\n  beta\nb.txt: b\n",
            "a.txt: |\n  alpha\n  beta\nb.txt: b",
        ),
        ('{{ (.Files.Glob "*/b.txt").AsSecrets }}|', "b.txt: Yg==\n|", "b.txt: Yg==|"),
        ('{{ (.Files.Glob "nope").AsConfig }}|', "{}\n|", "{}|"),
        ("{{ .Files.Get }}", None, None),
        ("{{ .Values.YAML }}", 'm:\n  k: v\n"n": 1\n', 'm:\n  k: v\n"n": 1\n'),
        ('{{ .Values.AsMap.n }} {{ .Values.Table "m" }} {{ .Values.PathValue "m.k" }}', *["1 map[k:v] v"] * 2),
        ('{{ .Values.PathValue "m" }}', None, None),
        ('{{ .Values.Table "n" }}', None, None),
        ("{{ .Values.Encode }}", None, None),
        ('{{ index .Values "YAML" }}|', "|", "|"),
        ("{{ .Subcharts }}", "", "map[]"),
    ],
)
def test_objects(template: str, v1: str | None, v2: str | None) -> None:
    for expected, is_v2 in ((v1, False), (v2, True)):
        if expected is None:
            with pytest.raises(TemplateError):
                text(template, {"n": 1, "m": {"k": "v"}}, v2=is_v2)
        else:
            assert text(template, {"n": 1, "m": {"k": "v"}}, v2=is_v2) == expected


@pytest.mark.parametrize(
    ("template", "v2", "message"),
    [
        ("{{ .Chart.Nope }}", False, "can't evaluate field Nope in type interface {}"),
        (
            "{{ .Capabilities.KubeVersion.Platform }}",
            True,
            "can't evaluate field Platform in type chartutil.KubeVersion",
        ),
        ("{{ .Files.Get }}", False, "wrong number of args for Get: want 1 got 0"),
        ("{{ .Files.Get 1 }}", False, "expected string; found 1"),
        ('{{ .Values.PathValue "s" }}', False, "error calling PathValue: s is not a value"),
        ('{{ .Values.PathValue "s" }}', True, 'error calling PathValue: "s" is not a value'),
        ('{{ .Values.Table "a.s" }}', True, 'error calling Table: "a" is not a table'),
        ("{{ keys .Files }}", False, "wrong type for value; expected map[string]interface {}; got chartutil.Files"),
        ("{{ len .Chart }}", False, "error calling len: len of type chart.Metadata"),
        ('{{ index .Chart "a" }}', False, "error calling index: can't index item of type chart.Metadata"),
        ("{{ .Chart.Name 1 }}", False, "Name has arguments but cannot be invoked as function"),
        ("{{ .Release.Name.x }}", False, "can't evaluate field x in type interface {}"),
        ("{{ .Values.a.b 1 }}", False, "nil pointer evaluating interface {}.b"),
    ],
)
def test_wrong_names(template: str, v2: bool, message: str) -> None:  # noqa: FBT001 - a column of the table
    with pytest.raises(TemplateError) as error:
        text(template, v2=v2)
    assert str(error.value).endswith(message)


def test_a_key_goes_before_a_method() -> None:
    assert text("{{ .Values.AsMap }} {{ .Values.keys }}", {"AsMap": "own", "keys": "k"}) == "own k"


def test_metadata_prints_as_protobuf_does() -> None:
    whole = chart(
        "web",
        {"x.yaml": "{{ .Chart }}|{{ .Chart.Maintainers }}|{{ (index .Chart.Maintainers 0).Email }}"},
        maintainers=(Maintainer("A", "a@b.test"), Maintainer("B")),
        annotations={"z": "1", "a": '"é\n'},
        sources=("one", "two"),
        deprecated=True,
    )
    people = 'name:"A" email:"a@b.test" '
    assert rendered(whole)["web/templates/x.yaml"] == (
        f'name:"web" sources:"one" sources:"two" version:"0.1.0" maintainers:<{people}> maintainers:<name:"B" > '
        'deprecated:true annotations:<key:"a" value:"\\"\\303\\251\\n" > annotations:<key:"z" value:"1" > '
        f'|[{people} name:"B" ]|a@b.test'
    )
