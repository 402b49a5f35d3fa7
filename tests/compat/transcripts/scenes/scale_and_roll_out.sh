helm upgrade --install web charts/kiosk --set replicas=2 --wait --timeout 30 --description 'build 41' >/dev/null
helm upgrade --install web charts/kiosk --set image=kiosk:2 --reuse-values --atomic --timeout 30 --cleanup-on-fail --description 'build 42' >/dev/null
for n in 1 3; do
helm upgrade --install web charts/kiosk --set never=true,replicas=$n --wait --timeout 1
helm rollback web 2 >/dev/null
done
helm upgrade --install web charts/kiosk --force --recreate-pods >/dev/null
helm get values web
helm history web
