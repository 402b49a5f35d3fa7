unset HELM_HOST
helm init --skip-repos -i tiller:v2.17.0 --wait
kubectl -n kube-system get deploy,svc -l app=helm -o name
helm version
helm init --skip-repos -i tiller:v2.17.0
kubectl -n kube-system create serviceaccount tiller
helm init --skip-repos -i tiller:v2.18.0 --service-account tiller --upgrade
kubectl -n kube-system get deploy tiller-deploy -o 'jsonpath={.spec.template.spec.serviceAccount} {.spec.template.spec.serviceAccountName} {.spec.template.spec.containers[0].image}'
helm init --skip-repos -i tiller:v2.16.0 --upgrade
helm init --skip-repos -i tiller:v2.16.0 --upgrade --force-upgrade --history-max 5
sleep 2
helm install charts/note --name one
helm list
helm reset
helm reset --force
kubectl -n kube-system get deploy,svc -l app=helm -o name
helm reset --force
helm init --skip-repos -i tiller:v2.17.0 --tiller-namespace default --replicas 2 --history-max 3
helm reset --force --tiller-namespace default --remove-helm-home
ls home
