helm install charts/kiosk --name firm --wait
helm upgrade firm charts/kiosk --set never=true,image=kiosk:2 --atomic --timeout 3
helm history firm
helm upgrade firm charts/kiosk --set port=70000 --atomic
helm history firm
helm upgrade --install fresh charts/kiosk --set never=true --atomic --timeout 3
helm list --all
