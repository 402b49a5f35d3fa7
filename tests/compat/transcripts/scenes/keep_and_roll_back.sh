cp -r charts/note shop
printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}-kept\n  annotations: {"helm.sh/resource-policy": "keep"}\nstringData: {a: {{ .Values.text | quote }}}\n' > shop/templates/secret.yaml
helm install shop --name one >/dev/null
helm upgrade one charts/note >/dev/null
helm rollback one 1
helm rollback one 1
helm upgrade one charts/note --set text=new >/dev/null
helm upgrade one shop
helm rollback one 1 --description again
helm list
helm delete one --purge
helm install shop --name one
kubectl delete secret one-kept
helm install shop --name one --replace >/dev/null
helm rollback one 1
helm delete one
helm rollback one 1
helm status one
