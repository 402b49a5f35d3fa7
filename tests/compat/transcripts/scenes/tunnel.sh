unset HELM_HOST
helm init --skip-repos -i tiller:v2.17.0 --wait >/dev/null
helm list
helm install charts/note --name one
helm install none
helm install charts/note --debug --name two | sed 's/local port: .*/local port/'
helm status one
helm delete one two --purge
helm reset
helm list
