helm version --client
helm version -c --short
helm version
helm version --short
helm version --server
helm version -s --short
helm version --template '{{ .Client.SemVer }} {{ .Server.SemVer }}'
helm version -c --template '{{ .Client.GitCommit }}'
helm version extra
helm version --template '{{'
