"""What is said beside Go's words about a template that failed."""

from __future__ import annotations

from typing import Any

import pytest

from helmpy.engine import RenderError
from tests.engine.charts import chart, rendered

VALUES: dict[str, Any] = {
    "image": {"tag": 1.1, "name": "nginx"},
    "db": {"password": 12345.0, "empty": {}},
    "ports": [80.0],
    "on": True,
    "nothing": None,
    "name": "word",
}


def hint(template: str, *, helper: str = "") -> str:
    with pytest.raises(RenderError) as error:
        rendered(chart("web", {"x.yaml": template, "_h.tpl": helper}), VALUES)
    return error.value.hint


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ .Values.image.tag | upper }}", ".Values.image.tag is a number (float64, 1.1)"),
        ("{{ upper .Values.image }}", ".Values.image is a table (map[string]interface {})"),
        ("{{ b64enc $.Values.db.password }}", ".Values.db.password is a number (float64)"),
        ("{{ .Values.db.missing | b64enc }}", ".Values.db.missing is not set"),
        ("{{ len .Values.db.missing }}", ".Values.db.missing is not set"),
        ("{{ index .Values.db.missing 1 }}", ".Values.db.missing is not set"),
        ("{{ .Values.nothing | b64enc }}", ".Values.nothing is null"),
        ("{{ eq .Values.on .Values.name }}", ".Values.on is a boolean (bool, true)\n.Values.name is text (string)"),
        ("{{ range .Values.name }}{{ end }}", ".Values.name is text (string)"),
        ("{{ index .Values.on 1 }}", ".Values.on is a boolean (bool, true)"),
        ("{{ .Values.imagee.tag }}", ".Values has no imagee; did you mean image?"),
        (
            "{{ .Values.nowhere.tag }}",
            ".Values has no nowhere; it has db, image, name, nothing, on, ports",
        ),
        ("{{ .Values.db.empty.a.b }}", ".Values.db.empty has no a, it is empty"),
        ("{{ .Values.nothing.a }}", ".Values.nothing is null, not a table"),
        ("{{ .Values.name.first }}", ".Values.name is text (string), not a table"),
        ("{{ .Values.ports.first }}", ".Values.ports is a list ([]interface {}), not a table"),
        ("{{ uper .Values.name }}", "did you mean upper?"),
        ("{{ fruitless .Values.name }}", ""),
        ("{{ with .Values.image }}{{ .nope.x }}{{ end }}", ""),
        ('{{ fail "wrong type for value" }}', ""),
        ('{{ upper (dict "a" 1) }}', ""),
    ],
)
def test_hint(template: str, said: str) -> None:
    assert hint(template) == said


def test_the_innermost_fault_is_the_one_explained() -> None:
    helper = '{{ define "h" }}\n  {{ .Values.image.tagg.x }}{{ end }}'
    assert (
        hint('{{ .Values.name }}{{ include "h" . }}', helper=helper) == ".Values.image has no tagg; did you mean tag?"
    )


def test_names_of_any_number_and_length_take_no_time() -> None:
    values = {f"name{number}": 1 for number in range(50_000)} | {"n" * 100_000: 1}
    with pytest.raises(RenderError) as error:
        rendered(chart("web", {"x.yaml": "{{ .Values.nane49999.x }}"}), values)
    assert error.value.hint.startswith(".Values has no nane49999; ")
    assert len(error.value.hint) < 1000
