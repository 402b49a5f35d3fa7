"""Finding the template's line that wrote a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy.chart.model import Chart
from helmpy.engine.origins import Origin, marked_text, origin, told
from tests.engine.charts import chart, rendered

PARTIAL = '{{- define "labels" }}\napp: web\n{{- /* }} */}}\nb: {{ "}}" }}\n{{- end }}'


def found(whole: Chart, line: int, path: str = "web/templates/x.yaml") -> Origin | None:
    return origin(whole, path, line, rendered(whole)[path], rendered)


@pytest.mark.parametrize(
    ("template", "line", "path", "source", "text"),
    [
        ("a: 1\nb: {{ 2 }}\n", 2, "x.yaml", 2, "b: {{ 2 }}"),
        ("a: 1\n{{- if true }}\nb: 2\n{{- end }}\nc: 3\n", 3, "x.yaml", 5, "c: 3"),
        ("a:\n  {{- list 1 2 | toYaml | nindent 2 }}\nb: 1\n", 3, "x.yaml", 1, "a:"),
        ("{{ range list 1 2 }}\n- {{ . }}\n{{ end }}\n", 4, "x.yaml", 2, "- {{ . }}"),
        ('a:\n{{ include "labels" . | indent 2 }}\nz: 1\n', 4, "_h.tpl", 4, 'b: {{ "}}" }}'),
        ('a:\n{{ include "labels" . | indent 2 }}\nz: 1\n', 5, "x.yaml", 3, "z: 1"),
    ],
)
def test_origin(template: str, line: int, path: str, source: int, text: str) -> None:
    whole = chart("web", {"x.yaml": template, "_h.tpl": PARTIAL})
    assert found(whole, line) == Origin(f"web/templates/{path}", source, text)


def test_a_line_of_a_jinja_template_is_found() -> None:
    template = "a:\n{% for i in [1, 2] %}\n- {{ i }}\n{% endfor %}\nb: {{ 1 + 1 }}\n"
    whole = chart("web", {"x.yaml": template}, engine="jinja2")
    assert found(whole, 3) == Origin("web/templates/x.yaml", 3, "- {{ i }}")
    assert found(whole, 4) == Origin("web/templates/x.yaml", 5, "b: {{ 1 + 1 }}")


def test_what_is_told_of_a_line() -> None:
    whole = chart("web", {"x.yaml": "a:\n{{- range list 1 2 }}\n- {{ . }}\n{{- end }}\n\n"})
    text = rendered(whole)["web/templates/x.yaml"]
    place = "\n\trendered line 3: - 2\n\tfrom web/templates/x.yaml:3: - {{ . }}"
    assert told(whole, "web/templates/x.yaml", 3, text, rendered) == place
    assert told(whole, "web/templates/x.yaml", 4, text, rendered) == place  # what is open at the end
    assert told(whole, "web/templates/x.yaml", 3, "other\ntext\nthan is rendered", rendered) == (
        "\n\trendered line 3: than is rendered"
    )
    assert told(whole, "web/templates/x.yaml", 1, "x" * 500, rendered) == f"\n\trendered line 1: {'x' * 200}…"


def test_a_subchart_s_helper_is_found() -> None:
    library = chart("lib", {"_l.tpl": '{{ define "l" }}\nk: 1\n{{ end }}'})
    whole = chart("web", {"x.yaml": 'a: 1{{ include "l" . }}'}, dependencies=(library,))
    assert found(whole, 2) == Origin("web/charts/lib/templates/_l.tpl", 2, "k: 1")


@pytest.mark.parametrize(
    "template",
    ["a: {{ randAlpha 8 }}\nb: 1\n", '{{ define "n" }}\nx{{ end }}a: {{ include "n" . | len }}\n', "\n\n"],
)
def test_what_cannot_be_told_is_not(template: str) -> None:
    assert found(chart("web", {"x.yaml": template}), 1) is None


@given(
    st.lists(st.sampled_from(["a", "\n", "  ", "{{ 1 }}", "{{- 2 }}", "{{ 3 -}}", '{{- "}}" -}}', "{{/* {{ */}}", "é"]))
)
def test_marks_change_nothing_else(pieces: list[str]) -> None:
    text = "".join(pieces)
    plain = rendered(chart("web", {"x.yaml": text}))["web/templates/x.yaml"]
    marked = rendered(chart("web", {"x.yaml": marked_text(text, "0")}))["web/templates/x.yaml"]
    parts = marked.split("\ue0f0")
    assert parts[0] + "".join(part.partition("\ue0f1")[2] for part in parts[1:]) == plain


@given(st.text(st.sampled_from("a \n{}-/*\"`'\\"), max_size=30))
def test_any_text_can_be_marked(text: str) -> None:
    parts = marked_text(text, "0").split("\ue0f0")
    assert parts[0] + "".join(part.partition("\ue0f1")[2] for part in parts[1:]) == text
