helm package charts/note charts/kiosk -d $SITE --save=false >/dev/null
helm repo index $SITE
helm init --client-only --stable-repo-url $URL --local-repo-url $URL >/dev/null
helm repo add site $URL >/dev/null
mkdir shop; printf 'name: shop\nversion: 0.1.0\napiVersion: v1\n' > shop/Chart.yaml
helm dependency list shop
helm dependency update shop
helm dependency build shop
printf 'dependencies: []\n' > shop/requirements.yaml; helm dependency list shop; helm dependency update shop; ls shop
printf 'dependencies:\n- name: note\n' > shop/requirements.yaml; helm dependency list shop; helm dependency update shop
printf 'dependencies:\n- name: note\n  version: x.y\n  repository: %s\n' $URL > shop/requirements.yaml; helm dependency update shop; helm dependency list shop
printf 'dependencies:\n- name: none\n  version: 1\n  repository: %s\n' $URL > shop/requirements.yaml; helm dependency update shop
printf 'dependencies:\n- name: note\n  version: 1.0.0\n  repository: http://example.invalid/charts\n' > shop/requirements.yaml; helm dependency update shop
printf 'dependencies:\n- name: note\n  version: 1.0.0\n  repository: "@none"\n' > shop/requirements.yaml; helm dependency update shop
printf 'dependencies:\n- name: note\n  version: 1.0.0\n  repository: alias:site\n' > shop/requirements.yaml; helm dependency update shop; ls shop/charts; helm dependency list shop
printf 'dependencies:\n- name: note\n  version: 1.0.0\n  repository: file://../charts/none\n' > shop/requirements.yaml; helm dependency update shop
printf 'dependencies:\n- name: note\n  version: 7.0.0\n  repository: file://../charts/note\n' > shop/requirements.yaml; helm dependency update shop
printf 'dependencies:\n- name: note\n  version: ^1.0.0\n  repository: file://../charts/note\n- name: kiosk\n  version: "*"\n  repository: %s\n  tags: [a]\n  condition: kiosk.enabled\n' $URL > shop/requirements.yaml; helm dependency update shop --skip-refresh; ls shop/charts; sed '/generated/d; s/sha256:.*/sha256:of-a-list-with-a-port-in-it/' shop/requirements.lock
helm dependency list shop
helm template shop --set kiosk.enabled=false
rm -r shop/charts; helm dependency build shop; ls shop/charts
printf 'dependencies:\n- name: kiosk\n  version: "*"\n  repository: %s\n' $URL > shop/requirements.yaml; helm dependency build shop
rm shop/requirements.lock; helm dependency build shop --skip-refresh
printf 'garbage' > shop/requirements.lock; helm dependency build shop
printf 'dependencies: {\n' > shop/requirements.yaml; helm dependency update shop; helm dependency list shop; helm dependency build shop
helm dependency update shop extra
helm dependency list none
helm dependency update none
helm dependency update shop --verify
printf 'dependencies:\n- name: note\n  version: 1.0.0\n  repository: %s\n' $URL > shop/requirements.yaml; rm -f shop/requirements.lock; helm dependency update shop --verify; ls shop/charts
helm dependency update shop --keyring none
echo junk > shop/charts/junk; mkdir shop/charts/dirchart; helm dependency update shop; ls shop/charts; helm dependency list shop
cp -r charts/family shop/charts/; helm dependency list shop
helm package shop --save=false
rm shop/charts/note*; helm package shop --save=false
helm template shop
helm package shop -u --save=false
