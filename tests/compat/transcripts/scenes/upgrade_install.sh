helm upgrade --install one charts/note
helm upgrade -i one charts/note --set text=x
helm upgrade -i two charts/note --namespace fresh --description made
helm upgrade -i two charts/note --namespace other
helm history two
helm delete two
helm upgrade -i two charts/note --namespace fresh
helm upgrade -i three charts/note --dry-run
helm upgrade -i four charts/none
helm upgrade -i Five charts/note
helm list --all
