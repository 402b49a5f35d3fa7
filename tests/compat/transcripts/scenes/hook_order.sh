mkdir -p shop/templates && printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml
for n in c:5 a:-2 d:0 b:0; do
printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n  annotations:\n    helm.sh/hook: pre-install, Post-Upgrade\n    helm.sh/hook-weight: "%s"\n    helm.sh/hook-delete-policy: before-hook-creation\n' ${n%:*} ${n#*:} >> shop/templates/hooks.yaml
done
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n' > shop/templates/own.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lost, annotations: {helm.sh/hook: pre-install,test}}\n' > shop/templates/lost.yaml
helm install shop --name one
helm get hooks one
helm upgrade one shop
kubectl get configmaps --sort-by=.metadata.name -o name
helm get manifest one
helm delete one --purge
kubectl get configmaps -o name
