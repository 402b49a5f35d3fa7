helm init --client-only --skip-refresh --stable-repo-url $URL >/dev/null 2>&1
helm repo remove stable local
helm repo remove stable
helm repo list
helm package charts/note charts/kiosk charts/family -d $SITE --save=false >/dev/null
for v in 0.9.0 1.1.0 1.2.0-rc.1 2.0.0; do helm package charts/note -d $SITE --version $v --save=false >/dev/null; done
helm repo index $SITE --url $URL
helm repo add site $URL/
helm repo list
helm repo add 'a b' $URL
helm repo add empty ''
helm repo add twice $URL --username u --password p
helm repo add none http://127.0.0.1:1/charts
helm repo add x $URL extra
helm search site
helm search site/
helm search site/note
helm search site/note -l
helm search NOTE
helm search 'no.e' -r
helm search '(' -r
helm search -r '^site/n'
helm search paper board
helm search note --version '>=1.0.0'
helm search note --version '>=1.0.0' -l
helm search note --version '>=1.0.0-0' -l
helm search note --version x
helm search note --version 9
helm search note --devel -l
helm search note -o yaml
helm search note -o json -l
helm search none -o json
helm search none -o yaml
helm search note -o table
helm search note -o xml
helm search --col-width 20
helm search --col-width 5 note
helm inspect site/note --version 0.9.0
helm inspect chart site/note --version '^1'
helm inspect chart site/note --devel
helm inspect values site/none
helm inspect readme site/note
helm inspect chart note --repo $URL
helm inspect chart none --repo $URL
helm inspect chart note --repo http://127.0.0.1:1
helm inspect chart $URL/note-1.0.0.tgz
helm inspect chart $URL/none.tgz
helm inspect chart site/note --verify
helm fetch
helm fetch site/note --version '<1'
ls *.tgz
helm fetch site/note site/kiosk -d fetched
mkdir fetched; helm fetch site/note site/kiosk -d fetched; ls fetched
helm fetch site/note --untar; ls note
helm fetch site/note --untar
helm fetch site/note --untar -d fetched --untardir deep; find fetched -type d | sort
helm fetch site/note --verify
helm fetch site/note --prov
helm fetch note --repo $URL --version 1.1.0; ls *.tgz
helm fetch ./charts/note
helm fetch charts/note
helm fetch nonsense
helm fetch $URL/none-1.0.0.tgz
helm fetch ftp://x/y.tgz
helm fetch site/note --version 'not a version'
rm $SITE/note-2.0.0.tgz; helm fetch site/note
helm repo update
helm search note
helm repo remove site none
helm repo remove none site
helm repo list
