helm install charts/note --name one --description "first of all"
helm upgrade one charts/note --description "then another"
helm rollback one 1 --description "and back"
helm history one
helm history one --max 2
helm history one --col-width 12
helm delete one --description "gone"
helm history one
helm history one --max 1
