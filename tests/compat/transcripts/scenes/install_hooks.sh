helm install charts/kiosk --name rung --set hooks=true
kubectl get jobs -o name
helm get hooks rung
helm upgrade rung charts/kiosk --set hooks=true,port=81
helm rollback rung 1
helm delete rung
kubectl get jobs -o name
helm history rung
