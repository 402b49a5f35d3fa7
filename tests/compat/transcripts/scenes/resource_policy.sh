mkdir -p shop/templates && printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml && echo 'all: true' > shop/values.yaml
cat > shop/templates/a.yaml <<END
apiVersion: v1
kind: ConfigMap
metadata: {name: plain}
{{- if .Values.all }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: gone, annotations: {helm.sh/resource-policy: delete}}
---
apiVersion: v1
kind: Secret
metadata: {name: odd, annotations: {helm.sh/resource-policy: whatever}}
{{- end }}
END
helm install shop --name one >/dev/null
helm upgrade one shop --set all=false >/dev/null
kubectl get configmaps,secrets -o name
helm delete one --purge
kubectl get configmaps,secrets -o name
kubectl delete configmap kept; kubectl delete secret odd
helm install shop --name two >/dev/null
helm delete two
helm status two
helm install shop --name two --replace
