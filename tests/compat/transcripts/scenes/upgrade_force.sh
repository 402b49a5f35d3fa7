helm install charts/kiosk --name one --set port=80 --wait
helm upgrade one charts/kiosk --set port=81 --force
helm upgrade one charts/note --force
helm history one
helm delete one
helm upgrade one charts/kiosk --force
