helm status
helm status none
helm install charts/kiosk --name one --wait
helm status one
helm status one two
helm status one --revision x
cp -r charts/note quiet && rm quiet/templates/NOTES.txt
helm install quiet --name two
helm status two
helm get notes two
