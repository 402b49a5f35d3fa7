mkdir -p shop/templates; printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml; cp -r shop plain
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n' | tee shop/templates/own.yaml > plain/templates/own.yaml
printf 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bare}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.service }}}\nspec: {ports: [{port: 1}]}\n' > shop/templates/bare.yaml
helm install plain --name one >/dev/null
helm upgrade one shop --set service=BAD
helm rollback one 1
kubectl get serviceaccounts -o name
helm upgrade one shop --set service=good >/dev/null
helm upgrade one plain >/dev/null
kubectl get serviceaccounts -o name
printf 'apiVersion: v1\nkind: List\nitems:\n' > plain/templates/own.yaml
helm upgrade one plain
helm install plain --name two
helm history one
