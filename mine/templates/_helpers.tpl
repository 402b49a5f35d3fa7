{{/* Names and labels that the other templates share. Kubernetes allows 63 characters in most names. */}}

{{- define "mine.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* RELEASE-NAME, or the release's name alone where that already says it */}}
{{- define "mine.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $both := printf "%s-%s" .Release.Name $name -}}
{{- $full := ternary .Release.Name $both (contains $name .Release.Name) -}}
{{ .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "mine.chart" -}}
{{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Labels that select the pods; they must never change between releases */}}
{{- define "mine.selectorLabels" -}}
app.kubernetes.io/name: {{ include "mine.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "mine.labels" -}}
helm.sh/chart: {{ include "mine.chart" . }}
{{ include "mine.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "mine.serviceAccountName" -}}
{{- $own := ternary (include "mine.fullname" .) "default" .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default $own }}
{{- end }}
