helm install charts/note --name life --set text=one --description first
helm upgrade life charts/note --set text=two
helm upgrade life charts/note --reuse-values --set pins=3
helm rollback life 1 --description back
helm upgrade life charts/note --reuse-values --set board.colour=blue
helm get values life
helm get values life --revision 2
helm get values life --all --revision 1
helm history life
helm delete life
helm history life
helm status life
helm list --all
helm list --deleted -q
helm upgrade life charts/note
helm upgrade --install life charts/note --set text=again
helm rollback life 2
helm get values life
helm history life --max 3
helm upgrade life charts/note --set text=after
helm delete life --purge
helm history life
helm install charts/note --name life
helm delete life
helm install charts/note --name life
helm install charts/note --name life --replace
helm history life
helm delete life --no-hooks --purge --timeout 5
