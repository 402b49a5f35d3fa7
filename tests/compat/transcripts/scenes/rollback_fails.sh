helm install charts/kiosk --name one --set hooks=true,failing=pre-rollback
helm upgrade one charts/kiosk
helm rollback one 1
helm history one
helm rollback one 1 --no-hooks
helm history one
