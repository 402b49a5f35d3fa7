helm install charts/note --name memo
kubectl get configmap memo-note -o 'jsonpath={.data}'
helm list
helm status memo
helm get memo
helm history memo
helm delete memo
helm list
helm list --all
helm delete --purge memo
helm list -a
