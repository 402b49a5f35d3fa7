helm install charts/kind --name without --no-crd-hook
kubectl get crd pens.transcripts.example.com -o name
helm get manifest without
helm get hooks without
helm status without
helm delete without --purge
helm template charts/kind
