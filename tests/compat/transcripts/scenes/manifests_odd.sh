cp -r charts/note odd
printf '# only a comment\n' > odd/templates/a.yaml
printf -- '---\n---\n\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: after}\n---\n' > odd/templates/b.yaml
helm install odd --name one
helm get manifest one
helm template odd
printf 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: listed}}\n' > odd/templates/b.yaml
helm upgrade one odd
kubectl get configmap -o name
helm status one
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: sec}\ndata: {a: "not base64!"}\n' > odd/templates/b.yaml
helm upgrade one odd
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: sec, labels: {a: 1}}\n' > odd/templates/b.yaml
helm upgrade one odd
printf 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: thing}\n' > odd/templates/b.yaml
helm upgrade one odd
helm history one
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n' > odd/templates/b.yaml
helm upgrade one odd
printf 'just text\n' > odd/templates/b.yaml
helm upgrade one odd
printf -- '- a\n' > odd/templates/b.yaml
helm upgrade one odd
helm delete one --purge
