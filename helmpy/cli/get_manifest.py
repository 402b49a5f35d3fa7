"""``helm get manifest``."""

from __future__ import annotations

from collections.abc import Sequence

from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.get import revision_flag, stored
from helmpy.cli.output import say
from helmpy.home import Settings


@make("manifest", usage="[flags] RELEASE_NAME", about="Show the objects of a release as they were rendered.")
@revision_flag
@options.tls
def command(settings: Settings, args: Sequence[str], *, revision: int, tls: options.TlsFlags) -> None:
    say(stored(settings, args, revision, tls).manifest)
