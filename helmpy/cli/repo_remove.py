"""``helm repo remove``."""

from __future__ import annotations

from functools import partial

from helmpy.cli.command import command as make
from helmpy.cli.home_files import now
from helmpy.cli.output import say
from helmpy.cli.pflags import UsageError
from helmpy.repo import catalogue, repositories
from helmpy.repo.repositories import NoSuchRepository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings
    from helmpy.repo.repositories import Repositories


@make("remove", usage="[flags] [NAME]", about="Forget chart repositories and what was fetched of them.")
def command(settings: Settings, args: Sequence[str]) -> None:
    if not args:
        raise UsageError("need at least one argument, name of chart repository")
    for name in args:
        repositories.change(settings.home.repository_file, partial(_without, name), generated=now())
        catalogue.forget(settings.home.cache_index(name))
        say(f'"{name}" has been removed from your repositories')


def _without(name: str, listed: Repositories) -> Repositories:
    if not listed.has(name):
        raise NoSuchRepository(f'no repo named "{name}" found')
    return listed.without(name)
