"""``helm repo add``."""

from __future__ import annotations

import sys

from helmpy.cli import repository
from helmpy.cli.command import boolean, exactly
from helmpy.cli.command import command as make
from helmpy.cli.home_files import now
from helmpy.cli.output import say
from helmpy.errors import HelmError
from helmpy.record import replace
from helmpy.repo import catalogue, downloader, repositories
from helmpy.repo.files import FileTrouble
from helmpy.repo.repositories import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.cli.repository import AccessFlags
    from helmpy.home import Settings
    from helmpy.repo.repositories import Repositories


class TakenName(HelmError):
    """A repository of that name is there already."""


@make(
    "add",
    usage="[flags] [NAME] [URL]",
    about="Add a chart repository. Its index is fetched first; one of that name is replaced.",
)
@boolean("no-update", about="refuse a name that is there already")
@repository.access
def command(settings: Settings, args: Sequence[str], *, access: AccessFlags, no_update: bool) -> None:
    exactly(args, "name for the chart repository", "the url of the chart repository")
    name, url = args
    if access.username and not access.password:
        access = replace(access, password=_password())
    add(settings, name, url, access, no_update=no_update)
    say(f'"{name}" has been added to your repositories')


def _password() -> str:
    """What a person types who gave a user's name only. Raises HelmError where nobody can be asked."""
    from getpass import getpass

    if not sys.stdin.isatty():
        say("Password:")
        raise HelmError("a user's name needs a password: give --password where nobody can be asked")
    return getpass("Password:", stream=sys.stdout)


def add(settings: Settings, name: str, url: str, access: AccessFlags, *, no_update: bool = False) -> None:
    """Fetch a repository's index and note the repository. Raises HelmError; nothing is changed then."""
    _check_name(name)
    if url.startswith(repository.OCI):
        raise HelmError(
            f"{url} is a registry and has no index: its charts are called {url.rstrip('/')}/CHART, without adding it"
        )
    path = settings.home.repository_file
    _refuse_taken(repositories.load(path), name, no_update=no_update)
    with repository.progress(f"Fetching the index of {name}:") as tell:
        data, index = downloader.fetch_index(repository.getters(settings), url, access.of(url), tell)
    cache = settings.home.cache_index(name)
    entry = Repository(
        name, url, str(cache), access.username, access.password, access.cert_file, access.key_file, access.ca_file
    )

    def edit(listed: Repositories) -> Repositories:
        _refuse_taken(listed, name, no_update=no_update)
        try:
            catalogue.store(cache, data, index)
        except FileTrouble as error:
            raise downloader.unusable(url, error) from error
        return listed.with_entry(entry)

    repositories.change(path, edit, generated=now())


def _check_name(name: str) -> None:
    if not name or "/" in name or name in (".", "..") or "\0" in name:
        raise HelmError(f"repository name {name!r} can't be used: it names a file, and charts as NAME/CHART")


def _refuse_taken(listed: Repositories, name: str, *, no_update: bool) -> None:
    if no_update and listed.has(name):
        raise TakenName(f"repository name ({name}) already exists, please specify a different name")
