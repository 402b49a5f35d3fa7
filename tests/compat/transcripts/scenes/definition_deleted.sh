cat > crd.yaml <<END
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.x.example.com}
spec:
  group: x.example.com
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
END
kubectl apply -f crd.yaml >/dev/null
kubectl wait --for=condition=established crd/gadgets.x.example.com >/dev/null
mkdir -p c/templates && printf 'apiVersion: v1\nname: c\nversion: 1.0.0\n' > c/Chart.yaml
cat > c/templates/all.yaml <<END
apiVersion: x.example.com/v1
kind: Gadget
metadata: {name: g}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: idle}
spec: {replicas: 0, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}
END
helm install c --name one
helm status one
kubectl delete crd gadgets.x.example.com >/dev/null
sleep 1
helm delete one
helm status one
helm history one
helm delete one --purge
kubectl get deploy -o name
