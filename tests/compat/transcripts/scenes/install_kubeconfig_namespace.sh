kubectl create namespace chosen
kubectl config set-context --current --namespace=chosen
helm install charts/note --name one
helm list
helm template charts/note
helm upgrade --install two charts/note
helm list
helm install charts/note --name three --kube-context nobody
helm install charts/note --name four --kube-context none
helm list
