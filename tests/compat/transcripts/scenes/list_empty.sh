helm list
helm list --output json
helm list --output yaml
helm list -q
helm list --all
