cat > more.yaml <<END
text: from a file
board: {colour: blue}
END
printf 'a text\nof two lines\n' > long.txt
helm install charts/note --name one -f more.yaml
helm get values one
helm get values one --all
helm get values one --output json
helm get values one -a --output yaml
helm get values one --output toml
helm install charts/note --name two -f more.yaml --set text=flag,pins=3 --set-string board.size.w=10 --set-file extra=long.txt
helm get values two
kubectl get configmap two-extra -o 'jsonpath={.data.extra}'
helm install charts/note --name three --set 'list={a,b}' --set 'board.map.k\.x=1' --set n=null --set big=12345678
helm get values three
printf 'text: piped\n' | helm install charts/note --name four -f -
helm get values four
helm install charts/note --name five --values more.yaml,more.yaml
