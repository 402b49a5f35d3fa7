helm package charts/note -d $SITE --save=false >/dev/null
helm repo index $SITE
helm init --client-only --stable-repo-url $URL --local-repo-url $URL >/dev/null
mkdir -p shop/templates shop/charts lib/templates
printf 'apiVersion: v1\nname: shop\nversion: 0.1.0\ntype: library\n' > shop/Chart.yaml
printf 'apiVersion: v1\nname: lib\nversion: 0.1.5\n' > lib/Chart.yaml
printf 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {{ .Release.Name }}-{{ .Chart.Name }}\n' | tee shop/templates/one.yaml > lib/templates/one.yaml
cp -r lib shop/charts/
for version in 0.1.5 '^0.1' 9; do
  printf 'dependencies:\n- name: lib\n  version: "%s"\n' "$version" > shop/requirements.yaml
  helm dependency update shop; find shop/charts | sort; helm dependency list shop; helm template shop
done
rm -r shop/charts shop/requirements.lock
printf 'dependencies:\n- name: lib\n  version: ~0.1.0\n  repository: file://../lib\n' > shop/requirements.yaml
helm dependency update shop --debug; helm dependency list shop; grep version shop/requirements.lock
sed -i s/0.1.5/0.1.6/ lib/Chart.yaml; helm dependency build shop; ls shop/charts
helm package shop --version 1.0.0 --app-version 2 -u --debug --save=false; helm template shop-1.0.0.tgz
umask 077; helm package shop --save=false; ls -l shop-0.1.0.tgz | cut -c1-10
mkdir -p more/a; cp shop-0.1.0.tgz more/a; cp shop-0.1.0.tgz more/; helm repo index more --merge none/index.yaml; grep tgz more/index.yaml
