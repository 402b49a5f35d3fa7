mkdir -p zoo/templates && printf 'apiVersion: v1\nname: zoo\nversion: 1.0.0\n' > zoo/Chart.yaml
cat > zoo/templates/all.yaml <<END
apiVersion: v1
kind: Secret
metadata: {name: zoo}
stringData: {a: b}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: zoo}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: zoo}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: zoo}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: zoo}
subjects: [{kind: ServiceAccount, name: zoo, namespace: default}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: zoo}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: zoo}
spec: {defaultBackend: {service: {name: zoo, port: {number: 80}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: zoo}
spec: {minAvailable: 1, selector: {matchLabels: {a: b}}}
---
apiVersion: v1
kind: Service
metadata: {name: zoo}
spec: {ports: [{port: 80}], selector: {a: b}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: zoo}
spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}
END
helm install zoo --name zoo | grep -v '^zoo'
helm get manifest zoo
helm upgrade zoo zoo | grep -v '^zoo'
helm delete zoo
helm status zoo
