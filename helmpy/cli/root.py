"""The command ``helm`` itself: the table of all others, and its page."""

from __future__ import annotations

from helmpy.cli.command import Command, Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.home import Settings

COMMANDS: dict[str, Entry] = {
    "completion": Entry("helmpy.cli.completion", "print a script for bash, zsh or fish"),
    "create": Entry("helmpy.cli.create", "make a directory with a chart to start from"),
    "delete": Entry("helmpy.cli.delete", "delete releases from the cluster", ("del",), ("remove", "rm")),
    "dependency": Entry("helmpy.cli.dependency", "manage the charts that a chart needs", ("dep", "dependencies")),
    "docs": Entry("helmpy.cli.docs", "write the pages of all commands as files", hidden=True),
    "fetch": Entry("helmpy.cli.fetch", "download charts from a repository or registry", ("pull",)),
    "get": Entry("helmpy.cli.get", "show what was stored of a release"),
    "help": Entry("helmpy.cli.help", "show the page of a command"),
    "history": Entry("helmpy.cli.history", "list the revisions of a release", ("hist",)),
    "home": Entry("helmpy.cli.home", "print the directory of Helm's own files"),
    "init": Entry("helmpy.cli.init", "set up the client's directory and Tiller in the cluster"),
    "inspect": Entry("helmpy.cli.inspect", "show what a chart is", ("show",)),
    "install": Entry("helmpy.cli.install", "install a chart"),
    "lint": Entry("helmpy.cli.lint", "look for mistakes in charts"),
    "list": Entry("helmpy.cli.list", "list releases", ("ls",)),
    "package": Entry("helmpy.cli.package", "make an archive of a chart directory"),
    "plugin": Entry("helmpy.cli.plugin", "install, list, update and remove plugins"),
    "push": Entry("helmpy.cli.push", "put a packaged chart into a registry"),
    "registry": Entry("helmpy.cli.registry", "log in to and out of registries"),
    "repo": Entry("helmpy.cli.repo", "add, list, remove, update and index chart repositories"),
    "reset": Entry("helmpy.cli.reset", "remove Tiller from the cluster"),
    "rollback": Entry("helmpy.cli.rollback", "go back to an earlier revision of a release"),
    "sandbox": Entry("helmpy.cli.sandbox", "run a small Kubernetes API on this machine to try things on"),
    "search": Entry("helmpy.cli.search", "look for charts in the added repositories"),
    "serve": Entry("helmpy.cli.serve", "serve a directory of charts as a repository"),
    "status": Entry("helmpy.cli.status", "show the state of a release"),
    "template": Entry("helmpy.cli.template", "render a chart on this machine"),
    "test": Entry("helmpy.cli.test", "run the tests of a release"),
    "update": Entry("helmpy.cli.update", "old name of repo update", ("up",), hidden=True),
    "upgrade": Entry("helmpy.cli.upgrade", "bring a release to a new chart or new values"),
    "verify": Entry("helmpy.cli.verify", "check a packaged chart's signature"),
    "version": Entry("helmpy.cli.version", "print the versions of client and server"),
}

ABOUT = """\
Helm packages, configures and deploys applications on Kubernetes.

First steps:

  helm init               put Tiller, the server side, into the cluster of your kubeconfig
  helm install ./chart    install a chart from a directory or an archive
  helm list               see what is installed
  helm template ./chart   render a chart without any cluster

No cluster at hand? `helm sandbox start` runs a small one on this machine.

Environment:

  HELM_HOME           directory of Helm's own files (default ~/.helm)
  HELMPY_CACHE        directory where charts are kept parsed (default ~/.cache/helmpy), off for
                      none
  HELM_HOST           address of Tiller, host:port, instead of a port-forward
  HELM_DEBUG          1 is like --debug
  HELM_NO_PLUGINS     1: plugins are no commands
  HELM_KEY_PASSPHRASE passphrase of the key that package --sign signs with
  KUBECONFIG          Kubernetes configuration file
  NO_COLOR            anything: no colours at a terminal
  TILLER_NAMESPACE    namespace of Tiller (default kube-system)
  HELM_TLS_ENABLE     1 is like --tls
  HELM_TLS_VERIFY     1 is like --tls-verify
  HELM_TLS_CA_CERT, HELM_TLS_CERT, HELM_TLS_KEY, HELM_TLS_HOSTNAME
                      files and name for TLS
"""

COMPLETING = "_HELM_COMPLETE"  # what a shell's script sets that asks for completions


def root() -> Command:
    """The command ``helm`` itself: a page that lists the others."""
    return Command("helm", about=ABOUT, table=COMMANDS, unknown=_unknown)


def _unknown(word: str, settings: Settings) -> str:
    from helmpy.cli.plugins import named
    from helmpy.cli.suggestion import question, suggestions

    found = suggestions(word, COMMANDS, (name for name, _ in named(settings)))
    return "\n".join([f'unknown command "{word}" for "helm"', *question(found), "Run 'helm --help' for usage."])
