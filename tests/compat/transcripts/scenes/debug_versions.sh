helm init --client-only --skip-refresh --stable-repo-url $URL --local-repo-url $URL >/dev/null 2>&1
for v in 0.9.0 1.0.1 1.1.0-beta.1; do helm package charts/note -d $SITE --version $v --save=false >/dev/null; done
helm repo index $SITE; helm repo update >/dev/null
helm search note --debug
helm search note --debug --devel -o json
helm search note --debug --devel --version '<1'
helm fetch stable/note --debug --devel; ls *.tgz
helm inspect chart stable/note --debug
helm inspect values stable/note --debug --version '~1.0'
helm install stable/note --name one --debug --version '<1'
helm upgrade one stable/note --devel --debug | sed -n 1,5p
helm plugin list --debug
echo '{' > old.yaml; helm repo index $SITE --merge old.yaml
for c in '1' '~1.0' '^1.0.0-0' '<1' '!=1.0.1' '>=0.9 <1' '1.0.0 - 1.1' '=0.9.0' '1.1 || 0.9' 'v1.0.1' '*' '>5'; do helm inspect chart stable/note --version "$c" | grep ^version; done
