printf 'a: [1\n' > bad.yaml
printf -- '- 1\n' > list.yaml
helm install charts/note --name a -f bad.yaml
helm install charts/note --name a -f list.yaml
helm install charts/note --name a -f none.yaml
helm install charts/note --name a --set text
helm install charts/note --name a --set '=x'
helm install charts/note --name a --set 'a[x]=1'
helm install charts/note --name a --set-file text=none.txt
helm install charts/note --name a --set-string a=b,c
helm install charts/note --name a --set 'a={b,c'
helm list --all
