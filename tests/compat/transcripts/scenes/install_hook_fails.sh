helm install charts/kiosk --name one --set hooks=true,failing=pre-install
helm list --all
helm history one
kubectl get jobs,deploy -o name
helm install charts/kiosk --name two --set hooks=true,failing=post-install
helm history two
helm status two
helm install charts/kiosk --name three --set hooks=true,failing=pre-install --no-hooks
helm upgrade three charts/kiosk --set hooks=true,failing=pre-upgrade
helm history three
helm upgrade three charts/kiosk --set hooks=true,failing=post-upgrade
helm history three
helm delete three
helm upgrade two charts/kiosk --set hooks=true,failing=pre-delete
helm delete two
helm history two
helm delete two --no-hooks --purge
