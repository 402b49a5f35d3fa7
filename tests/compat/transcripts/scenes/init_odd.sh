unset HELM_HOST
helm reset extra
helm reset extra --force
helm reset --force
helm init --kube-context none --skip-repos -i a:1
helm reset --kube-context none
kubectl -n kube-system create deployment tiller-deploy --image=foo >/dev/null
helm init --skip-repos -i tiller:v2.17.0
sleep 1
helm init --skip-repos -i tiller:v2.17.0 --upgrade --service-account ops
kubectl -n kube-system get deploy tiller-deploy -o 'jsonpath={.spec.template.spec.serviceAccountName} {.spec.template.spec.containers[*].image}'
sleep 1
helm init --skip-repos -i tiller@sha256:abc --upgrade
kubectl -n kube-system delete svc tiller-deploy >/dev/null
helm init --skip-repos -i tiller:v2.17.0
kubectl -n kube-system get svc -l app=helm -o name
helm init --skip-repos -i tiller:v2.17.0 --tiller-namespace none
helm init --skip-repos -i tiller:v2.17.0 --override metadata.labels.app=foo --tiller-namespace default
