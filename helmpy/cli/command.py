"""A command of the command line: its flags, its sub-commands, its function.

A command module defines ``command``, made by the decorator of that name. Its function takes, by
position, the Settings of the run and the words that are no flags, and by keyword its own flags.

What is declared here is read by three: ``invocation`` runs it, ``page`` prints its help page, and
``click_tree`` makes click's commands of it, for completion, documents and whoever wants the tree.
Click is not needed to run a command: importing it takes 27 ms, as long as Helm takes for a chart.
"""

from __future__ import annotations

import os
import sys

from helmpy.cli import pflags
from helmpy.cli.pflags import UsageError
from helmpy.home import Home, Settings, default_home
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from helmpy.cli.pflags import Kind

    Function = Callable[..., Any]
    Decorator = Callable[[Function], Function]


class Flag:
    """A flag: ``--long``, perhaps ``-s``. ``env`` is looked at where the flag is not given.

    ``name`` is the keyword that the command's function knows it by; ``note`` is said when a
    deprecated flag is used, and hides it.
    """

    __slots__ = ("_default", "about", "env", "kind", "long", "name", "note", "short")

    def __init__(
        self,
        long: str,
        short: str = "",
        *,
        kind: Kind,
        default: Any,
        about: str,
        env: str | None = None,
        name: str | None = None,
        note: str = "",
    ) -> None:
        self.long = long
        self.short = short
        self.kind = kind
        self._default = default
        self.about = about
        self.env = env
        self.name = name or long.replace("-", "_")
        self.note = note

    @property
    def start(self) -> Any:
        """The value of a flag that was not given."""
        return self._default() if callable(self._default) else self._default

    def from_environment(self, environ: Mapping[str, str]) -> Any:
        """The value the environment gives; None where it gives none or nonsense, as in Helm."""
        text = environ.get(self.env, "") if self.env else ""
        if not text:
            return None
        try:
            return self.kind.parse(text)
        except ValueError:
            return None


_DECLARED = "__flags__"  # where a function's flags wait for its command


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
    """Declare a flag on a command's function."""
    made = Flag(long, short, kind=kind, default=default, about=about, env=env, name=name, note=note)

    def declare(function: Function) -> Function:
        setattr(function, _DECLARED, (made, *getattr(function, _DECLARED, ())))
        return function

    return declare


def gathers(function: Function) -> Decorator:
    """Let a wrapper of a command's function carry the flags that the function declared."""

    def carry(wrapper: Function) -> Function:
        setattr(wrapper, _DECLARED, getattr(function, _DECLARED, ()))
        return wrapper

    return carry


def boolean(long: str, short: str = "", *, about: str, default: bool = False, **more: Any) -> Decorator:
    return flag(long, short, kind=pflags.BOOL, default=default, about=about, **more)


def string(long: str, short: str = "", *, about: str, default: str | Callable[[], str] = "", **more: Any) -> Decorator:
    return flag(long, short, kind=pflags.STRING, default=default, about=about, **more)


def integer(
    long: str, short: str = "", *, about: str, default: int = 0, kind: Kind = pflags.INT, **more: Any
) -> Decorator:
    return flag(long, short, kind=kind, default=default, about=about, **more)


def strings(long: str, short: str = "", *, about: str, kind: Kind = pflags.STRINGS, **more: Any) -> Decorator:
    return flag(long, short, kind=kind, default=(), about=about, **more)


GLOBAL_FLAGS = (
    Flag(
        "debug",
        kind=pflags.BOOL,
        default=False,
        about="say more, and show where errors come from",
        env="HELM_DEBUG",
    ),
    Flag(
        "home",
        kind=pflags.STRING,
        default=lambda: default_home(os.environ),
        about="directory of Helm's own files; over $HELM_HOME",
    ),
    Flag(
        "host",
        kind=pflags.STRING,
        default="",
        about="address of Tiller, host:port; over $HELM_HOST",
        env="HELM_HOST",
    ),
    Flag("kube-context", kind=pflags.STRING, default="", about="context of the kubeconfig file to use"),
    Flag(
        "kubeconfig",
        kind=pflags.STRING,
        default="",
        about="path of the kubeconfig file; over $KUBECONFIG",
        env="KUBECONFIG",
    ),
    Flag(
        "tiller-connection-timeout",
        kind=pflags.INT,
        default=300,
        about="seconds to wait for a connection to Tiller",
    ),
    Flag(
        "tiller-namespace",
        kind=pflags.STRING,
        default="kube-system",
        about="namespace of Tiller",
        env="TILLER_NAMESPACE",
    ),
)
HELP = Flag("help", "h", kind=pflags.BOOL, default=False, about="show this page", name="help_")


def value_of(flag: Flag, given: Mapping[str, Any]) -> Any:
    """A flag's value: of the command line, else of the environment, else its default."""
    if flag.long in given:
        return given[flag.long]
    found = flag.from_environment(os.environ)
    return flag.start if found is None else found


def settings_from(values: Mapping[str, Any]) -> Settings:
    """The settings that the global flags' values mean."""
    return Settings(
        home=Home(_expanded(values["home"])),
        host=values["host"],
        kube_context=values["kube-context"],
        kubeconfig=values["kubeconfig"],
        tiller_namespace=values["tiller-namespace"],
        connection_timeout=values["tiller-connection-timeout"],
        debug=values["debug"],
    )


def _expanded(home: str) -> str:
    """A path in which variables may stand, as a crontab or a unit of systemd leaves them."""
    if "$" not in home:
        return home
    from helmpy.gocompat.variables import expand

    return expand(home, os.environ)


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings that global flags lead to; ``given`` holds those of the command line by their long names."""
    return settings_from({flag.long: value_of(flag, given) for flag in GLOBAL_FLAGS})


@record(frozen=True, slots=True)
class Entry:
    """A row of a table of commands: ``module`` is imported when the command is used.

    The command is the module's ``command``, or what stands after a colon.
    """

    module: str
    about: str
    aliases: tuple[str, ...] = ()
    suggest_for: tuple[str, ...] = ()
    hidden: bool = False

    def load(self) -> Command:
        module, _, attribute = self.module.partition(":")
        __import__(module)
        found: Command = getattr(sys.modules[module], attribute or "command")
        found.aliases = self.aliases
        return found


class Command:
    """One command; ``usage`` is what follows its name, ``table`` its sub-commands.

    A command without a function only shows its page. ``unknown`` makes the text of the error for a
    word that is none of its sub-commands.
    """

    def __init__(
        self,
        name: str,
        *,
        about: str,
        function: Function | None = None,
        usage: str = "[flags]",
        table: Mapping[str, Entry] | None = None,
        unknown: Callable[[str, Settings], str] | None = None,
    ) -> None:
        self.name = name
        self.about = about
        self.usage = usage
        self.function = function
        self.table: Mapping[str, Entry] = table or {}
        self.own: tuple[Flag, ...] = getattr(function, _DECLARED, ())
        self.aliases: tuple[str, ...] = ()  # of the row where it was found
        self.unknown = unknown

    @property
    def flags(self) -> tuple[Flag, ...]:
        return (*sorted((*self.own, HELP), key=lambda flag: flag.long),)

    def entry(self, word: str) -> tuple[str, Entry] | None:
        """The sub-command of that name or alias."""
        for name, entry in self.table.items():
            if word == name or word in entry.aliases:
                return name, entry
        return None

    def find(self, words: Sequence[str], path: tuple[str, ...]) -> tuple[Command, tuple[str, ...], list[str]]:
        """The command that ``words`` call, its full name, and the words left for it."""
        place = pflags.first_word((*self.own, HELP, *GLOBAL_FLAGS), words) if self.table else None
        found = None if place is None else self.entry(words[place])
        if found is None or place is None:
            return self, path, list(words)
        name, entry = found
        return entry.load().find([*words[:place], *words[place + 1 :]], (*path, name))


def command(
    name: str, *, usage: str = "[flags]", about: str, table: Mapping[str, Entry] | None = None
) -> Callable[[Function], Command]:
    """Make a command of a function; ``about`` is the text of its help page."""

    def decorate(function: Function) -> Command:
        return Command(name, about=about, function=function, usage=usage, table=table)

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
