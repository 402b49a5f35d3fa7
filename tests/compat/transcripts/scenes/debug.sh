helm install charts/note --name one --debug
helm upgrade one charts/note --debug --set text=two
helm status one --debug
helm list --debug
helm get values one --debug
helm history one --debug
helm rollback one 1 --debug
helm test one --debug
helm delete one --debug
helm template charts/note --debug
helm lint charts/note --debug
helm version --debug
helm upgrade --install two charts/note --debug
helm install charts/note --devel --debug --name three
helm install charts/note --version 1.2.3 --debug --name four
