mkdir -p shop/templates shop/charts/sub/templates
printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml; printf 'name: sub\nversion: 0.2.0\n' > shop/charts/sub/Chart.yaml
printf 'exports:\n  data: {x: 1, w: {z: 2}}\ninner: {deep: {a: b}}\n' > shop/charts/sub/values.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-{{ .Chart.Name }}}\ndata: {v: {{ toJson .Values | quote }}}\n' | tee shop/templates/a.yaml > shop/charts/sub/templates/a.yaml
printf 'x: own\nmine: {a: kept}\n' > shop/values.yaml
cat > shop/requirements.yaml <<X
dependencies:
- {name: sub, version: ">=0.1", import-values: [data, none]}
- {name: sub, alias: second, version: 0.x, condition: second.on, tags: [t, u], import-values: [{child: inner.deep, parent: mine}, {child: missing, parent: gone}]}
- {name: sub, alias: third, version: 1.x}
X
helm template shop --set second.on=false
helm install shop --name one --set second.on=maybe,tags.t=1
helm get manifest one
helm upgrade one shop --set tags.t=false,sub.exports.data.x=7
helm get values one --all
helm upgrade one shop --set second.on=true,second.inner.deep.a.b=c
helm get manifest one
helm upgrade one shop --set sub=off
helm install shop --name two --set third=5,second=null
helm template charts/family --set child.toy.name=x
helm upgrade --install two charts/family --set uncle=off --atomic
