cp -r charts/note syntax && echo '{{ if }}' > syntax/templates/configmap.yaml
helm install syntax --name a
cp -r charts/note missing && echo 'x: {{ .Values.a.b.c }}' > missing/templates/configmap.yaml
helm install missing --name a
cp -r charts/note failing && echo 'x: {{ fail "no luck" }}' > failing/templates/configmap.yaml
helm install failing --name a
cp -r charts/note needing && echo 'x: {{ required "say it" .Values.it }}' > needing/templates/configmap.yaml
helm install needing --name a
cp -r charts/note unknown && echo 'x: {{ nofunction 1 }}' > unknown/templates/configmap.yaml
helm install unknown --name a
cp -r charts/note yaml && printf 'apiVersion: v1\nkind: [\n' > yaml/templates/configmap.yaml
helm install yaml --name a
cp -r charts/note kindless && printf 'a: b\n' > kindless/templates/configmap.yaml
helm install kindless --name a
cp -r charts/note nokind && printf 'apiVersion: v1\nkind: Nothing\nmetadata: {name: x}\n' > nokind/templates/configmap.yaml
helm install nokind --name a
cp -r charts/note noname && printf 'apiVersion: v1\nkind: ConfigMap\n' > noname/templates/configmap.yaml
helm install noname --name a
helm list --all
helm history a
