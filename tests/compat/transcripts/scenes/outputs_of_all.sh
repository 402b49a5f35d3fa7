helm install charts/note --name one -o json
helm install charts/note --name two -o yaml
helm install charts/note --name three -o table
helm upgrade one charts/note -o json
helm upgrade one charts/note -o yaml --set text=x
helm status one -o json
helm status one -o yaml
helm history one -o json
helm history one -o yaml
helm history one -o table
helm list -o json
helm list -o yaml -q
helm list -o table --short
helm get values one -o json
helm version --short -c
helm install charts/note --name five -o json --dry-run
helm install charts/none -o json
helm rollback one 1 -o json
helm test one -o json
