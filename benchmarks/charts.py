"""Charts to measure with: those in a directory, and one written here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

TPL_CALLS = 3_000
_TEMPLATES = 40
_ENTRIES = TPL_CALLS // _TEMPLATES


def found(directories: list[Path]) -> list[Path]:
    """Return the charts in the directories, at any depth, the charts inside charts left out."""
    return sorted(chart for directory in directories for chart in _charts(directory))


def _charts(directory: Path) -> Iterator[Path]:
    for place, below, files in os.walk(directory):
        if "Chart.yaml" in files:
            below.clear()
            yield Path(place)


def is_v2(chart: Path) -> bool:
    """Whether the chart was written for Helm 3 (``apiVersion: v2``)."""
    lines = (chart / "Chart.yaml").read_text(encoding="utf-8").splitlines()
    return any(line.split("#")[0].replace('"', "").split() == ["apiVersion:", "v2"] for line in lines)


# --- many calls of tpl ---------------------------------------------------------------------------

_HELPERS = """\
{{- define "many.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "many.labels" -}}
app: {{ include "many.name" . | quote }}
release: {{ .Release.Name | quote }}
{{- end -}}
"""

_TEMPLATE = """\
{{{{- $part := index .Values.parts "part{number:02d}" }}}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{{{ include "many.name" . }}}}-{number:02d}
  labels:
{{{{ include "many.labels" . | indent 4 }}}}
data:
{{{{- range $name, $entry := $part }}}}
  {{{{ $name }}}}: |
{{{{ tpl $entry.text $ | indent 4 }}}}
{{{{- end }}}}
{{{{- range $name, $entry := $part }}}}
{{{{- if $entry.workload }}}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{{{ include "many.name" $ }}}}-{{{{ $name }}}}
  labels:
{{{{ include "many.labels" $ | indent 4 }}}}
{{{{- with $entry.annotations }}}}
  annotations:
{{{{ toYaml . | indent 4 }}}}
{{{{- end }}}}
spec:
  replicas: {{{{ $entry.replicas | default 1 }}}}
  selector:
    matchLabels:
      app: {{{{ include "many.name" $ | quote }}}}
      part: {{{{ $name | quote }}}}
  template:
    metadata:
      labels:
        part: {{{{ $name | quote }}}}
{{{{ include "many.labels" $ | indent 8 }}}}
    spec:
    {{{{- if $entry.serviceAccount }}}}
      serviceAccountName: {{{{ $entry.serviceAccount | quote }}}}
    {{{{- else }}}}
      serviceAccountName: default
    {{{{- end }}}}
      containers:
        - name: {{{{ $name }}}}
          image: "{{{{ $entry.image.repository }}}}:{{{{ $entry.image.tag | default $.Chart.Version }}}}"
          imagePullPolicy: {{{{ $entry.image.pullPolicy | default "IfNotPresent" }}}}
          ports:
            - name: http
              containerPort: {{{{ $entry.port | int }}}}
              protocol: TCP
          {{{{- if $entry.probe }}}}
          livenessProbe:
            httpGet:
              path: {{{{ $entry.probe.path | default "/" }}}}
              port: http
            initialDelaySeconds: {{{{ $entry.probe.delay | default 10 }}}}
          {{{{- end }}}}
          env:
          {{{{- range $key, $value := $entry.env }}}}
            - name: {{{{ $key | upper | replace "." "_" }}}}
              value: {{{{ $value | quote }}}}
          {{{{- end }}}}
          resources:
{{{{ toYaml $entry.resources | indent 12 }}}}
      {{{{- with $entry.nodeSelector }}}}
      nodeSelector:
{{{{ toYaml . | indent 8 }}}}
      {{{{- end }}}}
      {{{{- with $entry.tolerations }}}}
      tolerations:
{{{{ toYaml . | indent 8 }}}}
      {{{{- end }}}}
{{{{- end }}}}
{{{{- end }}}}
"""

_ENTRY = """\
    entry{number:03d}:
      port: {port}
      hosts: [{name}.one.example, {name}.two.example]
      workload: {workload}
      image: {{repository: example/{name}, pullPolicy: Always}}
      env: {{log.level: info, zone: z{zone}}}
      resources: {{limits: {{cpu: 100m, memory: 64Mi}}}}
      text: |
        # {name} of {{{{ .Release.Name }}}}
        server = {{{{ include "many.name" . }}}}-{name}
        {{{{- with (index .Values.parts "{part}").entry{number:03d} }}}}
        listen = {{{{ .port | int }}}}
        {{{{- range .hosts }}}}
        host = {{{{ . | upper }}}}
        {{{{- end }}}}
        {{{{- end }}}}
"""


def write_many_tpl(parent: Path) -> Path:
    """Write a chart whose templates call ``tpl`` 3,000 times, on 3,000 texts of its large values."""
    chart = parent / "many"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: many\nversion: 1.0.0\n", encoding="utf-8")
    (chart / "templates" / "_helpers.tpl").write_text(_HELPERS, encoding="utf-8")
    for number in range(_TEMPLATES):
        template = chart / "templates" / f"part{number:02d}.yaml"
        template.write_text(_TEMPLATE.format(number=number), encoding="utf-8")
    values = "parts:\n" + "".join(_part(number) for number in range(_TEMPLATES))
    (chart / "values.yaml").write_text(values, encoding="utf-8")
    return chart


def _part(number: int) -> str:
    part = f"part{number:02d}"
    entries = (
        _ENTRY.format(
            part=part,
            number=entry,
            name=f"{part}-{entry}",
            port=8000 + entry,
            zone=entry % 3,
            workload=str(entry % 15 == 0).lower(),
        )
        for entry in range(_ENTRIES)
    )
    return f"  {part}:\n" + "".join(entries)
