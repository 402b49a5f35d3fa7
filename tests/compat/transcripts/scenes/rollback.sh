helm install charts/note --name one --set text=1
helm upgrade one charts/note --set text=2
helm upgrade one charts/note --set text=3
helm rollback one 1
helm get values one
helm rollback one 0
helm get values one
helm rollback one 0 --dry-run
helm rollback one 2 --wait --timeout 10
helm rollback one 99
helm rollback one x
helm rollback one
helm rollback
helm rollback none 1
helm rollback one -1
helm rollback one -- -1
helm history one
helm delete one
helm rollback one 2
helm history one
helm status one
