helm home
helm home --home /elsewhere
HELM_HOME=/else helm home
helm home extra
unset HELM_HOME; helm home
helm completion
helm completion fishy
helm completion bash zsh
helm update
helm docs --type nonsense
