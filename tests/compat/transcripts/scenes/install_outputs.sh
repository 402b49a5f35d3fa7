helm install charts/note --name one -o json | sed 's/"seconds":[0-9]*,"nanos":[0-9]*/T/g'
helm install charts/note --name two --output yaml | sed 's/seconds: [0-9]*/seconds: T/; s/nanos: [0-9]*/nanos: T/'
helm status one -o json | sed 's/"seconds":[0-9]*,"nanos":[0-9]*/T/g'
helm status one -o yaml | sed 's/seconds: [0-9]*/seconds: T/; s/nanos: [0-9]*/nanos: T/'
helm status one -o xml
helm upgrade one charts/note -o json | sed 's/"seconds":[0-9]*,"nanos":[0-9]*/T/g'
helm history one -o json
helm history one -o yaml
helm history one -o xml
helm list --output json
helm list --output yaml
helm list --output table
