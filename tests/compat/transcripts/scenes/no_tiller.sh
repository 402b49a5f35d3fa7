unset HELM_HOST
helm list
helm version
helm version --short
helm install charts/note
helm reset
helm list --tiller-namespace other
TILLER_NAMESPACE=third helm list
