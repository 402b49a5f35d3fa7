cp -r charts/kiosk wrong
helm install wrong --name typed --set replicas=many
helm list --all
helm install wrong --name range --set port=70000
helm list --all
helm status range
helm history range
helm upgrade range wrong
helm install wrong --name neg --set replicas=-1
helm delete --purge range
helm list --failed
