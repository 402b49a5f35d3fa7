helm install charts/note --name one --set extra=a
helm install charts/note --name two
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two-note}\n' > charts/note/templates/clash.yaml
helm install charts/note --name three
helm upgrade one charts/note
helm history one
helm list --all
helm delete --purge one three
kubectl get configmap two-note -o 'jsonpath={.data.text}'
