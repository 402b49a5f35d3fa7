export HELM_HOST=127.0.0.1:1
helm version --tiller-connection-timeout 1
helm version -s --tiller-connection-timeout 1
helm list --tiller-connection-timeout 1
helm install charts/note --tiller-connection-timeout 1
helm status x --tiller-connection-timeout 1
helm delete x --tiller-connection-timeout 1
helm install none --tiller-connection-timeout 1
helm test x --tiller-connection-timeout 1
