printf 'text: file\npins: 5\nboard: {colour: blue}\n' > a.yaml
printf 'text: second\nboard: {size: {w: 9}}\n' > b.yaml
helm install charts/note --name one -f a.yaml -f b.yaml --set board.size.h=1
helm get values one
helm get values one -o json
helm get values one --output yaml
helm get values one -o table
helm get values one --all -o json
helm upgrade one charts/note --reuse-values --set-string pins=7
helm get values one -o yaml
helm upgrade one charts/note --reset-values -f b.yaml
helm get values one
helm upgrade one charts/note --reuse-values -f a.yaml --set text=null
helm get values one
helm upgrade one charts/note --set-file text=charts/note/README.md
helm get values one
helm upgrade one charts/note --set 'list[0]=a,list[1].b=c,empty='
helm get values one
helm upgrade one charts/note --reuse-values --set 'list[1].d=e'
helm get values one
printf 'text: stdin\n' | helm upgrade one charts/note -f -
helm get values one
helm upgrade one charts/note --set global.zone=x
helm upgrade one charts/family --reuse-values
helm get values one --all
helm upgrade one charts/note --set 'a.b=1,a=2'
helm get values one
