kubectl create configmap one-note --from-literal=a=b
helm install charts/note --name one
helm list --all
helm history one
helm upgrade one charts/note
helm upgrade --install one charts/note
kubectl get configmap one-note -o 'jsonpath={.data}'
helm delete one --purge
kubectl get configmap one-note
