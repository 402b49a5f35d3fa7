helm install charts/note --name one
helm install charts/note --name one
helm delete one
helm install charts/note --name one
helm install charts/note --name one --replace
helm history one
helm install charts/note --name one --replace
