cp -r charts/note odd
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hooked\n  annotations: {helm.sh/hook: "pre-install", helm.sh/hook-weight: "x"}\n' > odd/templates/hook.yaml
helm install odd --name one
helm get hooks one
helm delete one --purge
kubectl get configmap -o name
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hooked\n  annotations: {helm.sh/hook: nonsense}\n' > odd/templates/hook.yaml
helm install odd --name two
helm get hooks two
helm get manifest two
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: passing\n  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: "hook-succeeded"}\n' > odd/templates/hook.yaml
helm upgrade two odd
helm upgrade two odd
helm upgrade two odd --no-hooks
helm rollback two 1
helm history two
helm delete two --no-hooks
