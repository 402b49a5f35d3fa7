"""The command line as click's commands, made of what the command modules declare.

For what click is good at: completion in shells, documents generated from the tree, and programs
that test or embed a command line with click's tools. Each command parses by Helm's rules here too.
"""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from helmpy.cli.candidates import names
from helmpy.cli.command import GLOBAL_FLAGS, HELP, Command, Flag, settings_of
from helmpy.cli.invocation import run
from helmpy.cli.page import page
from helmpy.cli.root import root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class FlagOption(click.Option):
    """A flag as click sees it; ``flag`` is what was declared."""

    def __init__(self, flag: Flag) -> None:
        names = [f"--{flag.long}", *([f"-{flag.short}"] if flag.short else []), flag.name]
        super().__init__(
            names,
            type=click.UNPROCESSED,
            default=flag.start,
            help=flag.about,
            envvar=flag.env,
            hidden=bool(flag.note),
            is_flag=flag.kind.implied is not None,
            multiple=flag.kind.repeated,
        )
        self.flag = flag


class ClickCommand(click.Group):
    """One command, and by name the ones below it."""

    def __init__(self, command: Command, path: tuple[str, ...]) -> None:
        super().__init__(
            command.name,
            params=[FlagOption(flag) for flag in (*command.own, HELP, *GLOBAL_FLAGS)],
            help=command.about,
            add_help_option=False,
            invoke_without_command=True,
        )
        self.ours = command
        self.path = path

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        return sorted(self.ours.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> ClickCommand | None:  # noqa: ARG002 - click's shape
        found = self.ours.entry(cmd_name)
        return None if found is None else ClickCommand(found[1].load(), (*self.path, found[0]))

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's shape
        return page(self.ours, " ".join(self.path))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave every word to the command itself, except where click asks only to complete one."""
        if ctx.resilient_parsing:
            return click.Command.parse_args(self, ctx, args)  # words stay together in ctx.args
        ctx.obj = list(args)
        return []

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Sub-commands and flags as click has them, and what is known of the arguments."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return found
        known = names(self.path, ctx.args, incomplete, settings_of(_given(ctx)))
        if not found and not known:
            return [CompletionItem(incomplete, type="file")]  # charts and values are files, more often than not
        return [*found, *(CompletionItem(name) for name in known)]

    def invoke(self, ctx: click.Context) -> Any:
        command, path, rest = self.ours.find(ctx.obj, self.path)
        run(command, path, rest)


def _given(ctx: click.Context | None) -> dict[str, Any]:
    """The global flags that were given to a command, or to one above it."""
    found: dict[str, Any] = {}
    while ctx is not None:
        for flag in GLOBAL_FLAGS:
            value = ctx.params.get(flag.name)
            if value is not None and value != flag.start:
                found.setdefault(flag.long, value)
        ctx = ctx.parent
    return found


def click_tree() -> ClickCommand:
    """The whole command line, ``helm`` at its root."""
    return ClickCommand(root(), ("helm",))
