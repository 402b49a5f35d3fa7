helm install charts/kiosk --name one --wait
helm test one
helm status one
helm test one
helm test one --cleanup
helm test one --logs --cleanup
helm test one --parallel --max 2 --cleanup --timeout 20
helm status one
helm get hooks one
helm test
helm test none
