unset HELM_HOST
export KUBECONFIG=$PWD/none
helm version -c
helm list
helm version
helm install charts/note
helm status x
helm init --client-only --skip-repos
helm reset
printf 'apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster: {server: "http://127.0.0.1:1"}\ncontexts:\n- name: c\n  context: {cluster: c, user: u}\ncurrent-context: c\n' > broken
export KUBECONFIG=$PWD/broken
helm list
helm init
helm list --kube-context none
