helm install charts/note --name one
for n in 1 2 3 4; do helm upgrade one charts/note --set pins=$n >/dev/null; done
helm history one
helm history one --max 2
helm history one --max 100 -o json
helm get values one --revision 3
helm rollback one 3
helm history one --max 1 --output yaml
helm delete one --purge
helm history one
