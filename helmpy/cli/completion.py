"""``helm completion``: scripts that let shells complete helm's command lines."""

from __future__ import annotations

from helmpy.cli.candidates import SHELLS
from helmpy.cli.command import command as make
from helmpy.cli.output import say
from helmpy.cli.pflags import UsageError
from helmpy.cli.root import COMPLETING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings

ABOUT = """\
Print a script that lets a shell complete commands, flags, and names of releases, charts and
repositories.

  source <(helm completion bash)          bash and zsh; put it into ~/.bashrc or ~/.zshrc
  helm completion fish | source           fish; put it into ~/.config/fish/config.fish
"""


@make("completion", usage="SHELL [flags]", about=ABOUT)
def command(_settings: Settings, args: Sequence[str]) -> None:
    if not args:
        raise UsageError("shell not specified")
    if len(args) > 1:
        raise UsageError("too many arguments, expected only the shell type")
    if args[0] not in SHELLS:
        raise UsageError(f'unsupported shell type "{args[0]}"')
    say(script(args[0]))


def script(shell: str) -> str:
    """The script for one of SHELLS."""
    from click.shell_completion import get_completion_class

    from helmpy.cli.click_tree import click_tree

    complete = get_completion_class(shell)
    assert complete is not None, "click knows these three"
    # click's own source() starts a bash to look at its version; the template needs no bash to be there
    shown = complete(click_tree(), {}, "helm", COMPLETING)
    return shown.source_template % shown.source_vars()


def answer(instruction: str) -> int:
    """Answer a shell that asks what fits; return the exit status."""
    from click.shell_completion import shell_complete

    from helmpy.cli.click_tree import click_tree

    return shell_complete(click_tree(), {}, "helm", COMPLETING, instruction)
