helm init --client-only --skip-repos >/dev/null
echo 'not: [an index' > $SITE/index.yaml
helm repo add site $URL
echo 'apiVersion: v1' > $SITE/index.yaml
helm repo add site $URL
helm repo update
rm $SITE/index.yaml
helm repo update
helm repo update --strict
helm repo add gone $URL/nothing
helm repo add dead http://127.0.0.1:1
helm repo add odd ftp://127.0.0.1
helm repo add odd 127.0.0.1
rm home/repository/cache/site-index.yaml
helm search x
helm install site/x
echo 'x: [' > home/repository/repositories.yaml
helm repo list
helm repo update
helm search x
