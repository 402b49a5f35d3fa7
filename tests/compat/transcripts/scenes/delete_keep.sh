helm install charts/kiosk --name one
helm delete one --purge
kubectl get serviceaccount one-kept -o name
helm install charts/kiosk --name one
helm list
