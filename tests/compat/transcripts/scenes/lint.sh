helm lint charts/note
helm lint charts/note charts/kiosk charts/family
cd charts/note && helm lint; cd ../..
helm lint none
helm lint charts/none charts/note
mkdir empty; helm lint empty
helm lint charts/note --strict
helm lint charts/note --set text=x -f charts/note/values.yaml --namespace a
echo 'version: 1' > empty/Chart.yaml; helm lint empty
printf 'name: other\nversion: x\n' > empty/Chart.yaml; helm lint empty
printf 'name: empty\napiVersion: v1\nversion: 1.0.0\nhome: x\nsources: [y]\nmaintainers: [{email: z}, {name: n, email: bad, url: u}]\nicon: i\nengine: gotpl\n' > empty/Chart.yaml; helm lint empty
printf 'a: [\n' > empty/Chart.yaml; helm lint empty
cp charts/note/Chart.yaml charts/note/README.md empty/; sed -i s/note/empty/ empty/Chart.yaml; printf 'a: [\n' > empty/values.yaml; helm lint empty
printf 'a: b\n' > empty/values.yaml; mkdir empty/templates; printf 'a: {{ .Values.x.y }}\n' > empty/templates/a.yaml; helm lint empty
printf 'a: {{\n' > empty/templates/a.yaml; helm lint empty
printf 'a: [\n' > empty/templates/a.yaml; helm lint ./empty
printf '  a: b\n' > empty/templates/a.yaml; helm lint empty
printf 'a: b\n' > empty/templates/a.txt; helm lint empty
rm -r empty/templates; printf x > empty/templates; helm lint empty
helm package charts/note --save=false >/dev/null; helm lint note-1.0.0.tgz
helm lint --strict empty none charts/note
