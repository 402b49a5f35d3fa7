kubectl create -f - <<END
apiVersion: v1
kind: LimitRange
metadata: {name: all}
spec: {limits: [{type: Container, default: {cpu: 100m}}]}
END
mkdir -p shop/templates; printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml
cat > shop/templates/a.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: one, labels: {revision: "{{ .Release.Revision }}"}}
spec: {containers: [{name: c, image: "i:{{ .Release.Revision }}"}]}
END
helm install shop --name one >/dev/null
helm upgrade one shop >/dev/null
helm rollback one 1
helm upgrade one shop --recreate-pods >/dev/null
kubectl get pod one -o 'jsonpath={.metadata.labels} {.spec.containers[0].image} {.spec.containers[0].resources}'
helm history one
kubectl delete limitrange all
