helm template charts/note --set text.deep=1
helm template charts/note --set 'text={a,b}' 
helm template charts/note --set 'list[0]=a,list[2]=c'
helm template charts/note --set 'a.b.c=1,a.b.d=true,text=null'
helm template charts/note --set text='a\,b'
helm template charts/note --set 'text=a=b'
helm template charts/note --set 'a..b=1'
helm template charts/note --set '.a=1'
helm template charts/note --set 'a[0].b=1,a[0].c=2,text=x'
helm template charts/note --set 'a[0][1]=1'
helm template charts/note --set 'a[=1'
helm template charts/note --set 'a[0=1'
helm template charts/note --set 'a]=1'
helm template charts/note --set 'a={1'
helm template charts/note --set 'a={}'
helm template charts/note --set text=
helm template charts/note --set text
helm template charts/note --set ,
helm template charts/note --set ''
helm template charts/note --set-string pins=007
helm template charts/note --set pins=007
helm template charts/note --set pins=1e3
helm template charts/note --set pins=12345678901234567890
helm template charts/note --set pins=0x10
helm template charts/note --set-string 'a.b=true,text=5'
helm template charts/note --set-file text=charts/note/README.md
helm template charts/note --set-file text=charts/none
helm template charts/note --set-file text
helm template charts/note --set board=red
helm template charts/note --set board.colour.deep=red
helm template charts/note --set pins.a=1
helm template charts/note -f /dev/null
printf 'text: from-stdin\n' | helm template charts/note -f -
printf 'text: a\n' > a.yaml; printf 'text: b\npins: 3\n' > b.yaml
helm template charts/note -f a.yaml,b.yaml
helm template charts/note -f a.yaml -f b.yaml --set pins=9
helm template charts/note --values a.yaml --values=b.yaml
printf 'text: {{ bad\n' > c.yaml; helm template charts/note -f c.yaml
printf '"just a string"\n' > d.yaml; helm template charts/note -f d.yaml
printf 'a: 1\na: 2\n' > e.yaml; helm template charts/note -f e.yaml
printf '\tx: 1\n' > f.yaml; helm template charts/note -f f.yaml
helm template charts/note -f http://127.0.0.1:1/values.yaml
helm template charts/note -f charts
helm template charts/note --namespace Bad_NS
helm template charts/note --name ''
helm template charts/note --name waytoolongwaytoolongwaytoolongwaytoolongwaytoolongwaytoolongwaytoolong
helm template charts/note --name-template '{{ bad'
helm template charts/note --name-template '{{ nofunc }}'
helm template charts/note --name-template '{{ randAlpha 5 | lower | len }}x'
helm template charts/note --name a --name-template 'b'
helm template charts/note --kube-version 1.16 -x templates/configmap.yaml --set extra=1
helm template charts/note --kube-version v1.16.3
helm template charts/note -x templates/NOTES.txt
helm template charts/note --notes -x templates/NOTES.txt
helm template charts/note -x templates/_names.tpl
helm template charts/note -x charts/note/templates/configmap.yaml
helm template charts/note -x /abs/path
helm template charts/note -x templates/configmap.yaml -x templates/configmap.yaml
helm template charts/note -x templates/configmap.yaml,templates/x.yaml
mkdir out; helm template charts/family --output-dir out; find out -type f | sort
helm template charts/family --output-dir out --notes; find out -type f | sort
helm template charts/note --output-dir charts/note/Chart.yaml
helm template .
cd charts/note; helm template .; helm template ./; cd ../..
helm template charts/note/
helm template charts//note
helm template charts/note/templates
helm template charts/note/Chart.yaml
helm package charts/note --save=false >/dev/null; helm template note-1.0.0.tgz
helm template charts/note --dep-up
