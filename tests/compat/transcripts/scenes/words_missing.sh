helm install charts/note --name one
helm delete --purge
helm rollback one 1 2
helm rollback one one
helm rollback one 0
helm rollback one 7
helm status one --revision 0
helm status one --revision 7
helm status one --revision -1
helm status one -o json --revision 7
helm status one -o toml
helm get one --revision 0
helm get one --revision x
helm get manifest one --revision 7
helm get notes one --revision 7
helm get hooks one --revision 7
helm get values one --revision 7
helm get values one -o xml
helm get manifest
helm get notes
helm get hooks
helm get manifest one two
helm history one -o xml
helm history one --max 1 --max 2
helm list one
helm list -o xml
helm list --offset nothing
helm list --namespace none
helm list --namespace default -q
helm list --chart-name
helm list --pending -q
helm test one two
helm test one
helm upgrade one
helm upgrade one charts/none
helm upgrade one charts/note --version 9
helm upgrade none charts/note --wait
helm install charts/note --name one
helm install charts/note --name one --replace
helm install charts/note --name One
helm install charts/note --name one.two
helm install charts/note --name -one
helm install charts/note --name one_two
helm install charts/note --name-template '{{ .x'
helm install charts/note --name-template 'tpl-{{ add 1 2 }}'
helm install charts/note charts/kiosk
helm delete one one
helm delete tpl-3 --dry-run
helm delete tpl-3 --purge
