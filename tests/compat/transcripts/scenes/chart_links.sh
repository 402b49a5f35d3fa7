mkdir wrap shared; cp -r charts/note wrap/note; cp -r charts/kiosk .
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-s}\n' > shared/s.yaml; ln -s ../../../shared wrap/note/templates/shared
ln -s README.md wrap/note/link.md; mkdir wrap/note/charts; ln -s ../../../kiosk wrap/note/charts/kiosk
cd wrap
helm lint note
helm template note -x templates/shared/s.yaml
helm package note --save=false; tar tzf note-1.0.0.tgz | sort
helm inspect chart note
helm dependency list note
helm install note --name one >/dev/null
helm upgrade --install one note --set text=x >/dev/null
printf 'link.md\n' > note/.helmignore; helm template note -x templates/configmap.yaml
ln -s note linked; helm template linked -x templates/configmap.yaml; helm lint linked; helm package linked --save=false
mv note elsewhere; rm linked; ln -s elsewhere note; helm lint note elsewhere; helm package note --save=false
ln -s none note/broken; helm lint note; helm template note; helm package note --save=false
