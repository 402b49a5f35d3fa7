helm repo list
helm repo add site $URL
helm init --client-only --skip-repos
helm repo list
helm repo add site $URL
helm package charts/note charts/kiosk -d $SITE --save=false
helm package charts/note -d $SITE --version 1.1.0 --save=false
helm package charts/note -d $SITE --version 2.0.0-beta --save=false
helm repo index $SITE
helm repo add site $URL
helm repo add site $URL --no-update
helm repo add other $URL
helm repo list
helm repo update
helm repo up site
helm repo update none
helm repo update --strict
helm search
helm search note -l
helm search --devel note
helm search -v '<1.1' note
helm search paper
helm search nothing-here
helm search -o json note
helm inspect chart site/note
helm inspect values site/note --version 1.0.0
helm fetch site/note && ls *.tgz
helm fetch site/note --untar --untardir got && find got -type f | sort
helm fetch site/note --version 7
helm fetch site/none
helm fetch none/note
helm fetch $URL/kiosk-0.3.1.tgz -d got
helm install site/note --name one
helm install site/note --name two --version 1.0.0
helm install note --repo $URL --name three --devel
helm upgrade one site/note --version '~1.0'
helm list
helm install site/none
helm repo remove other
helm repo remove other
helm repo list
helm repo rm site
helm search
helm repo add
helm repo add a
helm repo remove
helm repo list extra
helm repo index
helm repo index none
helm repo list -o json
