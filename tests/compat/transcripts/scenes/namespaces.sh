kubectl create namespace apart
helm install charts/note --name one --namespace apart
helm install charts/note --name two --namespace fresh-one
helm install charts/note --name three --namespace Bad_One
helm list
helm list --namespace apart
helm list --namespace apart --short
helm status one
helm upgrade one charts/note --namespace other
helm upgrade two charts/note --install --namespace apart
helm get manifest two
cp -r charts/note fixed
sed -i 's/^metadata:/metadata:\n  namespace: apart/' fixed/templates/configmap.yaml
helm install fixed --name four --namespace fresh-one
kubectl get configmap --namespace apart -o name
helm delete four --purge
kubectl get configmap --namespace apart -o name
printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: made-here}\n' > fixed/templates/space.yaml
helm install fixed --name five --namespace apart
helm status five
helm delete five --purge
helm upgrade six charts/note --install --namespace brand-new
kubectl get namespace brand-new -o name
helm delete one two six --purge
kubectl delete namespace fresh-one brand-new apart --wait=false
