"""Values that nothing reads: what is told, and above all what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helmpy import lint
from tests.lint.test_lint import chart

DB = {"charts/db/Chart.yaml": "name: db\nversion: 0.1.0\napiVersion: v1\n"}


def told(tmp_path: Path, files: dict[str, str], values: dict[str, Any] | None = None) -> list[str]:
    return [message.text for message in lint.run(chart(tmp_path, files), values)]


def unused(tmp_path: Path, values: str, template: str, **files: str) -> list[str]:
    """The paths that are told to be unused, with ``__`` in the names of further files for ``/``."""
    more = {name.replace("__", "/") + ".yaml": text for name, text in files.items()}
    texts = told(tmp_path, {"values.yaml": values, "templates/a.yaml": template, **more})
    return [text.split('"')[1] for text in texts if text.startswith("no template reads ")]


VALUES = "a: {b: 1, c: {d: 2, e: 3}}\nf: [1]\ng: x\n"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("x: 1", ["a", "f", "g"]),
        ("x: {{ .Values.a.b }}", ["a.c", "f", "g"]),
        ("x: {{ .Values.a.c.d }}{{ .Values.g }}", ["a.b", "a.c.e", "f"]),
        ("x: {{ toYaml .Values.a | quote }}", ["f", "g"]),
        ("x: {{ with .Values.a }}{{ .b }}{{ end }}", ["a.c", "f", "g"]),
        ("x: {{ with .Values.a }}{{ toJson . }}{{ end }}", ["f", "g"]),
        ("x: {{ with .Values.a }}{{ $.Values.g }}{{ end }}", ["f"]),
        ("x: {{ if .Values.a }}{{ .Values.a.b }}{{ end }}", ["a.c", "f", "g"]),
        ("x: {{ range .Values.f }}{{ . }}{{ else }}{{ .Values.g }}{{ end }}", ["a"]),
        ("{{ range $k, $v := .Values }}{{ $k }}: {{ $v | quote }}\n{{ end }}", []),
        ('x: {{ index .Values "a" "c" "d" }}', ["a.b", "a.c.e", "f", "g"]),
        ("x: {{ index .Values .Chart.Name | quote }}", ["a", "f", "g"]),
        ('x: {{ index .Values (printf "%s" .Release.Name) }}', []),
        ('x: {{ get .Values.a "b" }}{{ if hasKey .Values "f" }}1{{ end }}', ["a.c", "g"]),
        ('x: {{ pluck "g" .Values | first }}', ["a", "f"]),
        ("x: {{ .Values.a | toString | quote }}", ["f", "g"]),
        ("{{ $v := .Values }}x: {{ $v.g }}", ["a", "f"]),
        ("{{ $v := .Values.a }}{{ $v = .Values.a.c }}x: {{ $v.d }}", ["a.b", "a.c.e", "f", "g"]),
        ("x: {{ (default .Values.a.c .Values.a).d }}", ["a.b", "a.c.e", "f", "g"]),
        ("x: {{ .Values.none | default .Values.g }}", ["a", "f"]),
        ('x: {{ ternary .Values.g "y" true }}', ["a", "f"]),
        ('{{ define "t" }}{{ .Values.g }}{{ end }}x: {{ template "t" . }}', ["a", "f"]),
        (
            '{{ define "t" }}{{ .ctx.Values.g }}{{ .a.b }}{{ end }}x: {{ include "t" (dict "ctx" $ "a" .Values.a) }}',
            ["a.c", "f"],
        ),
        (
            '{{ define "t" }}{{ index . 1 }}{{ (index . 0).Values.a.b }}{{ end }}x: {{ include "t" (list . "s") }}',
            ["a.c", "f", "g"],
        ),
        ('{{ define "t" }}{{ .c.d }}{{ end }}x: {{ include (print "t") .Values.a }}', ["a.b", "a.c.e", "f", "g"]),
        ('{{ define "t" }}{{ .Values.g }}{{ end }}x: {{ include "t" (merge (dict "x" 1) .) }}', ["a", "f"]),
        ('{{ $d := dict }}{{ $_ := set $d "k" .Values.a }}x: {{ $d.k.b }}', ["a.c", "f", "g"]),
        ('{{ $_ := set .Values "a" .Values.g }}x: {{ .Values.a }}', ["f"]),
        ("{{ $_ := merge .Values.a .Values.a.c }}x: {{ .Values.a.d }}", ["a.b", "f", "g"]),
        ('x: {{ tpl "{{ .Values.g }}" . }}', ["a", "f"]),
        ('x: {{ tpl (printf "{{ .Values.%s }}" .Release.Name) . }}', []),
        ("x: {{ .Values.AsMap | len }}", []),
        ("x: {{ . | toString | len }}", []),
    ],
)
def test_what_templates_read(tmp_path: Path, template: str, expected: list[str]) -> None:
    assert unused(tmp_path, VALUES, template) == expected


def test_templates_in_values_are_read_where_tpl_may_meet_them(tmp_path: Path) -> None:
    values = "text: '{{ .Values.name }}'\nname: x\n"
    assert unused(tmp_path, values, "x: {{ tpl .Values.text . }}") == []
    assert unused(tmp_path, values, "x: {{ .Values.text | quote }}") == ["name"]


def test_templates_in_files(tmp_path: Path) -> None:
    files = {"conf/a.yaml": "{{ .Values.name }}"}
    template = 'x: {{ tpl (.Files.Get "conf/a.yaml") . | quote }}'
    assert told(tmp_path, {"values.yaml": "name: x", "templates/a.yaml": template, **files}) == []


def test_a_subchart_reads_its_part(tmp_path: Path) -> None:
    values = "db: {user: u, port: 1, enabled: true}\nglobal: {zone: z, tier: t}\n"
    files = {
        "values.yaml": values,
        "requirements.yaml": "dependencies: [{name: db, version: 0.1.0, condition: db.enabled}]",
        "templates/a.yaml": "x: 1",
        "charts/db/templates/a.yaml": "x: {{ .Values.user }}{{ .Values.global.zone }}",
        **DB,
    }
    assert told(tmp_path, files) == ['no template reads "db.port"', 'no template reads "global.tier"']


def test_a_subchart_under_another_name(tmp_path: Path) -> None:
    files = {
        "values.yaml": "store: {user: u}\ndb: {user: u}\n",
        "requirements.yaml": "dependencies: [{name: db, version: 0.1.0, alias: store}]",
        "templates/a.yaml": "x: 1",
        "charts/db/templates/a.yaml": "x: {{ .Values.user }}",
        **DB,
    }
    assert told(tmp_path, files) == ['no template reads "db"']


def test_a_subchart_that_is_not_there_may_read_anything(tmp_path: Path) -> None:
    values = "db: {user: u}\nglobal: {a: b}\ntags: {c: true}\n"
    requirements = "dependencies: [{name: db, version: 0.1.0, tags: [c]}]"
    assert unused(tmp_path, values, "x: 1", requirements=requirements) == []


def test_what_an_import_takes(tmp_path: Path) -> None:
    requirements = "dependencies: [{name: db, version: 0.1.0, import-values: [{child: conn, parent: db2}]}]"
    files = {
        "values.yaml": "db: {conn: {host: h}, other: 1}\n",
        "requirements.yaml": requirements,
        "templates/a.yaml": "x: {{ .Values.db2 }}",
        **DB,
    }
    assert told(tmp_path, files) == ['no template reads "db.other"']


def test_anchors_are_used_where_they_are_referred_to(tmp_path: Path) -> None:
    values = "shared: &s {a: 1}\nalone: &t {a: 1}\nweb: *s\nlist: [&u x]\nmore: *u\n"
    assert unused(tmp_path, values, "x: {{ .Values.web.a }}{{ .Values.more }}") == ["alone"]


def test_a_chart_of_jinja_templates_and_a_library_tell_nothing(tmp_path: Path) -> None:
    jinja = "name: web\nversion: 0.1.0\napiVersion: v1\nengine: jinja2\nicon: https://web.test/icon.png\n"
    assert told(tmp_path, {"Chart.yaml": jinja, "values.yaml": "a: 1", "templates/a.yaml": "x: 1"}) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"a": {"b": 2}, "f": [], "g": None}, []),
        ({"a": {"bb": 2}}, ['"a.bb"']),
        ({"q": {"r": 1}}, ['"q"']),
        ({"none": 1, "deep": {"er": {"x": 1}}}, []),
        ({"free": {"anything": 1}, "f": {"x": 1}}, []),
        ({"global": {}, "tags": {"x": True}}, []),
        ({"global": {"x": 1}}, []),
    ],
)
def test_values_that_mean_nothing(tmp_path: Path, given: dict[str, Any], expected: list[str]) -> None:
    template = "x: {{ .Values.none }}{{ .Values.deep.er | toJson }}{{ .Values.a.b }}{{ .Values.f }}{{ .Values.g }}{{ .Values.free }}"
    values = "a: {b: 1}\nf: [1]\ng: x\nfree: {}\ndeep: {}\n"
    texts = told(tmp_path, {"values.yaml": values, "templates/a.yaml": template}, given)
    assert [text.split()[2] for text in texts] == expected


def test_the_name_that_was_meant(tmp_path: Path) -> None:
    files = {"values.yaml": "image: {tag: 1}", "templates/a.yaml": "x: {{ .Values.image.tag }}{{ .Values.replicas }}"}
    first, second = told(tmp_path, files, {"image": {"tga": 2}, "replica": 3})
    assert first.endswith('; did you mean "image.tag"?')
    assert second.endswith('; did you mean "replicas"?')


def test_what_a_schema_describes_is_known(tmp_path: Path) -> None:
    schema = '{"properties": {"later": {"type": "object"}}}'
    files = {"values.yaml": "", "values.schema.json": schema, "templates/a.yaml": "x: 1"}
    assert told(tmp_path, files, {"later": {}}) == []


def test_only_the_users_values_are_a_warning(tmp_path: Path) -> None:
    place = chart(tmp_path, {"values.yaml": "a: 1", "templates/a.yaml": "x: 1"})
    assert not lint.failed(lint.run(place), strict=True)
    assert lint.failed(lint.run(place, {"b": 1}), strict=True)


def test_nothing_is_told_of_a_chart_that_is_broken(tmp_path: Path) -> None:
    (text,) = told(tmp_path, {"values.yaml": "a: 1", "templates/a.yaml": "x: {{ .Values.b.c }}"}, {"d": 1})
    assert text.startswith("render error")
