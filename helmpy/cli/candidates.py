"""What an argument may be, for completion: names of releases, charts, repositories and plugins.

Nothing that goes wrong here is shown: a shell that completes has no place for errors.
"""

from __future__ import annotations

from helmpy.cli.root import COMMANDS
from helmpy.errors import HelmError
from helmpy.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from helmpy.home import Settings

    Source = Callable[[Settings, str], Iterable[str]]

SHELLS = ("bash", "zsh", "fish")
PATIENCE = 2  # seconds for Tiller to answer: nobody waits longer for a completion


def names(path: Sequence[str], given: Sequence[str], begun: str, settings: Settings) -> list[str]:
    """Return what may follow ``given`` arguments of the command called ``path`` and begins with ``begun``."""
    sources = _SOURCES.get(" ".join(path[1:]), ())
    if not sources:
        return []
    source = sources[min(len(given), len(sources) - 1)]
    if source is None:
        return []
    try:
        return sorted({name for name in source(settings, begun) if name.startswith(begun)} - set(given))
    except (HelmError, OSError):
        return []


def _releases(settings: Settings, begun: str) -> Iterable[str]:
    from helmpy.cli.connection import connected
    from helmpy.cli.options import TlsFlags
    from helmpy.release.requests import ListRequest

    del begun
    impatient = replace(settings, connection_timeout=PATIENCE, debug=False)
    with connected(impatient, TlsFlags()) as tiller:
        yield from (release.name for release in tiller.list(ListRequest(), brief=True).releases)


def _charts(settings: Settings, begun: str) -> Iterable[str]:
    from helmpy.repo import catalogue

    for name in _repositories(settings, begun):
        try:
            rows = catalogue.load(settings.home.cache_index(name)).rows
        except (HelmError, OSError):
            continue
        yield from (f"{name}/{chart}" for chart in rows)


def _repositories(settings: Settings, begun: str) -> Iterable[str]:
    from helmpy.repo import repositories

    del begun
    return repositories.names(repositories.load(settings.home.repository_file).entries)


def _plugins(settings: Settings, begun: str) -> Iterable[str]:
    from helmpy import plugin

    del begun
    return (one.name for one in plugin.load_all([str(settings.home.plugins)], lambda _text: None))


def _registries(settings: Settings, begun: str) -> Iterable[str]:
    from helmpy.repo import credentials

    del begun
    listed = credentials.load(str(settings.home.registry_config)).get("auths")
    return map(credentials.registry, listed) if isinstance(listed, dict) else ()


def _commands(_settings: Settings, _begun: str) -> Iterable[str]:
    return (name for name, entry in COMMANDS.items() if not entry.hidden)


def _shells(_settings: Settings, _begun: str) -> Iterable[str]:
    return SHELLS


# By command: what its first, second … argument may be; the last stands for all that follow.
_SOURCES: dict[str, tuple[Source | None, ...]] = {
    "": (_plugins, None),
    "completion": (_shells, None),
    "delete": (_releases,),
    "fetch": (_charts,),
    "get": (_releases, None),
    "get hooks": (_releases, None),
    "get manifest": (_releases, None),
    "get notes": (_releases, None),
    "get values": (_releases, None),
    "help": (_commands, None),
    "history": (_releases, None),
    "inspect": (_charts, None),
    "inspect chart": (_charts, None),
    "inspect readme": (_charts, None),
    "inspect values": (_charts, None),
    "install": (_charts, None),
    "plugin remove": (_plugins,),
    "plugin update": (_plugins,),
    "registry login": (_registries, None),
    "registry logout": (_registries, None),
    "repo remove": (_repositories,),
    "repo update": (_repositories, None),
    "rollback": (_releases, None),
    "status": (_releases, None),
    "test": (_releases, None),
    "upgrade": (_releases, _charts, None),
}
