helm install charts/kind --name pens
kubectl get crd pens.transcripts.example.com -o name
helm get manifest pens
helm get hooks pens
helm delete pens --purge
kubectl get crd pens.transcripts.example.com -o name
helm install charts/kind --name again
helm delete again --purge
kubectl delete crd pens.transcripts.example.com
helm install charts/kind --name without --no-crd-hook
kubectl get crd pens.transcripts.example.com -o name
