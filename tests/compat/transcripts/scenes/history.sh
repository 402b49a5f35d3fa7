helm history
helm history none
helm install charts/note --name one
helm hist one
helm history one --max 0
helm history one --max x
helm history one two
helm history one -o json
helm history one -o yaml
