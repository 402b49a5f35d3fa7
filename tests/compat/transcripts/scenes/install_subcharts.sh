helm install charts/family --name smiths
helm get smiths
helm install charts/family --name jones --set uncle.enabled=false
helm get notes jones
helm get manifest jones
helm upgrade jones charts/family --set global.street=main
rm -r charts/family/charts/uncle
helm install charts/family --name short
printf 'dependencies:\n- name: [\n' > charts/family/requirements.yaml
helm install charts/family --name short
