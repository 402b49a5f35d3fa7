helm install charts/kiosk --name neat --set hooks=true,tidy=true
kubectl get jobs -o name
helm upgrade neat charts/kiosk --set hooks=true,tidy=true,replicas=2 --no-hooks
helm delete neat --purge
kubectl get jobs -o name
