"""``helm version``: the client's and Tiller's."""

from __future__ import annotations

from collections.abc import Sequence

from helmpy import __version__
from helmpy.cli import options
from helmpy.cli.command import boolean, string
from helmpy.cli.command import command as make
from helmpy.cli.output import say
from helmpy.home import Settings


@make("version", about="Print the versions of the client and of Tiller.")
@boolean("client", "c", about="only the client's")
@boolean("server", "s", about="only Tiller's")
@boolean("short", about="the bare number")
@string("template", about="Go template over .Client and .Server")
@options.tls
def command(
    _settings: Settings,
    _args: Sequence[str],
    *,
    client: bool,
    server: bool,
    short: bool,
    template: str,
    tls: options.TlsFlags,
) -> None:
    say(f'Client: &version.Version{{SemVer:"v{__version__}", GitCommit:"", GitTreeState:""}}')
