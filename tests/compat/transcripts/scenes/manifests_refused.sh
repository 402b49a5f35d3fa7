cp -r charts/note odd
helm install odd --name one
printf 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: thing}\n' > odd/templates/b.yaml
helm upgrade one odd
helm upgrade one odd --dry-run
helm history one
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n' > odd/templates/b.yaml
helm install odd --name three
helm upgrade three odd
helm history three
helm delete three --purge
