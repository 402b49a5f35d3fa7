unset HELM_HOST
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout key.pem -out cert.pem 2>/dev/null
helm init --skip-repos -i tiller:v2.17.0 --tiller-tls --tiller-tls-cert cert.pem --tiller-tls-key key.pem --tls-ca-cert cert.pem
kubectl -n kube-system get secret tiller-secret -o 'jsonpath={.type} {.metadata.labels}'
kubectl -n kube-system delete deploy,svc tiller-deploy
helm init --skip-repos -i tiller:v2.17.0
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=b -keyout key.pem -out cert.pem 2>/dev/null
helm init --skip-repos -i tiller:v2.17.0 --upgrade --tiller-tls-verify --tiller-tls-cert cert.pem --tiller-tls-key key.pem --tls-ca-cert cert.pem
kubectl -n kube-system get secret tiller-secret -o name
helm reset --force
kubectl -n kube-system get secret tiller-secret -o name
kubectl -n kube-system delete secret tiller-secret
