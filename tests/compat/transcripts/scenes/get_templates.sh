helm install charts/family --name one --set uncle.enabled=false >/dev/null
helm upgrade one charts/family --set child.toy=kite,list={a,b} >/dev/null
helm get one --revision 1 --template '{{ .Release.Version }} {{ .Release.Info.Description }} {{ .Release.Info.Status.Code.String }}'
helm get one --template '{{ range .Release.Chart.Dependencies }}{{ .Metadata.Name }}@{{ .Metadata.Version }} {{ end }}'
helm get one --template '{{ range .Release.Chart.Templates }}{{ .Name }} {{ printf "%s" .Data }}{{ end }}'
helm get one --template '{{ range .Release.Chart.Files }}{{ .TypeUrl }} {{ len .Value }}{{ end }}'
helm get one --template '{{ (index .Release.Chart.Templates 0).Data }}'
helm get one --template '{{ .ComputedValuesMap.child.toy }} {{ index .ComputedValuesMap "list" 0 }}'
helm get one --template '{{ .Release.Info.Status.Code | printf "%d" }} {{ eq .Release.Info.Status.Code 1 }} {{ .Release.Info.Deleted }} {{ if .Release.Info.Deleted }}gone{{ end }}'
helm get one --template '{{ .Release.GetName }} {{ .Release.Info.GetStatus.GetCode }} {{ .Release.Chart.GetMetadata.GetVersion }}'
helm get one --template '{{ .Release.Chart.Metadata }}'
helm get one --template '{{ .Name }}'
helm get one --template ''
helm delete one >/dev/null
helm get one --template '{{ .Release.Info.Status.Code }} {{ gt .Release.Info.Deleted.Seconds 0 }}'
helm version --template '{{ .Client }} {{ .Server.GitTreeState }}'
