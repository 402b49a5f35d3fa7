mkdir -p greet other/greet && printf 'name: greet\nversion: 0.1.0\nusage: greets\ndescription: says hello\ncommand: echo hello\nhooks:\n  install: echo installed\n' > greet/plugin.yaml
helm plugin list
helm plugin install greet
helm init --client-only --skip-repos >/dev/null
helm plugin install greet --version 9 --debug
helm plugin install other/greet
helm plugin install none
helm greet you
HELM_NO_PLUGINS=1 helm greet
HELM_NO_PLUGINS=1 helm plugin list
helm plugin update greet --debug
helm plugin remove greet --debug
helm plugin list --debug
mkdir -p more/wave && printf 'name: wave\nversion: 1\ncommand: echo waves\n' > more/wave/plugin.yaml
HELM_PLUGIN=$PWD/more helm plugin list --debug
HELM_PLUGIN=$PWD/more helm wave
helm wave
helm hlep
helm ver
