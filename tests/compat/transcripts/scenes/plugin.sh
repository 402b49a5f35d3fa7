helm init --client-only --skip-repos >/dev/null
helm plugin list
mkdir -p greet && printf 'name: greet\nversion: 0.1.0\nusage: greets\ndescription: says hello\ncommand: $HELM_PLUGIN_DIR/run.sh\nhooks:\n  install: echo installed\n  delete: echo deleted\n  update: echo updated\n' > greet/plugin.yaml
printf '#!/bin/sh\necho "$HELM_PLUGIN_NAME $HELM_HOME $TILLER_HOST $TILLER_NAMESPACE ($@)"\nexit 3\n' > greet/run.sh && chmod +x greet/run.sh
helm plugin install greet
helm plugin install greet
helm plugin list
helm greet hello --flag x
helm greet --debug --home /elsewhere y
helm plugin update greet
helm plugin remove greet
helm plugin remove greet
helm plugin update none
helm plugin install none
helm plugin install
helm plugin remove
helm plugin update
helm greet
HELM_NO_PLUGINS=1 helm plugin list
