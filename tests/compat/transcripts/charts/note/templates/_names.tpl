{{- define "note.name" -}}
{{ .Release.Name }}-note
{{- end -}}
