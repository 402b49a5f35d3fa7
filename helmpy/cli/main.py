"""The console script ``helm``: find the command, run it, turn errors into texts and statuses."""

from __future__ import annotations

import os
import sys

from helmpy.cli.command import Command, Entry
from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

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
  HELM_NO_PLUGINS     1 leaves plugins alone
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
_BROKEN_PIPE = 141  # what a shell shows of a program that SIGPIPE ended
_INTERRUPTED = 130


def root() -> Command:
    """The command ``helm`` itself: a page that lists the others."""
    return Command("helm", about=ABOUT, table=COMMANDS, unknown=_unknown)


def _unknown(word: str, settings: Settings) -> str:
    from helmpy.cli.plugins import named
    from helmpy.cli.suggestion import question, suggestions

    found = suggestions(word, COMMANDS, (name for name, _ in named(settings)))
    return "\n".join([f'unknown command "{word}" for "helm"', *question(found), "Run 'helm --help' for usage."])


def run(words: Sequence[str]) -> int:
    """Run one command line; errors of any kind end as a text on stderr and a status."""
    try:
        _run(words)
        sys.stdout.flush()
    except HelmError as error:
        return _report(error, words)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # the reader left: nothing to say, and nothing that the interpreter could flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        return _report(HelmError(f"{name}{error.strerror or error}"), words, cause=error)
    except Exception as error:
        text = f"internal error: {type(error).__name__}: {error} (--debug shows where)"
        return _report(HelmError(text), words, cause=error)
    return 0


def _run(words: Sequence[str]) -> None:
    command, path, rest = root().find(words, ("helm",))
    if (len(path) == 1 or _gives_way(path, rest)) and _may_be_plugin(words):
        from helmpy.cli.plugins import run_unknown

        if run_unknown(words):
            return
    command.run(path, rest)


def _gives_way(path: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether a plugin goes first: Helm 2 has some that are called as commands which it did not have yet.

    ``helm push CHART REPOSITORY`` was one; what names a registry (oci://) is ours, as is all that stands below registry.
    """
    return path[1:] == ("registry",) or (path[1:] == ("push",) and not any(word.startswith("oci://") for word in rest))


def _may_be_plugin(words: Sequence[str]) -> bool:
    return any(not word.startswith("-") for word in words)


def _report(error: HelmError, words: Sequence[str], cause: Exception | None = None) -> int:
    if cause is not None and _debug(words):
        import traceback

        traceback.print_exception(cause)
    from helmpy.cli import colour

    print(colour.word(f"{error.prefix}{error.message}", sys.stderr), file=sys.stderr)
    if sys.stderr.isatty() or _debug(words):
        _explain(error)
    return error.exit_code


def _explain(error: HelmError) -> None:
    """What helps a person; who reads errors by program gets them as Helm 2.17 words them."""
    caret = getattr(error, "caret", None)
    for text in (caret() if callable(caret) else "", error.hint):
        if text:
            print(text, file=sys.stderr)


def _debug(words: Sequence[str]) -> bool:
    return "--debug" in words or "--debug=true" in words or os.environ.get("HELM_DEBUG", "") in {"1", "true"}


def _complete(instruction: str) -> int:
    from helmpy.cli.completion import answer

    return answer(instruction)


def entry() -> None:
    """Run the command line of ``sys.argv`` and leave the process."""
    status = run(sys.argv[1:]) if COMPLETING not in os.environ else _complete(os.environ[COMPLETING])
    sys.stdout.flush()
    if "coverage" in sys.modules or _others_work():
        sys.exit(status)
    # Nothing waits to be tidied up but what was asked for: leaving at once saves 2 ms, after a big chart 20, and
    # after a call to Tiller 35, for gRPC takes its time to stop what has no work.
    if "atexit" in sys.modules:
        sys.modules["atexit"]._run_exitfuncs()  # noqa: SLF001 - as multiprocessing does before it leaves like this
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _others_work() -> bool:
    """Whether there are threads that Python would wait for."""
    threading = sys.modules.get("threading")
    return threading is not None and any(
        not each.daemon and each is not threading.main_thread() for each in threading.enumerate()
    )
