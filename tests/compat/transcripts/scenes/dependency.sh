helm package charts/note charts/kiosk -d $SITE --save=false >/dev/null
helm repo index $SITE
helm init --client-only --stable-repo-url $URL --local-repo-url $URL >/dev/null
helm repo add site $URL
helm dependency list charts/note
helm dependency list charts/family
helm dep ls charts/none
mkdir -p shop/templates && printf 'name: shop\nversion: 0.1.0\n' > shop/Chart.yaml && cp charts/kind/templates/settings.yaml shop/templates/ && echo 'colour: red' > shop/values.yaml
printf 'dependencies:\n- name: note\n  version: ">=1.0"\n  repository: %s\n- name: kiosk\n  version: 0.3.1\n  repository: "@site"\n  alias: stand\n' $URL > shop/requirements.yaml
helm dependency list shop
helm install shop --name one
helm template shop
helm dependency build shop
ls shop/charts
sed '/generated/d; s/sha256:.*/sha256:of-a-list-with-a-port-in-it/' shop/requirements.lock
helm dependency update shop
helm dep up shop --skip-refresh
helm dependency list shop
helm template shop -x charts/note/templates/configmap.yaml
rm shop/charts/note*; helm dependency list shop
helm dependency build shop
printf 'dependencies:\n- name: note\n  version: "7"\n  repository: %s\n' $URL > shop/requirements.yaml
helm dependency build shop
helm dependency update shop
printf 'dependencies:\n- name: note\n  version: "1.0.0"\n  repository: http://127.0.0.1:1\n' > shop/requirements.yaml
helm dependency update shop
printf 'dependencies:\n- name: note\n  version: "1.0.0"\n  repository: file://../charts/note\n' > shop/requirements.yaml
helm dependency update shop
ls shop/charts
helm install shop --name local --dep-up
mkdir bare && cd bare && helm dependency update; helm dependency build; helm dependency list
