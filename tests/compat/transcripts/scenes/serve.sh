helm init --client-only --skip-repos >/dev/null
mkdir shelf; helm package charts/note -d shelf --save=false >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
$HELM_BINARY serve --repo-path shelf --address 127.0.0.1:$port --url http://example.com/x &
server=$!
for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; helm repo add served http://127.0.0.1:$port >/dev/null 2>&1 && break; done
rm "$CALLS"/*; echo 0 > "$CALLS/number"
curl -s http://127.0.0.1:$port/index.yaml | sed '/created\|generated\|digest/d'
curl -s http://127.0.0.1:$port/charts/index.yaml | sed '/created\|generated\|digest/d'
curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:$port/note-1.0.0.tgz
curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:$port/charts/note-1.0.0.tgz
curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:$port/none
kill $server
helm serve --repo-path none
