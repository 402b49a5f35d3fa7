helm install charts/kiosk --name one
cp -r charts/kiosk many
for n in 1 2 3; do sed "s/-taste/-taste-$n/" charts/kiosk/templates/tests/taste.yaml > many/templates/tests/taste-$n.yaml; done
helm upgrade one many
helm test one --cleanup
helm test one --parallel --cleanup
helm test one --timeout 30
helm test one --timeout 30
kubectl get pods -o name --field-selector status.phase=Succeeded
helm delete one
helm test one
helm delete one --purge
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: lone}\n' > many/templates/tests/taste.yaml
helm lint many
helm install charts/note --name two
helm test two --cleanup
