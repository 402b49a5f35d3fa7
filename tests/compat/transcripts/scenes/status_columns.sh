mkdir -p shop/templates && printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml
for n in b aaaaaaaaaaaa ccc; do printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s%s}\nspec: {ports: [{port: 8%s}]}\n' $n $n ${#n}; done > shop/templates/a.yaml
helm install shop --name one -o yaml
helm status one -o json
kubectl delete configmap ccc
helm status one -o yaml
helm status one
helm install charts/kiosk --name two --set replicas=2 --wait >/dev/null
helm status two -o yaml
