helm install charts/note --name one
kubectl delete configmap one-note
helm status one
helm delete one
helm history one
helm status one
helm get one
