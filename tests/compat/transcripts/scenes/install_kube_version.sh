echo 'kubeVersion: ">=9.0"' >> charts/note/Chart.yaml
helm install charts/note --name old
sed -i '$d' charts/note/Chart.yaml
echo 'tillerVersion: ">3"' >> charts/note/Chart.yaml
helm install charts/note --name old
sed -i '$d' charts/note/Chart.yaml
echo 'tillerVersion: ">2.10"' >> charts/note/Chart.yaml
helm install charts/note --name old
sed -i '$d' charts/note/Chart.yaml
echo 'engine: other' >> charts/note/Chart.yaml
helm install charts/note --name odd
helm template charts/note
