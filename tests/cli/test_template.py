from __future__ import annotations

import re
from pathlib import Path

import pytest

from helmpy.cli.main import run
from tests.cli.conftest import made

CHART = {
    "Chart.yaml": "name: web\nversion: 1.0.0\n",
    "values.yaml": "a: 1\nb: {c: x}\n",
    "templates/service.yaml": "kind: Service\nname: {{ .Release.Name }}\nns: {{ .Release.Namespace }}\n",
    "templates/config.yaml": "kind: ConfigMap\nvalues: {{ .Values | toJson }}\n",
    "templates/_helpers.tpl": '{{ define "x" }}x{{ end }}',
    "templates/empty.yaml": "{{ if false }}never{{ end }}\n",
    "templates/NOTES.txt": "Well done, {{ .Release.Name }}",
}
CONFIG = '---\n# Source: web/templates/config.yaml\nkind: ConfigMap\nvalues: {"a":1,"b":{"c":"x"}}\n\n'


@pytest.fixture
def chart(home: Path) -> Path:
    return made(home / "web", CHART)


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    status = run(["template", *words])
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    return out


def shown(capsys: pytest.CaptureFixture[str], chart: Path, expression: str, *flags: str) -> str:
    """What one template expression prints."""
    (chart / "templates" / "t.yaml").write_text(expression)
    return printed(capsys, str(chart), "-x", "templates/t.yaml", *flags).split("\n", 2)[2].removesuffix("\n")


@pytest.mark.usefixtures("chart")
def test_files_come_whole_in_the_order_of_installation(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "web", "--name", "rel", "--namespace", "ns") == (
        CONFIG + "---\n# Source: web/templates/service.yaml\nkind: Service\nname: rel\nns: ns\n\n"
        "---\n# Source: web/templates/empty.yaml\n\n\n"
    )


@pytest.mark.usefixtures("chart")
def test_notes_are_printed_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    notes = "---\n# Source: web/templates/NOTES.txt\nWell done, release-name\n"
    assert notes in printed(capsys, "web", "--notes")
    assert "Well done" not in printed(capsys, "web")


def test_one_template_may_be_chosen(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "web", "-x", "templates/config.yaml") == CONFIG
    assert printed(capsys, "web", "-x", str(chart / "templates" / "config.yaml")) == CONFIG


@pytest.mark.parametrize(
    ("flags", "expression", "expected"),
    [
        ([], "{{ .Release.Name }} {{ .Release.Revision }} {{ .Release.Service }}", "release-name 0 Tiller"),
        ([], "{{ .Release.IsInstall }} {{ .Release.IsUpgrade }}", "true false"),
        (["--is-upgrade"], "{{ .Release.IsInstall }} {{ .Release.IsUpgrade }}", "false true"),
        ([], "{{ .Capabilities.KubeVersion.GitVersion }}", "v1.14.0"),
        (["--kube-version", "1.29.3"], "{{ .Capabilities.KubeVersion.GitVersion }}", "v1.29.0"),
        ([], '{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}', "true"),
        (["-a", "my/v1"], '{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}', "false"),
        (["-a", "my/v1"], "{{ range $k, $_ := .Capabilities.APIVersions }}{{ $k }} {{ end }}", "my/v1 v1 "),
        (["--name-template", '{{ env "TZ" | lower }}{{ expandenv "-$TZ" | lower }}'], "{{ .Release.Name }}", "utc-utc"),
        (["--name-template", '{{ "me" }}-{{ upper "x" | lower }}'], "{{ .Release.Name }}", "me-x"),
        (["--set", "a=2,b.c=y"], "{{ .Values.a }}{{ .Values.b.c }}", "2y"),
        (["--set", "a=1000000"], "{{ .Values.a }}", "1e+06"),
        (["--set", "a=5", "--set-string", "a=6"], "{{ .Values.a | quote }}", '"6"'),
        (["-f", "one.yaml,two.yaml", "--set", "b.d=5"], "{{ .Values | toJson }}", '{"a":3,"b":{"c":"two","d":5}}'),
        (["--set-file", "a=one.yaml"], "{{ .Values.a }}", "a: 3\nb: {c: one}\n"),
        (["--set", "b=null"], "{{ hasKey .Values `b` }}", "false"),
    ],
)  # fmt: skip
def test_flags_reach_the_templates(
    chart: Path, capsys: pytest.CaptureFixture[str], flags: list[str], expression: str, expected: str
) -> None:
    made(chart.parent, {"one.yaml": "a: 3\nb: {c: one}\n", "two.yaml": "b: {c: two}\n"})
    assert shown(capsys, chart, expression, *flags) == expected


V2 = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


@pytest.mark.parametrize(
    ("flags", "expression", "expected"),
    [
        ([], "{{ .Release.Service }} {{ .Release.Revision }}", "Helm 1"),
        ([], "{{ .Capabilities.KubeVersion }}", "v1.23.0"),
        (["--kube-version", "1.29.3-eks"], "{{ .Capabilities.KubeVersion }}", "v1.29.3-eks"),
        (["-a", "my/v1"], '{{ .Capabilities.APIVersions.Has "apps/v1" }}', "true"),
        (["--set", "a=1000000"], "{{ .Values.a }}", "1000000"),
    ],
)
def test_charts_of_helm_3_see_helm_3(
    chart: Path, capsys: pytest.CaptureFixture[str], flags: list[str], expression: str, expected: str
) -> None:
    (chart / "Chart.yaml").write_text(V2)
    assert shown(capsys, chart, expression, *flags) == expected


INCOMPLETE = (
    "An error occurred while checking for chart dependencies. "
    "You may need to run `helm dependency build` to fetch missing dependencies: "
)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("kubeVersion: '>=1.30'\n", "chart requires kubeVersion: >=1.30 which is incompatible with Kubernetes v1.23.0"),
        ("type: library\n", "library charts are not installable"),
        ("type: tool\n", "validation: chart.metadata.type must be application or library"),
        ("kubeVersion: junk\n", "chart requires kubeVersion: junk which is incompatible with Kubernetes v1.23.0"),
        (
            "dependencies: [{name: db}]\n",
            f"{INCOMPLETE}found in Chart.yaml, but missing in charts/ directory: db",
        ),
    ],
)
def test_charts_of_helm_3_have_demands(
    chart: Path, capsys: pytest.CaptureFixture[str], more: str, message: str
) -> None:
    (chart / "Chart.yaml").write_text(V2 + more)
    assert run(["template", "web"]) == 1
    assert capsys.readouterr().err == f"Error: {message}\n"


def test_values_keep_to_the_schema_of_a_chart_of_helm_3(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(chart, {"Chart.yaml": V2, "values.schema.json": '{"properties": {"a": {"type": "string"}}}'})
    assert run(["template", "web"]) == 1
    assert "a:" in capsys.readouterr().err
    assert printed(capsys, "web", "--set", "a=word")


@pytest.mark.usefixtures("chart")
def test_files_are_written_to_a_directory(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "out").mkdir()
    assert printed(capsys, "web", "--output-dir", "out") == (
        "wrote out/web/templates/config.yaml\nwrote out/web/templates/service.yaml\n"
    )
    assert (home / "out/web/templates/config.yaml").read_text() == CONFIG.removesuffix("\n")
    assert not (home / "out/web/templates/empty.yaml").exists()


def test_a_chart_named_to_lead_out_writes_nothing(home: Path, chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chart / "Chart.yaml").write_text("name: ../../x\nversion: 1.0.0\n")
    (home / "out").mkdir()
    assert run(["template", "web", "--output-dir", "out"]) == 1
    assert "leads out of out" in capsys.readouterr().err
    assert list((home / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "chart is required"),
        (["gone"], "stat gone: no such file or directory"),
        (["web", "-x", "templates/gone.yaml"], "could not find template {home}/web/templates/gone.yaml in chart"),
        (["web", "--output-dir", "gone"], "output-dir 'gone' does not exist"),
        (["web", "--kube-version", "new"], "could not parse a kubernetes version: Invalid Semantic Version"),
        (["web", "--set", "a"], 'failed parsing --set data: key "a" has no value'),
        (["web", "--set-file", "a=gone"], "failed parsing --set-file data: open gone: no such file or directory"),
        (["web", "-f", "gone.yaml"], "open gone.yaml: no such file or directory"),
    ],
)
@pytest.mark.usefixtures("chart")
def test_mistakes_are_named(home: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert run(["template", *words]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"Error: {message.replace('{home}', str(home))}\n")


@pytest.mark.usefixtures("chart")
def test_a_name_must_fit_kubernetes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["template", "web", "--name", "A_b"]) == 1
    assert capsys.readouterr().err.startswith("Error: release name A_b is invalid: a DNS-1123 subdomain must consist")


def test_a_broken_template_shows_the_place(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chart / "templates" / "bad.yaml").write_text("a: b\nc: {{ .Values.b.c.d.e }}\n")
    assert run(["template", "web"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert 'render error in "web/templates/bad.yaml": template: web/templates/bad.yaml:2:' in err
    assert err.count("\n") == 1
    assert run(["template", "web", "--debug"]) == 1
    assert "c: {{ .Values.b.c.d.e }}" in capsys.readouterr().err


def test_missing_subcharts_are_named(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chart / "requirements.yaml").write_text("dependencies: [{name: db, version: 1.x.x}]\n")
    assert run(["template", "web"]) == 1
    assert capsys.readouterr().err == "Error: found in requirements.yaml, but missing in charts/ directory: db\n"


@pytest.mark.usefixtures("chart")
def test_a_warning_has_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["template", "web", "--set", "b=word"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    date, clock, text = line.split(" ", 2)
    assert (date.count("/"), clock.count(":")) == (2, 2)
    assert text == (
        "Warning: Merging destination map for chart 'web'. Overwriting table item 'b', with non table value: word"
    )


@pytest.mark.usefixtures("chart")
def test_debug_shows_the_values_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "web", "--debug", "--set", "a=2")
    assert "USER-SUPPLIED VALUES:\na: 2\n" in out
    assert "COMPUTED VALUES:\na: 2\nb:\n  c: x\n" in out


def test_templates_look_up_hosts_with_leave_only(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chart / "templates" / "t.yaml").write_text('at: {{ getHostByName "localhost" | quote }}')
    assert run(["template", str(chart)]) == 0
    assert 'at: ""' in capsys.readouterr().out
    assert run(["template", str(chart), "--enable-dns"]) == 0
    assert re.search(r'at: "(127\.0\.0\.1|::1)"', capsys.readouterr().out)


def test_limits_are_changed_by_name(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chart / "templates" / "t.yaml").write_text("{{ range until 500 }}x{{ end }}")
    words = ["template", str(chart), "--render-limit", "steps=5000", "--render-limit", "output=100"]
    assert run(words) == 1
    assert "exceeded maximum output (100 characters)" in capsys.readouterr().err
    assert run([*words, "--render-limit", "output=5000"]) == 0
    assert run(["lint", str(chart), "--render-limit", "steps=10"]) == 1
    assert "exceeded maximum number of steps (10)" in capsys.readouterr().out
    assert run(["template", str(chart), "--render-limit", "nonsense"]) == 1
    assert "there is no limit 'nonsense'" in capsys.readouterr().err
