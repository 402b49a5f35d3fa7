mkdir a b
helm package charts/note -d a --save=false >/dev/null
helm package charts/kiosk -d b --save=false >/dev/null
helm repo index a --url http://example.com/charts
sed '/created\|generated\|digest/d' a/index.yaml
helm repo index b --merge a/index.yaml
sed '/created\|generated\|digest/d' b/index.yaml
helm repo index b --merge none.yaml
helm repo index b --url ://x
