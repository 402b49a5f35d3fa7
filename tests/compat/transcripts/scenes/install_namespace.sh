helm install charts/note --name one --namespace made-of-nothing
kubectl get configmap -n made-of-nothing one-note -o 'jsonpath={.data.text}'
helm list
helm list --namespace made-of-nothing
helm list --namespace default
helm status one
helm upgrade one charts/note --namespace other
helm install charts/note --name two --namespace Bad_Name
helm delete --purge one
