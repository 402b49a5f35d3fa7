helm repo index $SITE
helm init --client-only --stable-repo-url $URL --local-repo-url $URL >/dev/null
helm package charts/note
helm package charts/note --version 3.0.0 --app-version 9 -d out
mkdir out; helm package charts/note --version 3.0.0 --app-version 9 -d out
helm inspect chart out/note-3.0.0.tgz
tar tzf out/note-3.0.0.tgz | sort
helm package charts/note --version x
helm package charts/note charts/kiosk charts/family
ls home/repository/local
helm package charts/note --save=false
helm package none
helm package
cp -r charts/note other && helm package other
helm package charts/note --sign
helm package charts/note --sign --key none --keyring none
helm package charts/family --dependency-update
rm -r charts/family/charts/uncle; helm package charts/family
helm verify note-1.0.0.tgz
helm verify
helm verify none.tgz
helm verify charts/note
helm install note-1.0.0.tgz --name packed
helm install note-1.0.0.tgz --name packed2 --verify
helm install charts/note --verify
