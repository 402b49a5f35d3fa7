helm install charts/note --name Upper
helm install charts/note --name under_score
helm install charts/note --name with.dot
helm install charts/note --name -x
helm install charts/note --name "a b"
helm install charts/note --name a23456789012345678901234567890123456789012345678901234
helm install charts/note --name a2345678901234567890123456789012345678901234567890123
helm install charts/note --name-template 'pre-{{ "X" | lower }}'
helm install charts/note --name-template '{{ nope }}'
helm install charts/note --name-template '{{ upper "x" }}'
helm install charts/note --name given --name-template 'pre-two'
helm list -q
