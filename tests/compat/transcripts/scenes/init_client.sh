helm init --client-only --skip-repos
find home | sort
helm init -c --skip-repos
helm init --client-only --skip-refresh
cat home/repository/repositories.yaml | sed /generated/d
rm -r home
helm init --client-only --stable-repo-url $URL/none
rm -rf home
helm package charts/note -d $SITE --save=false >/dev/null; helm repo index $SITE
helm init --client-only --stable-repo-url $URL --local-repo-url http://example.com/l
helm repo list
helm search
helm init --client-only --stable-repo-url $URL
helm init extra
rm -r home
helm init --client-only --skip-refresh --dry-run
helm init --client-only --dry-run --debug -i a/b:1
ls home
