mkdir -p shop/templates; printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml
printf 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: after, annotations: {helm.sh/hook: post-delete, helm.sh/hook-delete-policy: before-hook-creation}}\nspec: {backoffLimit: 0, template: {metadata: {annotations: {test/fail: "true"}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}\n' > shop/templates/h.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n' > shop/templates/own.yaml
helm install shop --name one >/dev/null
helm delete one --purge
helm list --all
kubectl get configmaps,jobs -o name
helm install shop --name one >/dev/null
helm delete one --purge --no-hooks
