cat > crd.yaml <<END
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: cups.transcripts.example.com}
spec:
  group: transcripts.example.com
  scope: Namespaced
  names: {plural: cups, singular: cup, kind: Cup, listKind: CupList}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
END
mkdir -p shop/templates && printf 'name: shop\nversion: 1.0.0\n' > shop/Chart.yaml && printf 'spec: {size: 3, tags: [a, b], handle: {left: true, right: true}}\n' > shop/values.yaml
printf 'apiVersion: transcripts.example.com/v1\nkind: Cup\nmetadata: {name: one}\nspec:\n{{ toYaml .Values.spec | indent 2 }}\n' > shop/templates/cup.yaml
printf '{{ .Capabilities.APIVersions.Has "transcripts.example.com/v1" }} {{ .Capabilities.APIVersions.Has "transcripts.example.com/v1/Cup" }}\n' > shop/templates/NOTES.txt
helm install shop --name one
kubectl apply -f crd.yaml && sleep 3
helm install shop --name one
kubectl get cups one -o 'jsonpath={.spec}'
helm upgrade one shop --set spec.size=4,spec.handle.left=null,spec.tags={b} >/dev/null
kubectl get cups one -o 'jsonpath={.spec}'
helm status one
helm rollback one 1
kubectl get cups one -o 'jsonpath={.spec}'
helm delete one --purge
kubectl get cups
kubectl delete crd cups.transcripts.example.com
