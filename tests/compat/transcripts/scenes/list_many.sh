for n in a1 b2 c3 d4 e5; do helm install charts/note --name $n >/dev/null; sleep 1; done
helm list
helm list -q
helm ls --short
helm list -d
helm list -r
helm list -d -r
helm list -m 2
helm list -m 2 -o c3
helm list --max 2 --offset b2
helm list -o zz
helm list -c
helm list --chart-name -r
helm list '^[ab]'
helm list 3
helm list '('
helm list none
helm list --col-width 5
helm list --output json -m 1
helm list --output yaml -m 1
helm list --output xml
helm list -m 0
helm list -q --output json
helm list a b
