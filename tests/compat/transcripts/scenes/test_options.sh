helm install charts/kiosk --name one
helm test one --cleanup
helm test one --parallel --cleanup
helm test one --timeout 30
helm test one --timeout 30
helm delete one
helm test one
helm delete one --purge
helm install charts/note --name two
helm test two --cleanup
