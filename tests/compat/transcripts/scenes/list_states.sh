helm install charts/note --name good
helm install charts/note --name gone
helm delete gone
kubectl create configmap bad-note
helm install charts/note --name bad
helm list
helm list --all
helm list -a -q
helm list --deleted
helm list --deployed
helm list --failed
helm list --pending
helm list --deleting
helm list --deployed --failed
helm list --deleted --failed -q
