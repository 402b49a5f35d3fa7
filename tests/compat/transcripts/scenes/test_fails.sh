helm install charts/kiosk --name one --set failing=test
helm test one
helm status one
helm test one --cleanup
helm install charts/note --name untested
helm test untested
helm delete one
helm test one --cleanup
