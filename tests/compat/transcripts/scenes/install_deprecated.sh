echo 'deprecated: true' >> charts/note/Chart.yaml
helm install charts/note --name old
helm upgrade old charts/note
helm lint charts/note
helm inspect chart charts/note
