"""``helm get manifest``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.get import revision_flag, stored
from helmpy.cli.output import say
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("manifest", usage="[flags] RELEASE_NAME", about="Show the objects of a release as they were rendered.")
@revision_flag
@options.tls
def command(settings: Settings, args: Sequence[str], *, revision: int, tls: options.TlsFlags) -> None:
    say(stored(settings, args, revision, tls).manifest)
