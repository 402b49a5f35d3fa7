"""``helm plugin install``."""

from __future__ import annotations

from functools import partial

from helmpy import plugin, plugin_source
from helmpy.cli.command import command as make
from helmpy.cli.command import exactly, string
from helmpy.cli.output import debug, say, waiting
from helmpy.cli.plugins import run_hook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings

ABOUT = """\
Install a plugin from a directory, from the URL of an archive, or from a git repository.

A directory stays where it is, a link to it is made. --version chooses a tag of a repository.
"""


@make("install", usage="[options] <path|url>... [flags]", about=ABOUT)
@string("version", about="tag of the repository, or a range of versions")
def command(settings: Settings, args: Sequence[str], *, version: str) -> None:
    exactly(args, "plugin")
    with waiting(f"Fetching {args[0]}"):
        directory = plugin_source.install(settings.home, args[0], version, _fetch, partial(debug, settings))
    debug(settings, f"loading plugin from {directory}")
    installed = plugin.load(directory)
    run_hook(settings, installed, "install")
    say(f"Installed plugin: {installed.name}")


def _fetch(url: str) -> bytes:
    from helmpy.repo.getter import Access, Getters

    return Getters().get(url, Access())
