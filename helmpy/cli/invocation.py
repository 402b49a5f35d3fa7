"""What a command line asks of a command: to do its work, or to show its page."""

from __future__ import annotations

import os
import sys

from helmpy.cli import pflags
from helmpy.cli.command import GLOBAL_FLAGS, HELP, settings_from, settings_of, value_of
from helmpy.cli.pflags import UsageError
from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from helmpy.cli.command import Command, Entry
    from helmpy.home import Settings


def run(command: Command, path: Sequence[str], words: Sequence[str]) -> None:
    """Do what the words after the command's name ask for; ``path`` is that name. Raises UsageError, HelmError."""
    flags = (*command.own, HELP, *GLOBAL_FLAGS)
    if command.unknown is not None:
        place = pflags.first_word(flags, words)
        if place is not None:
            given, _ = pflags.split(GLOBAL_FLAGS, [*words[:place], *words[place + 1 :]])
            raise UsageError(command.unknown(words[place], settings_of(given)))
    parsed = pflags.parse(flags, words)
    values = {flag.long: value_of(flag, parsed.values) for flag in flags}
    settings = settings_from(values)
    if values["help"]:
        show(command, path, settings)
        return
    for flag in command.own:
        if flag.note and flag.long in parsed.values:
            print(f"Flag --{flag.long} has been deprecated, {flag.note}", file=sys.stderr)
    if command.function is not None:
        _call(command, settings, tuple(parsed.args), {flag.name: values[flag.long] for flag in command.own})
        return
    show(command, path, settings)  # in Helm for a word too that is none of the sub-commands
    if parsed.args and sys.stderr.isatty():
        unknown = f'unknown command "{parsed.args[0]}" for "{" ".join(path)}"'
        print("\n".join([unknown, *_meant(parsed.args[0], command.table)]), file=sys.stderr)


def _call(command: Command, settings: Settings, args: tuple[str, ...], flags: dict[str, Any]) -> None:
    """Call the command's function; what it refuses may be a sub-command that was mistyped."""
    assert command.function is not None, "whoever calls looked"
    try:
        command.function(settings, args, **flags)
    except HelmError as error:
        if command.table and args and not error.hint:
            error.hint = "\n".join(_meant(args[0], command.table)[1:-1])
        raise


def _meant(word: str, table: Mapping[str, Entry]) -> list[str]:
    from helmpy.cli.suggestion import question, suggestions

    return question(suggestions(word, table))


def show(command: Command, path: Sequence[str], settings: Settings) -> None:
    """Print the help page; that of helm itself names the user's plugins too."""
    from helmpy.cli.page import COLUMNS, page

    plugins: Sequence[tuple[str, str]] = ()
    if len(path) == 1:
        from helmpy.cli.plugins import named

        plugins = named(settings)
    print(page(command, " ".join(path), plugins, min(_terminal_columns() or COLUMNS, COLUMNS)))


def _terminal_columns() -> int:
    """How wide the reader's terminal is; 0 where there is none, or it does not say."""
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0
