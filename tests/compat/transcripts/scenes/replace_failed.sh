kubectl create configmap one-note
helm install charts/note --name one
helm list --all
helm install charts/note --name one
kubectl delete configmap one-note
helm install charts/note --name one --replace --set text=again
helm history one
helm get values one
helm upgrade one charts/note --set text=more >/dev/null
helm delete one
helm install charts/kiosk --name one --replace | head -3
helm history one
helm rollback one 3
helm list
helm delete one --purge
helm history one
