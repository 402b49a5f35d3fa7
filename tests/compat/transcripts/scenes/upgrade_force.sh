helm install charts/kiosk --name one --set port=80
helm upgrade one charts/kiosk --set port=81 --force
helm upgrade one charts/kiosk --set port=82 --recreate-pods --wait
helm rollback one 1 --force --recreate-pods --wait
helm history one
helm delete one
helm upgrade one charts/kiosk --force
