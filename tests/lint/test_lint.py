from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from helmpy import lint
from helmpy.lint import LintError, Severity

CHART = "name: web\nversion: 0.1.0\napiVersion: v1\nicon: https://web.test/icon.png\n"


def chart(tmp_path: Path, files: dict[str, str]) -> Path:
    place = tmp_path / "web"
    for name, text in {"Chart.yaml": CHART, "values.yaml": "", **files}.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    return place


def findings(tmp_path: Path, files: dict[str, str], values: dict[str, object] | None = None) -> list[str]:
    return [str(message) for message in lint.run(chart(tmp_path, files), values)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"templates/a.yaml": "x: 1"}, []),
        ({"templates/a.yaml": ""}, []),
        ({"templates/a.yaml": "x: 1\n---\na: b: c"}, []),
        ({}, ["[WARNING] templates/: directory not found"]),
        ({"templates": ""}, ["[WARNING] templates/: not a directory"]),
        (
            {"values.yaml": "a: b: c", "templates/a.yaml": "{{ if }}"},
            [
                "[ERROR] values.yaml: unable to parse YAML\n\terror converting YAML to JSON: yaml: mapping values are not allowed in this context"
            ],
        ),
        (
            {"values.yaml": "- a", "templates/a.yaml": "x: 1"},
            [
                (
                    "[ERROR] values.yaml: unable to parse YAML\n\terror unmarshaling JSON: while decoding JSON: json: "
                    "cannot unmarshal array into Go value of type chartutil.Values"
                )
            ],
        ),
        (
            {"templates/a.yaml": "x: {{ .Values.b.c }}"},
            [
                (
                    '[ERROR] templates/: render error in "web/templates/a.yaml": template: web/templates/a.yaml:1:13: '
                    'executing "web/templates/a.yaml" at <.Values.b.c>: nil pointer evaluating interface {}.c'
                )
            ],
        ),
        ({"templates/a.yaml": 'x: {{ required "b!" .Values.b }}'}, []),
        (
            {"templates/a.yaml": "x: {{ fail .Release.Name }}"},
            [
                (
                    '[ERROR] templates/: render error in "web/templates/a.yaml": template: web/templates/a.yaml:1:6: '
                    'executing "web/templates/a.yaml" at <fail .Release.Name>: error calling fail: testRelease'
                )
            ],
        ),
        (
            {"templates/a.yaml": "{{ if }}"},
            [
                '[ERROR] templates/: parse error in "web/templates/a.yaml": template: web/templates/a.yaml:1: missing value for if'
            ],
        ),
        (
            {"templates/a.yaml": "a: b: c", "templates/b.yml": "foo"},
            [
                (
                    "[ERROR] templates/a.yaml: unable to parse YAML\n\t"
                    "error converting YAML to JSON: yaml: mapping values are not allowed in this context"
                ),
                (
                    "[ERROR] templates/b.yml: unable to parse YAML\n\terror unmarshaling JSON: while decoding JSON: json: "
                    "cannot unmarshal string into Go value of type rules.K8sYamlStruct"
                ),
            ],
        ),
        (
            {"templates/a.yaml": "metadata: 1"},
            [
                (
                    "[ERROR] templates/a.yaml: unable to parse YAML\n\terror unmarshaling JSON: while decoding JSON: json: "
                    "cannot unmarshal number into Go struct field K8sYamlStruct.Metadata of type struct { Namespace string }"
                )
            ],
        ),
        ({"templates/a.txt": "a: b: c", "templates/_p.tpl": "a: b: c"}, []),
        (
            {"templates/a.foo": "a: b: c"},
            [
                "[WARNING] templates/a.foo: file extension '.foo' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
            ],
        ),
        (
            {"templates/a.yaml": "x: 1", "charts/db/Chart.yaml": "version: 0.1.0"},
            ["[ERROR] templates/: error unpacking db in web: invalid chart (Chart.yaml): name must not be empty"],
        ),
        (
            {"templates/a.yaml": "x: 1", "charts/db/Chart.yaml": "name: db\nversion: 0.1.0", "values.yaml": "db: 1"},
            ["[ERROR] templates/: type mismatch on db: %!t(float64=1)"],
        ),
    ],
)
def test_rules(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    assert findings(tmp_path, files) == expected


def test_the_line_at_fault_is_a_hint(tmp_path: Path) -> None:
    (message,) = lint.run(chart(tmp_path, {"templates/a.yaml": "a: b: c"}))
    assert message.hint == "rendered line 1: a: b: c\nfrom web/templates/a.yaml:1: a: b: c"


def test_a_values_file_may_be_missing(tmp_path: Path) -> None:
    place = chart(tmp_path, {"templates/a.yaml": "x: 1"})
    (place / "values.yaml").unlink()
    assert [str(message) for message in lint.run(place)] == ["[INFO] values.yaml: file does not exist"]


def test_values_of_the_user_and_the_namespace_reach_templates(tmp_path: Path) -> None:
    files = {"templates/a.yaml": '{{ fail (printf "%v %s" .Values.b .Release.Namespace) }}'}
    place = chart(tmp_path, files)
    (message,) = lint.run(place, {"b": 2}, "prod")
    assert message.text.endswith("error calling fail: 2 prod")


def test_severities_and_strictness(tmp_path: Path) -> None:
    messages = lint.run(chart(tmp_path, {"templates/a.foo": ""}))
    assert [message.severity for message in messages] == [Severity.WARNING]
    assert not lint.failed(messages)
    assert lint.failed(messages, strict=True)


def test_an_archive(tmp_path: Path) -> None:
    place = chart(tmp_path, {"templates/a.yaml": "a: b: c"})
    archive = tmp_path / "web.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(place, "web")
    (message,) = lint.run(archive)
    assert message.path == "templates/a.yaml"


def test_nothing_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "bad.tgz").write_text("foo")
    with tarfile.open(tmp_path / "bare.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("web/values.yaml")
        tar.addfile(info, io.BytesIO())
    with tarfile.open(tmp_path / "broken.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("web/Chart.yaml")
        info.size = 7
        tar.addfile(info, io.BytesIO(b"name: ["))
    for name, text in {
        "nope": "unable to check Chart.yaml file in chart: stat {0}/nope/Chart.yaml: no such file or directory",
        "file": "unable to check Chart.yaml file in chart: stat {0}/file/Chart.yaml: not a directory",
        "nope.tgz": "unable to open tar ball {0}/nope.tgz: open {0}/nope.tgz: no such file or directory",
        "bad.tgz": "unable to extract tar ball: unexpected EOF",
        "bare.tgz": "unable to extract tar ball: chart name not specified",
        "broken.tgz": (
            "unable to extract tar ball: error converting YAML to JSON: yaml: line 1: did not find expected node content"
        ),
    }.items():
        with pytest.raises(LintError) as error:
            lint.run(tmp_path / name)
        assert str(error.value) == text.format(tmp_path)
