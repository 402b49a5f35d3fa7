"""``helm get notes``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.get import revision_flag
from helmpy.cli.output import say
from helmpy.cli.status import release_name
from helmpy.home import Settings
from helmpy.release.requests import StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("notes", usage="[flags] RELEASE_NAME", about="Show the notes of a release.")
@revision_flag
@options.tls
def command(settings: Settings, args: Sequence[str], *, revision: int, tls: options.TlsFlags) -> None:
    name = release_name(args)
    with connected(settings, tls) as tiller:
        info = tiller.status(StatusRequest(name, revision)).info
    if info and info.status and info.status.notes:
        say(f"NOTES:\n{info.status.notes}")
