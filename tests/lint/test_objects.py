"""Names of objects, and values against schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from helmpy import lint
from tests.lint.test_lint import chart, findings

HEAD = "apiVersion: v1\nkind: ConfigMap\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD}metadata: {{name: a-b.c}}", ""),
        (f"{HEAD}metadata: {{name: '{{{{ .Release.Name }}}}-x'}}", ""),
        (f"{HEAD}metadata: {{generateName: a-}}", ""),
        ("a: 1", ""),
        (HEAD, "an object of kind ConfigMap has no metadata.name"),
        (f"{HEAD}metadata: {{name: ''}}", "an object of kind ConfigMap has no metadata.name"),
        (f"{HEAD}metadata: {{name: a}}\n---\n{HEAD}", "an object of kind ConfigMap has no metadata.name"),
        (f"{HEAD}metadata: {{name: 12}}", "metadata.name of an object of kind ConfigMap is no string but 12: quote it"),
        (f"{HEAD}metadata: {{name: a_b}}", 'metadata.name "a_b" of an object of kind ConfigMap is no valid name: '),
        (f"{HEAD}metadata: {{name: a-}}", 'metadata.name "a-" of an object of kind ConfigMap is no valid name: '),
        ("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: 'system:A_b'}", ""),
        ("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: 'a/b'}", 'metadata.name "a/b" of'),
        ("apiVersion: user.openshift.io/v1\nkind: User\nmetadata: {name: 'a:B'}", ""),
        ("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret}", "an object of kind Secret has no"),
    ],
)
def test_names_of_objects(tmp_path: Path, text: str, expected: str) -> None:
    found = findings(tmp_path, {"templates/a.yaml": text})
    assert len(found) == bool(expected)
    assert all(line.startswith(f"[WARNING] templates/a.yaml: {expected}") for line in found)


def test_a_name_that_lacks_a_required_value_is_no_mistake_of_the_chart(tmp_path: Path) -> None:
    heard: list[str] = []
    place = chart(tmp_path, {"templates/a.yaml": f'{HEAD}metadata: {{name: {{{{ required "say it" .Values.it }}}}}}'})
    assert lint.run(place, forgive=heard.append) == []
    assert heard == ["Missing required value: say it"]


SCHEMA = '{"required": ["port"], "properties": {"port": {"type": "integer"}}}'


@pytest.mark.parametrize(("version", "severity"), [("v1", "WARNING"), ("v2", "ERROR")])
def test_values_that_a_schema_forbids(tmp_path: Path, version: str, severity: str) -> None:
    files = {
        "Chart.yaml": f"name: web\nversion: 0.1.0\napiVersion: {version}\nicon: https://web.test/icon.png\n",
        "values.schema.json": SCHEMA,
        "templates/a.yaml": "x: {{ .Values.port }}",
    }
    (line,) = findings(tmp_path, files)
    assert line.startswith(f"[{severity}] values.yaml: values don't meet the specifications of the schema")
    assert findings(tmp_path, files, {"port": 80}) == []


def test_a_schema_that_is_broken(tmp_path: Path) -> None:
    files = {"values.schema.json": "{", "templates/a.yaml": "x: 1"}
    (line,) = findings(tmp_path, files)
    assert line.startswith("[WARNING] values.yaml: ")
