"""``helm home``: where Helm's own files are."""

from __future__ import annotations

from helmpy.cli.command import command as make
from helmpy.cli.output import say
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("home", about="Print the directory of Helm's own files; with --debug what is where in it.")
def command(settings: Settings, _args: Sequence[str]) -> None:
    home = settings.home
    say(str(home))
    if not settings.debug:
        return
    for label, path in (
        ("Repository", home.repository),
        ("RepositoryFile", home.repository_file),
        ("Cache", home.cache),
        ("Stable CacheIndex", home.cache_index("stable")),
        ("Starters", home.starters),
        ("LocalRepository", home.local_repository),
        ("Plugins", home.plugins),
    ):
        say(f"{label}: {path}")
