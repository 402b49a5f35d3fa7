helm install charts/note --set text=x
helm list -q | wc -l
helm install charts/note --dry-run
helm install charts/note --dry-run --debug --name seen
