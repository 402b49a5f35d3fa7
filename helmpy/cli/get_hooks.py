"""``helm get hooks``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.get import revision_flag, stored
from helmpy.cli.output import say
from helmpy.cli.status import release_name
from helmpy.home import Settings
from helmpy.release.error import ReleaseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("hooks", usage="[flags] RELEASE_NAME", about="Show the hooks of a release.")
@revision_flag
@options.tls
def command(settings: Settings, args: Sequence[str], *, revision: int, tls: options.TlsFlags) -> None:
    try:
        release = stored(settings, args, revision, tls)
    except ReleaseError:
        say(release_name(args))  # as Helm 2.17 does
        raise
    for hook in release.hooks:
        say(f"---\n# {hook.name}\n{hook.manifest}")
