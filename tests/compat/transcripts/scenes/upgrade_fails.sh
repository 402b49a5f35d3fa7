helm install charts/note --name one
cp -r charts/note bad
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: BAD}\n' > bad/templates/bad.yaml
helm upgrade one bad
helm history one
helm upgrade one bad --cleanup-on-fail
helm upgrade one charts/note
helm history one
echo '{{ .Values.x.y }}' > bad/templates/bad.yaml
helm upgrade one bad
helm upgrade one bad --dry-run
helm history one
