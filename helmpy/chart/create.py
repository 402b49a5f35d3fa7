"""A chart to start from: one web server with a service, or a copy of a starter."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from helmpy.chart import loader, package
from helmpy.chart.model import Chart, ChartError, Config, File, Metadata
from helmpy.errors import HelmError, unmakable, unreadable

PLACEHOLDER = b"<CHARTNAME>"
"""What templates and values of a starter write where the chart's name goes."""


def create(name: str, directory: str | os.PathLike[str], starter: str | os.PathLike[str] | None = None) -> Path:
    """Make the chart ``name`` below ``directory`` and return its directory.

    Files that are there already are kept. With ``starter``, the path of a chart, its files are
    copied into a new directory, and its Chart.yaml is replaced. Raises ChartError.
    """
    _check_name(name)
    metadata = Metadata(
        name=name,
        description="A Helm chart for Kubernetes",
        api_version="v1",
        app_version="1.0",
        version="0.1.0",
    )
    if starter is not None:
        return _copy(metadata, Path(directory), os.fspath(starter))
    parent = Path(directory).absolute()
    root = parent / name
    if parent.exists() and not parent.is_dir():
        raise ChartError(f"no such directory {parent}")
    if not parent.exists():
        raise ChartError(f"stat {parent}: no such file or directory")
    if root.exists() and not root.is_dir():
        raise ChartError(f"file {root} already exists and is not a directory")
    _write(root, metadata)
    return root


def _check_name(name: str) -> None:
    if name in ("", ".", "..") or any(char in "/\\\"'`{}<>" or not char.isprintable() for char in name):
        raise ChartError(f"invalid chart name {name!r}")


def _write(root: Path, metadata: Metadata) -> None:
    files = {
        package.VALUESFILE: VALUES,
        ".helmignore": IGNORE,
        **{f"templates/{path}": text for path, text in TEMPLATES.items()},
    }
    try:
        (root / "charts").mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            _keep_or_write(root / path, text.encode().replace(PLACEHOLDER, metadata.name.encode()))
        _keep_or_write(root / "Chart.yaml", package.chart_yaml(Chart(metadata)))
    except OSError as error:
        raise ChartError(unreadable(error.filename, error) if root.exists() else unmakable(str(root), error)) from error


def _keep_or_write(place: Path, data: bytes) -> None:
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _copy(metadata: Metadata, directory: Path, starter: str) -> Path:
    try:
        chart = loader.load(starter)
    except HelmError as error:
        raise ChartError(f"could not load {starter}: {error}") from error
    name = metadata.name.encode()
    templates = tuple(File(file.name, file.data.replace(PLACEHOLDER, name)) for file in chart.templates)
    values = Config(chart.values.raw.replace(PLACEHOLDER.decode(), metadata.name)) if chart.values else None
    return package.save_directory(
        dataclasses.replace(chart, metadata=metadata, templates=templates, values=values), directory
    )


# What the files say. ``<CHARTNAME>`` is replaced.

IGNORE = """\
# What stays out of the package: one shell pattern a line; a slash at the end means directories only.

# Version control
.git/
.gitignore
.hg/
.hgignore
.svn/
.bzr/
.bzrignore

# Editors and desktops
.idea/
.vscode/
.project
*.tmproj
.DS_Store

# Leftovers
*.swp
*.bak
*.tmp
*~
"""

VALUES = """\
# What <CHARTNAME> runs with unless the user says otherwise (-f FILE, --set key=value).

# Pods to run
replicaCount: 1

image:
  repository: nginx
  tag: stable
  pullPolicy: IfNotPresent

# Names of secrets that hold registry credentials, as - name: NAME
imagePullSecrets: []

# Replaces the chart's name within the names of objects
nameOverride: ""
# Replaces the whole name of objects
fullnameOverride: ""

serviceAccount:
  # Make an account for the pods; without, they run as the one named here, or as "default"
  create: true
  # Empty: the full name of the release
  name: ""

# Security context of the pod, for example fsGroup: 2000
podSecurityContext: {}

# Security context of the container, for example runAsNonRoot: true
securityContext: {}

service:
  type: ClusterIP
  port: 80

ingress:
  enabled: false
  annotations: {}
  # paths are the URL prefixes that lead to the service
  hosts:
    - host: <CHARTNAME>.example.org
      paths: []
  # entries of secretName and hosts
  tls: []

# Requests and limits; none means that one busy pod may starve its neighbours
resources: {}

# Where pods may be placed
nodeSelector: {}
tolerations: []
affinity: {}
"""

_HELPERS = """\
{{/* Names and labels that the other templates share. Kubernetes allows 63 characters in most names. */}}

{{- define "<CHARTNAME>.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* RELEASE-NAME, or the release's name alone where that already says it */}}
{{- define "<CHARTNAME>.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $both := printf "%s-%s" .Release.Name $name -}}
{{- $full := ternary .Release.Name $both (contains $name .Release.Name) -}}
{{ .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "<CHARTNAME>.chart" -}}
{{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Labels that select the pods; they must never change between releases */}}
{{- define "<CHARTNAME>.selectorLabels" -}}
app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "<CHARTNAME>.labels" -}}
helm.sh/chart: {{ include "<CHARTNAME>.chart" . }}
{{ include "<CHARTNAME>.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "<CHARTNAME>.serviceAccountName" -}}
{{- $own := ternary (include "<CHARTNAME>.fullname" .) "default" .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default $own }}
{{- end }}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels:
      {{- include "<CHARTNAME>.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "<CHARTNAME>.selectorLabels" . | nindent 8 }}
    spec:
      serviceAccountName: {{ include "<CHARTNAME>.serviceAccountName" . }}
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | trim | nindent 8 }}
      {{- end }}
      securityContext: {{- toYaml .Values.podSecurityContext | trim | nindent 8 }}
      containers:
        - name: {{ .Chart.Name | quote }}
          image: {{ printf "%s:%s" .Values.image.repository (toString .Values.image.tag) | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          securityContext: {{- toYaml .Values.securityContext | trim | nindent 12 }}
          ports:
            - name: http
              containerPort: 80
          readinessProbe:
            httpGet: {path: /, port: http}
          livenessProbe:
            httpGet: {path: /, port: http}
          resources: {{- toYaml .Values.resources | trim | nindent 12 }}
      {{- range $key := list "nodeSelector" "affinity" "tolerations" }}
      {{- with index $.Values $key }}
      {{ $key }}: {{- toYaml . | trim | nindent 8 }}
      {{- end }}
      {{- end }}
"""

_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  selector:
    {{- include "<CHARTNAME>.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .Values.service.port }}
      targetPort: http
"""

_SERVICE_ACCOUNT = """\
{{- if .Values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "<CHARTNAME>.serviceAccountName" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
{{- end }}
"""

_INGRESS = """\
{{- if .Values.ingress.enabled }}
{{- $name := include "<CHARTNAME>.fullname" . }}
{{- $port := .Values.service.port }}
{{- $today := semverCompare ">=1.19-0" .Capabilities.KubeVersion.GitVersion }}
{{- $before := ternary "networking.k8s.io/v1beta1" "extensions/v1beta1" (semverCompare ">=1.14-0" .Capabilities.KubeVersion.GitVersion) }}
apiVersion: {{ ternary "networking.k8s.io/v1" $before $today }}
kind: Ingress
metadata:
  name: {{ $name }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  {{- with .Values.ingress.annotations }}
  annotations: {{- toYaml . | trim | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.ingress.tls }}
  tls: {{- toYaml . | trim | nindent 4 }}
  {{- end }}
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths | default (list "/") }}
          - path: {{ . }}
            {{- if $today }}
            pathType: Prefix
            backend:
              service:
                name: {{ $name }}
                port:
                  number: {{ $port }}
            {{- else }}
            backend:
              serviceName: {{ $name }}
              servicePort: {{ $port }}
            {{- end }}
          {{- end }}
    {{- end }}
{{- end }}
"""

_NOTES = """\
{{- $name := include "<CHARTNAME>.fullname" . -}}
{{- $namespace := .Release.Namespace -}}
{{ .Chart.Name }} is installed. To reach it:
{{ if .Values.ingress.enabled }}
{{- range $host := .Values.ingress.hosts }}
{{- range $host.paths | default (list "/") }}
  http{{ if $.Values.ingress.tls }}s{{ end }}://{{ $host.host }}{{ . }}
{{- end }}
{{- end }}
{{- else if eq .Values.service.type "NodePort" }}
  kubectl get service {{ $name }} --namespace {{ $namespace }} -o jsonpath='{.spec.ports[0].nodePort}'

gives the port, which is open on every node.
{{- else if eq .Values.service.type "LoadBalancer" }}
  kubectl get service {{ $name }} --namespace {{ $namespace }} --watch

shows the address once the load balancer has one (EXTERNAL-IP), port {{ .Values.service.port }}.
{{- else }}
  kubectl port-forward service/{{ $name }} 8080:{{ .Values.service.port }} --namespace {{ $namespace }}

then open http://127.0.0.1:8080
{{- end }}
"""

_TEST = """\
# `helm test` runs this pod; the test passes if the service answers.
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}-test-connection
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  annotations:
    "helm.sh/hook": test-success
spec:
  restartPolicy: Never
  containers:
    - name: wget
      image: busybox
      command: ["wget"]
      args: ["{{ include "<CHARTNAME>.fullname" . }}:{{ .Values.service.port }}"]
"""

TEMPLATES = {
    "_helpers.tpl": _HELPERS,
    "deployment.yaml": _DEPLOYMENT,
    "service.yaml": _SERVICE,
    "serviceaccount.yaml": _SERVICE_ACCOUNT,
    "ingress.yaml": _INGRESS,
    "NOTES.txt": _NOTES,
    "tests/test-connection.yaml": _TEST,
}
