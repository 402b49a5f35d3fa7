helm list --nonsense
helm list -z
helm list -zq
helm nonsense
helm nonsense --flag
helm instal
helm get nonsense none
helm list --all=maybe
helm list --max
helm list --max=x
helm list --max x --all
helm list -m
helm list --all=false
helm list --all=true -q=true
helm list -aq
helm --debug list
helm list --debug=false
helm --host
helm list ---x
helm list --=x
helm install charts/note --name one --timeout 1h
helm install charts/note --name=one --set text=a --set text=b -q
helm install --name two charts/note --set text=a --set text=b
helm get values two
helm install --name dashes -- charts/note
helm delete two --purge=1
helm list --tiller-connection-timeout x
HELM_DEBUG=1 helm list
HELM_DEBUG=maybe helm list
