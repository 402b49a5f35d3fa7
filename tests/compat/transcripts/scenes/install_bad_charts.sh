helm install
helm install none
helm install ./none
helm install /none/at/all
helm install a b
mkdir empty
helm install empty
mkdir nameless && echo 'version: 1.0.0' > nameless/Chart.yaml
helm install nameless
mkdir broken && echo 'a: [' > broken/Chart.yaml
helm install broken
echo text > file.tgz
helm install file.tgz
: > void.tgz
helm install void.tgz
helm install stable/none
helm install repo/chart/more
helm install charts/note/Chart.yaml
