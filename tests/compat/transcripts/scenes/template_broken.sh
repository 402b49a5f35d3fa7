cd charts
echo '{{ if }}' > note/templates/bad.yaml; helm template note
echo '{{ .Values.a.b }}' > note/templates/bad.yaml; helm template note
echo '{{ template "none" }}' > note/templates/bad.yaml; helm template note
echo '{{ include "none" . }}' > note/templates/bad.yaml; helm template note
echo '{{ required "text is needed" .Values.none }}' > note/templates/bad.yaml; helm template note
echo '{{ fail "stop" }}' > note/templates/bad.yaml; helm template note
printf 'kind: [\n' > note/templates/bad.yaml; helm template note
printf 'a: b\n' > note/templates/bad.yaml; helm template note
printf '# nothing\n' > note/templates/bad.yaml; helm template note
printf '{{ range $i := until 2 }}\n---\nkind: X\nn: {{ $i }}\n{{ end }}\n' > note/templates/bad.yaml; helm template note
rm note/templates/bad.yaml
helm template note --api-versions a/v1 -a b/v2
printf '{{ .Capabilities.APIVersions.Has "a/v1" }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.TillerVersion.SemVer }}' > note/templates/NOTES.txt; helm template note --notes --api-versions a/v1 -x templates/NOTES.txt
