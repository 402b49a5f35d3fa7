"""``helm sandbox``: a small Kubernetes API on this machine, used only where one asks for it."""

from __future__ import annotations

import shlex

from helmpy.cli import options
from helmpy.cli.command import Command, Entry, boolean, nothing
from helmpy.cli.command import command as make
from helmpy.cli.output import say, structured
from helmpy.cli.sandbox_process import Running, Sandbox
from helmpy.cli.suggestion import question, suggestions
from helmpy.errors import HelmError
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


ABOUT = """\
Run a small Kubernetes API on this machine, to try Helm and charts without a cluster.

  helm sandbox start                      start it, and say how to use it
  eval "$(helm sandbox start --export)"  start it, and use it in this shell
  helm init                               put Tiller into it
  helm sandbox reset                      end it and forget everything

Nothing uses it unless KUBECONFIG or --kubeconfig names it.
"""

TABLE = {
    "kubeconfig": Entry("helmpy.cli.sandbox:kubeconfig", "print the path of its kubeconfig"),
    "reset": Entry("helmpy.cli.sandbox:reset", "end it and forget everything in it"),
    "start": Entry("helmpy.cli.sandbox:start", "start it in the background"),
    "status": Entry("helmpy.cli.sandbox:status", "say whether it runs"),
    "stop": Entry("helmpy.cli.sandbox:stop", "end it; what is in it stays"),
}


class NoSandbox(HelmError):
    """The sandbox was never started."""


def _unknown(word: str, _settings: Settings) -> str:
    return "\n".join([f'unknown command "{word}" for "helm sandbox"', *question(suggestions(word, TABLE))]).rstrip()


command = Command("sandbox", about=ABOUT, table=TABLE, unknown=_unknown)


@make("start", about="Start the sandbox in the background, unless it runs, and say how to use it.")
@boolean("export", about='print only the line for eval "$(...)"')
def start(settings: Settings, args: Sequence[str], *, export: bool) -> None:
    nothing(args)
    sandbox = Sandbox(settings.home.sandbox)
    running = sandbox.start()
    line = f"export KUBECONFIG={shlex.quote(str(sandbox.kubeconfig))}"
    if export:
        say(line)
        return
    say(f"The sandbox runs at {running.server}, Kubernetes {running.version}.")
    say(f"To use it in this shell:\n\n  {line}\n\nThen put Tiller into it: helm init")


@make("stop", about="End the sandbox. What is in it stays for the next start.")
def stop(settings: Settings, args: Sequence[str]) -> None:
    nothing(args)
    ended = Sandbox(settings.home.sandbox).stop()
    say("The sandbox has ended." if ended else "The sandbox does not run.")


@make("status", about="Say whether the sandbox runs.")
@options.output("text", "json", "yaml", default="text", refusal="unsupported format {}")
def status(settings: Settings, args: Sequence[str], *, output: str) -> None:
    nothing(args)
    sandbox = Sandbox(settings.home.sandbox)
    running = sandbox.running()
    if output != "text":
        say(structured(_as_struct(sandbox, running), output))
        return
    if running is None:
        say("The sandbox does not run.")
        return
    say(f"The sandbox runs at {running.server}, Kubernetes {running.version}.")
    say(f"Process:    {running.pid}, since {running.started}")
    say(f"Kubeconfig: {sandbox.kubeconfig}")
    say(f"Log:        {sandbox.log}")


def _as_struct(sandbox: Sandbox, running: Running | None) -> dict[str, Any]:
    if running is None:
        return {"running": False}
    return {
        "running": True,
        "server": running.server,
        "version": running.version,
        "pid": running.pid,
        "started": running.started,
        "kubeconfig": str(sandbox.kubeconfig),
        "log": str(sandbox.log),
    }


@make("reset", about="End the sandbox and forget everything in it.")
def reset(settings: Settings, args: Sequence[str]) -> None:
    nothing(args)
    Sandbox(settings.home.sandbox).reset()
    say("The sandbox is gone.")


@make("kubeconfig", about="Print the path of the sandbox's kubeconfig.")
def kubeconfig(settings: Settings, args: Sequence[str]) -> None:
    nothing(args)
    path = Sandbox(settings.home.sandbox).kubeconfig
    if not path.exists():
        raise NoSandbox("there is no sandbox yet: helm sandbox start")
    say(str(path))
