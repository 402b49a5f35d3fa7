helm init --output yaml -i a/b:1
helm init -o json -i a/b:1
helm init -o xml
helm init --dry-run --debug -i a/b:1 --service-account x --replicas 3 --history-max 9 --net-host --node-selectors a=b,c=d --automount-service-account-token=false
helm init -o yaml -i a/b:1 --override spec.template.spec.priorityClassName=high --override metadata.annotations.x=y
helm init -o yaml -i a/b:1 --override spec.replicas=x,y
helm init -o yaml -i a/b:1 --override nonsense
helm init -o yaml -i a/b:1 --node-selectors a
helm init -o yaml --tiller-tls
helm init -o yaml --tiller-tls-verify --tiller-tls-cert none --tiller-tls-key none
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout key.pem -out cert.pem 2>/dev/null
helm init -o yaml -i a/b:1 --tiller-tls --tiller-tls-cert cert.pem --tiller-tls-key key.pem | grep -v 'tls.crt:\|tls.key:\|ca.crt:'
helm init -o yaml -i a/b:1 --tiller-tls-verify --tiller-tls-cert cert.pem --tiller-tls-key key.pem
helm init -o yaml -i a/b:1 --tiller-tls-verify --tiller-tls-cert cert.pem --tiller-tls-key key.pem --tls-ca-cert cert.pem | grep -v 'tls.crt:\|tls.key:\|ca.crt:'
helm init -o yaml -i a/b:1 --tiller-namespace x --upgrade
helm init -o yaml -i a/b:1 --history-max -1 --replicas 0
