helm delete
helm delete none
helm install charts/note --name one
helm install charts/note --name two
helm delete one two none
helm delete one
helm delete one --purge
helm delete one --purge
helm delete two --dry-run
helm del two --purge
helm install charts/note --name three
helm delete three --dry-run
helm delete three --purge --dry-run
helm rm three
helm delete three --timeout 10 --description bye
helm list --all
helm list --deleted
