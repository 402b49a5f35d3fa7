cp -r charts/note odd
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hooked\n  annotations: {helm.sh/hook: "pre-install,post-delete", helm.sh/hook-weight: "x"}\n' > odd/templates/hook.yaml
helm install odd --name one
helm get hooks one
helm delete one --purge
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hooked\n  annotations: {helm.sh/hook: nonsense}\n' > odd/templates/hook.yaml
helm install odd --name two
helm get hooks two
helm get manifest two
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hooked\n  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: "hook-succeeded"}\n' > odd/templates/hook.yaml
helm upgrade two odd
kubectl get configmap -o name
helm upgrade two odd --no-hooks
helm rollback two 1
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hooked\n  annotations: {helm.sh/hook: pre-upgrade}\n' > odd/templates/hook.yaml
helm upgrade two odd
helm upgrade two odd
helm history two
printf 'apiVersion: v1\nkind: Nothing\nmetadata:\n  name: hooked\n  annotations: {helm.sh/hook: pre-delete}\n' > odd/templates/hook.yaml
helm upgrade two odd
helm history two
helm delete two
