helm home
helm home --home /elsewhere
HELM_HOME=/else helm home
helm home extra
unset HELM_HOME; helm home
helm completion
helm completion fishy
helm completion bash zsh
helm completion bash | head -c 1 | wc -c
helm update
helm docs --type nonsense
