mkdir -p shop/templates && printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml && echo 'more: true' > shop/values.yaml
cat > shop/templates/a.yaml <<END
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: first}
  data: {a: "1"}
{{- if .Values.more }}
- apiVersion: v1
  kind: Service
  metadata: {name: second}
  spec: {ports: [{port: 80}]}
{{- end }}
END
cat > shop/templates/b.yaml <<END
apiVersion: v1
kind: ConfigMapList
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: third}
END
helm install shop --name one
helm get manifest one
helm upgrade one shop --set more=false
kubectl get configmaps,services -o name
helm delete one
kubectl get configmaps,services -o name
