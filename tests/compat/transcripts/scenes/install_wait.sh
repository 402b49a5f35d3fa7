helm install charts/kiosk --name up --wait
helm status up
helm install charts/kiosk --name slow --set never=true --wait --timeout 3
helm list --all
helm history slow
helm install charts/kiosk --name pure --set never=true --atomic --timeout 3
helm list --all
