helm init --client-only --skip-refresh --stable-repo-url $URL >/dev/null 2>&1
helm repo remove stable local >/dev/null 2>&1
helm package charts/note charts/kiosk -d $SITE --save=false >/dev/null
cp -r charts/note pin; sed -i 's/^name: note/name: pin/; s/One line/A kiosk line/' pin/Chart.yaml; helm package pin -d $SITE --save=false >/dev/null
helm repo index $SITE --url $URL
helm repo add site $URL
helm repo add note $URL
helm search -r '^note'
helm search -r '^Note'
helm search -r 'One'
helm search -r 'one'
helm search -r 'N'
helm search note
helm search ote/pi
helm search kiosk
helm search -r 'kiosk$'
helm search -r 'board$'
helm search -r 'board.*'
helm search 'paper board'
helm search paper  board
helm search 'note/'
helm search site -l
helm search -r 'pin.site'
helm search -r 'paper|news'
helm search PAPER
helm search ''
