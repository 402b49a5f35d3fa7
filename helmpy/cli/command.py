"""A command of the command line: click's Command with Helm's flags, help page and sub-commands.

A command module defines ``command``, made by the decorator of that name. Its function takes, by
position, the Settings of the run and the words that are no flags, and by keyword its own flags.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from helmpy.cli import pflags
from helmpy.cli.pflags import Kind, UsageError
from helmpy.home import Home, Settings, default_home

Function = Callable[..., Any]
Decorator = Callable[[Function], Function]


class Flag(click.Option):
    """A flag: ``--long``, perhaps ``-s``. ``envvar`` is looked at where the flag is not given."""

    def __init__(self, declarations: Sequence[str], *, kind: Kind, note: str = "", **attributes: Any) -> None:
        super().__init__(list(declarations), type=click.UNPROCESSED, **attributes)
        self.kind = kind
        self.note = note  # said when a deprecated flag is used
        self.long = next(name[2:] for name in declarations if name.startswith("--"))
        self.short = next((name[1:] for name in declarations if name[:1] == "-" and name[1:2] != "-"), "")

    @property
    def start(self) -> Any:
        """The value of a flag that was not given."""
        return self.default() if callable(self.default) else self.default

    def from_environment(self, environ: Mapping[str, str]) -> Any:
        """The value the environment gives; None where it gives none or nonsense, as in Helm."""
        text = environ.get(self.envvar, "") if isinstance(self.envvar, str) else ""
        if not text:
            return None
        try:
            return self.kind.parse(text)
        except ValueError:
            return None


def flag(
    long: str,
    short: str = "",
    *,
    kind: Kind,
    default: Any,
    about: str,
    env: str | None = None,
    name: str | None = None,
    note: str = "",
) -> Decorator:
    """Declare a flag on a command's function; ``note`` makes it a hidden, deprecated one."""
    declarations = [f"--{long}", *([f"-{short}"] if short else []), name or long.replace("-", "_")]
    return click.option(
        *declarations, cls=Flag, kind=kind, default=default, help=about, envvar=env, hidden=bool(note), note=note
    )


def boolean(long: str, short: str = "", *, about: str, default: bool = False, **more: Any) -> Decorator:
    return flag(long, short, kind=pflags.BOOL, default=default, about=about, **more)


def string(long: str, short: str = "", *, about: str, default: str = "", **more: Any) -> Decorator:
    return flag(long, short, kind=pflags.STRING, default=default, about=about, **more)


def integer(
    long: str, short: str = "", *, about: str, default: int = 0, kind: Kind = pflags.INT, **more: Any
) -> Decorator:
    return flag(long, short, kind=kind, default=default, about=about, **more)


def strings(long: str, short: str = "", *, about: str, kind: Kind = pflags.STRINGS, **more: Any) -> Decorator:
    return flag(long, short, kind=kind, default=(), about=about, **more)


def _global_flags() -> tuple[Flag, ...]:
    def make(long: str, kind: Kind, default: Any, about: str, env: str | None = None) -> Flag:
        return Flag([f"--{long}", long.replace("-", "_")], kind=kind, default=default, help=about, envvar=env)

    return (
        make("debug", pflags.BOOL, False, "say more, and show where errors come from", "HELM_DEBUG"),
        make("home", pflags.STRING, lambda: default_home(os.environ), "directory of Helm's own files; over $HELM_HOME"),
        make("host", pflags.STRING, "", "address of Tiller, host:port; over $HELM_HOST", "HELM_HOST"),
        make("kube-context", pflags.STRING, "", "context of the kubeconfig file to use"),
        make("kubeconfig", pflags.STRING, "", "path of the kubeconfig file; over $KUBECONFIG", "KUBECONFIG"),
        make("tiller-connection-timeout", pflags.INT, 300, "seconds to wait for a connection to Tiller"),
        make("tiller-namespace", pflags.STRING, "kube-system", "namespace of Tiller", "TILLER_NAMESPACE"),
    )


GLOBAL_FLAGS = _global_flags()
_HELP = Flag(["--help", "-h", "help_"], kind=pflags.BOOL, default=False, help="show this page")


def _settings(values: Mapping[str, Any]) -> Settings:
    return Settings(
        home=Home(Path(values["home"])),
        host=values["host"],
        kube_context=values["kube-context"],
        kubeconfig=values["kubeconfig"],
        tiller_namespace=values["tiller-namespace"],
        connection_timeout=values["tiller-connection-timeout"],
        debug=values["debug"],
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a table of commands: ``module`` is imported when the command is used.

    The command is the module's ``command``, or what stands after a colon.
    """

    module: str
    about: str
    aliases: tuple[str, ...] = ()
    suggest_for: tuple[str, ...] = ()


class Command(click.Command):
    """One command; ``usage`` is what follows its name, ``table`` its sub-commands."""

    def __init__(
        self, name: str, *, usage: str = "[flags]", table: Mapping[str, Entry] | None = None, **attributes: Any
    ) -> None:
        super().__init__(name, add_help_option=False, **attributes)
        self.usage = usage
        self.table = table or {}

    @property
    def flags(self) -> tuple[Flag, ...]:
        own = [param for param in self.params if isinstance(param, Flag)]
        return (*sorted([*own, _HELP], key=lambda flag: flag.long),)

    def entry(self, word: str) -> tuple[str, Entry] | None:
        """The sub-command of that name or alias."""
        for name, entry in self.table.items():
            if word == name or word in entry.aliases:
                return name, entry
        return None

    def find(self, words: Sequence[str], path: tuple[str, ...]) -> tuple[Command, tuple[str, ...], list[str]]:
        """The command that ``words`` call, its full name, and the words left for it."""
        place = pflags.first_word((*self.flags, *GLOBAL_FLAGS), words) if self.table else None
        found = None if place is None else self.entry(words[place])
        if found is None or place is None:
            return self, path, list(words)
        name, entry = found
        module, _, attribute = entry.module.partition(":")
        sub: Command = getattr(import_module(module), attribute or "command")
        return sub.find([*words[:place], *words[place + 1 :]], (*path, name))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put flags, arguments and settings where the function finds them. Raises UsageError."""
        flags = (*self.flags, *GLOBAL_FLAGS)
        parsed = pflags.parse(flags, args)
        values = {flag.long: _value(flag, parsed.values) for flag in flags}
        if values["help"]:
            click.echo(self.get_help(ctx))
            ctx.exit()
        ctx.obj = _settings(values)
        ctx.params = {str(flag.name): values[flag.long] for flag in flags if flag in self.params}
        for flag in flags:
            if flag.note and flag.long in parsed.values:
                print(f"Flag --{flag.long} has been deprecated, {flag.note}", file=sys.stderr)
        ctx.args = list(parsed.args)
        return ctx.args

    def invoke(self, ctx: click.Context) -> Any:
        assert self.callback is not None, f"{self.name} has no function"
        return ctx.invoke(self.callback, ctx.obj, tuple(ctx.args), **ctx.params)

    def get_help(self, ctx: click.Context) -> str:
        return "\n".join(self._page(ctx.command_path))

    def _page(self, path: str) -> Iterator[str]:
        yield from (self.help or "").strip().splitlines()
        yield from ("", "Usage:")
        if self.callback is not None and self.usage:
            yield f"  {path} {self.usage}"
        if self.table:
            yield f"  {path} [command]"
            yield from ("", "Available Commands:")
            width = max(map(len, self.table))
            yield from (f"  {name:<{width}}  {entry.about}" for name, entry in sorted(self.table.items()))
        yield from ("", "Flags:")
        yield from _flag_lines(self.flags if path != "helm" else sorted((*GLOBAL_FLAGS, _HELP), key=lambda f: f.long))
        if path != "helm":
            yield from ("", "Global Flags:")
            yield from _flag_lines(GLOBAL_FLAGS)
        if self.table:
            yield from ("", f'Use "{path} [command] --help" for more about a command.')


def _value(flag: Flag, given: Mapping[str, Any]) -> Any:
    if flag.long in given:
        return given[flag.long]
    found = flag.from_environment(os.environ)
    return flag.start if found is None else found


def _flag_lines(flags: Sequence[Flag]) -> list[str]:
    shown = [flag for flag in flags if not flag.hidden]
    names = [_flag_name(flag) for flag in shown]
    width = max(map(len, names), default=0)
    return [
        f"  {name:<{width}}   {flag.help or ''}{_default_note(flag)}" for name, flag in zip(names, shown, strict=True)
    ]


def _flag_name(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    return f"{short}--{flag.long} {flag.kind.name}".rstrip()


def _default_note(flag: Flag) -> str:
    if not flag.start:
        return ""
    if isinstance(flag.start, str):
        return f' (default "{flag.start}")'
    return f" (default {str(flag.start).lower()})"


def command(
    name: str, *, usage: str = "[flags]", about: str, table: Mapping[str, Entry] | None = None
) -> Callable[[Function], Command]:
    """Make a command of a function; ``about`` is the text of its help page."""

    def decorate(function: Function) -> Command:
        return click.command(name, cls=Command, usage=usage, table=table, help=about)(function)

    return decorate


def nothing(args: Sequence[str]) -> None:
    """Demand no arguments. Raises UsageError in Helm's words."""
    if args:
        raise UsageError("This command does not accept arguments")


def exactly(args: Sequence[str], *names: str) -> None:
    """Demand one argument per name. Raises UsageError in Helm's words."""
    if len(args) != len(names):
        plural = "" if len(names) == 1 else "s"
        raise UsageError(f"This command needs {len(names)} argument{plural}: {', '.join(names)}")
