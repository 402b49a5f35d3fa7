helm install charts/note --name one
helm upgrade one charts/note --dry-run --set text=dry
helm upgrade one charts/note --dry-run --debug --set text=dry
helm history one
helm upgrade one charts/note --debug
