helm get
helm get none
helm get values
helm get manifest none
helm get hooks none
helm get notes none
helm install charts/note --name one
helm get one
helm get manifest one
helm get notes one
helm get hooks one
helm get one --template '{{ .Release.Name }} {{ .Release.Chart.Metadata.Version }} {{ .Release.Namespace }}'
helm get one --template '{{ .Release.Nothing }}'
helm get one --template '{{ .Release.Info.Status.Code }} {{ .Release.Version }} {{ .Release.Manifest }}'
helm get one --template '{{'
helm get one two
helm get nothing one
