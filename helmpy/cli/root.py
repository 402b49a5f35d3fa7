"""The command ``helm`` itself: the table of all others, and its page."""

from __future__ import annotations

from helmpy.cli.command import Command, Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.home import Settings

# In the order in which Helm 2 asks whether one of them was meant.
COMMANDS: dict[str, Entry] = {
    "create": Entry("helmpy.cli.create", "make a directory with a chart to start from"),
    "dependency": Entry("helmpy.cli.dependency", "manage the charts that a chart needs", ("dep", "dependencies")),
    "fetch": Entry("helmpy.cli.fetch", "download charts from a repository or registry", ("pull",)),
    "inspect": Entry("helmpy.cli.inspect", "show what a chart is", ("show",)),
    "lint": Entry("helmpy.cli.lint", "look for mistakes in charts"),
    "package": Entry("helmpy.cli.package", "make an archive of a chart directory"),
    "repo": Entry("helmpy.cli.repo", "add, list, remove, update and index chart repositories"),
    "search": Entry("helmpy.cli.search", "look for charts in the added repositories"),
    "serve": Entry("helmpy.cli.serve", "serve a directory of charts as a repository"),
    "verify": Entry("helmpy.cli.verify", "check a packaged chart's signature"),
    "delete": Entry("helmpy.cli.delete", "delete releases from the cluster", ("del",), ("remove", "rm")),
    "get": Entry("helmpy.cli.get", "show what was stored of a release"),
    "history": Entry("helmpy.cli.history", "list the revisions of a release", ("hist",)),
    "install": Entry("helmpy.cli.install", "install a chart"),
    "list": Entry("helmpy.cli.list", "list releases", ("ls",)),
    "rollback": Entry("helmpy.cli.rollback", "go back to an earlier revision of a release"),
    "status": Entry("helmpy.cli.status", "show the state of a release"),
    "upgrade": Entry("helmpy.cli.upgrade", "bring a release to a new chart or new values"),
    "test": Entry("helmpy.cli.test", "run the tests of a release"),
    "reset": Entry("helmpy.cli.reset", "remove Tiller from the cluster"),
    "version": Entry("helmpy.cli.version", "print the versions of client and server"),
    "completion": Entry("helmpy.cli.completion", "print a script for bash, zsh or fish"),
    "home": Entry("helmpy.cli.home", "print the directory of Helm's own files"),
    "init": Entry("helmpy.cli.init", "set up the client's directory and Tiller in the cluster"),
    "plugin": Entry("helmpy.cli.plugin", "install, list, update and remove plugins"),
    "template": Entry("helmpy.cli.template", "render a chart on this machine"),
    "docs": Entry("helmpy.cli.docs", "write the pages of all commands as files", hidden=True),
    "update": Entry("helmpy.cli.update", "old name of repo update", ("up",), hidden=True),
    "help": Entry("helmpy.cli.help", "show the page of a command"),
    "push": Entry("helmpy.cli.push", "put a packaged chart into a registry"),
    "registry": Entry("helmpy.cli.registry", "log in to and out of registries"),
    "sandbox": Entry("helmpy.cli.sandbox", "run a small Kubernetes API on this machine to try things on"),
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
