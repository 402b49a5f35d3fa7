helm install charts/note --name one --set extra=1
kubectl get configmap -o name
helm upgrade one charts/note
kubectl get configmap -o name
helm upgrade one charts/note --set extra=2
kubectl get configmap one-extra -o 'jsonpath={.data}'
kubectl delete configmap one-note
helm upgrade one charts/note --set extra=3
helm status one
helm delete one
