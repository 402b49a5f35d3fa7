#!/bin/sh
# Helm from nothing to a deployed chart and back, on the sandbox; `make demo` runs it.
# Everything lives in a scratch directory that goes away at the end.
set -eu
helm=${1:-helm}
case $helm in */*) PATH=$(cd "$(dirname "$helm")" && pwd):$PATH ;; esac
export PATH
charts=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
export HELM_HOME="$scratch/helm" KUBECONFIG="$scratch/helm/sandbox/kubeconfig"
unset HELM_HOST TILLER_NAMESPACE 2>/dev/null || true

finish() {
	helm sandbox stop >/dev/null 2>&1 || true
	rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT TERM

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi
say() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; }
run() {
	printf '%s$ %s%s\n' "$bold" "$(echo "$*" | sed "s|$charts/|charts/|g")" "$plain"
	"$@"
}

say "A small Kubernetes API of our own; nothing outside this machine is touched"
run helm sandbox start
say "Tiller, the server that owns releases, starts in it"
run helm init --wait --skip-refresh
run helm version --short
say "A chart becomes a release"
run helm install "$charts/web" --name hello --wait
say "Other values, a second revision"
run helm upgrade hello "$charts/web" --set replicas=3 --wait
say "Back to the first"
run helm rollback hello 1
say "What there is, and how it came to be"
run helm list
run helm history hello
run helm status hello
say "And away"
run helm delete --purge hello
run helm list --all
say "Done. Your turn: helm sandbox start, helm init, helm create mychart, helm install mychart"
