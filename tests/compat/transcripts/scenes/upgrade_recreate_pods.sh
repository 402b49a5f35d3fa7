helm install charts/kiosk --name one --wait >/dev/null
before=$(kubectl get pods -l app=kiosk -o 'jsonpath={.items[*].metadata.uid}')
helm upgrade one charts/kiosk --wait >/dev/null
test "$before" = "$(kubectl get pods -l app=kiosk -o 'jsonpath={.items[*].metadata.uid}')" && echo same pods
helm upgrade one charts/kiosk --recreate-pods >/dev/null
sleep 2
test "$before" = "$(kubectl get pods -l app=kiosk -o 'jsonpath={.items[*].metadata.uid}')" || echo other pods
helm rollback one 1 --recreate-pods --wait --timeout 20
helm history one
