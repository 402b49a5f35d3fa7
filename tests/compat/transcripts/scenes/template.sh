helm template charts/note
helm template charts/note --name x --namespace y --set text=z
helm template charts/note --notes
helm template charts/note -x templates/configmap.yaml
helm template charts/note -x templates/none.yaml
helm template charts/note -x configmap.yaml
helm template charts/family -x charts/child/templates/toy.yaml
helm template charts/family --notes
helm template charts/family --set uncle.enabled=false
helm template charts/note --is-upgrade
helm template charts/note --name-template 'n-{{ "X" | lower }}'
helm template charts/note --name Bad_Name
helm template charts/note --kube-version 1.9
helm template charts/note --kube-version x
helm template charts/kiosk --set hooks=true
mkdir out && helm template charts/note --output-dir out && find out -type f && cat out/note/templates/configmap.yaml
helm template charts/note --output-dir none
helm template
helm template none
helm template charts/note more
helm template charts/note --set text
helm template charts/note -f none.yaml
