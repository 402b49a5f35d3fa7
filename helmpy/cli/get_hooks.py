"""``helm get hooks``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.get import revision_flag, stored
from helmpy.cli.output import say
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("hooks", usage="[flags] RELEASE_NAME", about="Show the hooks of a release.")
@revision_flag
@options.tls
def command(settings: Settings, args: Sequence[str], *, revision: int, tls: options.TlsFlags) -> None:
    for hook in stored(settings, args, revision, tls).hooks:
        say(f"---\n# {hook.name}\n{hook.manifest}")
