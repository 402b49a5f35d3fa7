cp -r charts/note a; printf 'name: a\nversion: 1.0.0\napiVersion: v1\nappVersion: 1\ntype: application\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 1.0.0\napiVersion: v3\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 1.0.0\napiVersion: v1\nengine: foo\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: v1\napiVersion: v1\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 1.0\napiVersion: v1\nappVersion: 1.0\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 0.0.0\napiVersion: v1\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 1.0.0\napiVersion: v1\nicon: ftp://x\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 1.0.0\napiVersion: v1\nmaintainers:\n- name: x\n  email: a@b\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 1.0.0\napiVersion: v1\nmaintainers: x\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 1.0.0\napiVersion: v1\nmaintainers: [{url: x}]\nsources: x\n' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: {}\napiVersion: v1\n' > a/Chart.yaml; helm lint a
printf -- '- a\n' > a/Chart.yaml; helm lint a
printf '' > a/Chart.yaml; helm lint a
printf 'name: a\nversion: 1.0.0\napiVersion: v1\n' > a/Chart.yaml
rm a/values.yaml; helm lint a
printf 'text: a\nboard: {}\n' > a/values.yaml; helm lint a
printf '{{ required "need it" .Values.need }}\n' > a/templates/r.yaml; helm lint a | cat
helm lint a --set need=1
printf '{{ required "need it" .Values.need }}{{ .Values.need.more }}\n' > a/templates/r.yaml; helm lint a
printf '{{ fail "stop" }}\n' > a/templates/r.yaml; helm lint a
printf 'kind: X\nmetadata:\n  namespace: 5\n' > a/templates/r.yaml; helm lint a
printf 'kind: X\nmetadata: x\n' > a/templates/r.yaml; helm lint a
printf 'x\n' > a/templates/r.yaml; helm lint a
printf -- '- x\n' > a/templates/r.yaml; helm lint a
printf 'a: 1\n  b: 2\n' > a/templates/r.yaml; helm lint a
printf 'a: 1\n---\n  b: 2\n c: 3\n' > a/templates/r.yaml; helm lint a
printf 'a: "\n' > a/templates/r.yaml; helm lint a
printf 'a: {{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Revision }} {{ .Capabilities.KubeVersion }}\n' > a/templates/r.yaml; helm lint a
rm a/templates/r.yaml; touch a/templates/noext a/templates/x.json a/templates/y.YAML a/templates/.hidden a/templates/z.yml; helm lint a
rm -r a/templates; mkdir a/templates; helm lint a
helm lint a a a
helm lint a --strict
helm lint ''
helm lint a/Chart.yaml
echo x > x.tgz; helm lint x.tgz
helm package charts/family --save=false >/dev/null; helm lint family-2.0.0-rc.1.tgz
mv family-2.0.0-rc.1.tgz other.tgz; helm lint other.tgz
printf 'dependencies: [\n' > charts/family/requirements.yaml; helm lint charts/family
rm -r charts/family/charts/uncle; printf 'dependencies:\n- name: uncle\n  version: 1\n  repository: http://x\n' > charts/family/requirements.yaml; helm lint charts/family
helm lint charts/note -f none
helm lint charts/note --set a
