helm list --tls
helm list --tls-verify
HELM_TLS_ENABLE=true helm list
helm install charts/note --tls --tls-cert none.pem --tls-key none.key
mkdir -p home && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout home/key.pem -out home/cert.pem 2>/dev/null
helm list --tls-verify
echo rubbish > home/key.pem
helm list --tls
echo rubbish > home/ca.pem
helm list --tls-verify
