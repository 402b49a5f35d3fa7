helm create shop
find shop -type f | sort | xargs md5sum
cat shop/Chart.yaml shop/.helmignore
helm lint shop
helm template shop
helm template shop --set ingress.enabled=true --notes -x templates/ingress.yaml -x templates/NOTES.txt
helm install shop --name one --set replicaCount=2 --wait >/dev/null
helm list
helm test one
helm delete one --purge
helm create shop
helm create
helm create one two
helm create deep/in/shop
helm create Bad_Name
helm create 'a b'
mkdir -p home/starters && cp -r charts/note home/starters/pinned
helm create mine --starter pinned
find mine -type f | sort
cat mine/Chart.yaml mine/values.yaml
helm create theirs -p none
helm create /tmp/../$PWD/full
