mkdir -p shop/templates; printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml
cat > shop/templates/a.yaml <<'END'
apiVersion: v1
kind: {{ default "ConfigMap" .Values.kind }}
metadata: {name: {{ default "own" .Values.name }}}
data: {as: "{{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }} {{ .Capabilities.APIVersions.Has "apps/v1/Scale" }}"}
END
kubectl create configmap theirs
helm install shop --name one --set name=theirs
helm upgrade one shop
helm upgrade one shop --force
kubectl get configmap own -o 'jsonpath={.data}'
helm upgrade one shop --description 'one
two' >/dev/null
helm history one
helm history one --col-width 12
helm delete one
helm install shop --name one --set name=theirs --replace
helm install shop --name one --set kind=configmap --replace
helm history one
helm install shop --name two --set kind=configmap
helm list --failed
