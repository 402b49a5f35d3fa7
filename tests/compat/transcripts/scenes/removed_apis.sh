mkdir -p old/templates && printf 'name: old\nversion: 1.0.0\n' > old/Chart.yaml
printf 'apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: night}\nspec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}\n' > old/templates/night.yaml
helm install old --name none
helm install old --name none --dry-run
helm install charts/note --name one >/dev/null
helm upgrade one old
helm list --all
helm history one
