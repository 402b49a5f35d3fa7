"""Plugins: programs that add commands to helm and ways to fetch charts.

A plugin is a directory with a plugin.yaml. Format, places and environment are Helm 2.17's, so its
plugins run unchanged.
"""

from __future__ import annotations

import os

from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.gocompat.variables import expand
from helmpy.record import field, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from helmpy.home import Settings

FILENAME = "plugin.yaml"
HOOKS = ("install", "update", "delete")


class PluginError(HelmError):
    """A plugin is broken, or did not do what it was asked for."""

    def __init__(self, message: str, exit_code: int = 1, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code


@record(frozen=True, slots=True)
class Downloader:
    """A program of a plugin that fetches what URLs of some schemes name."""

    command: str
    protocols: tuple[str, ...]


@record(frozen=True, slots=True)
class Plugin:
    """A plugin.yaml, and the directory that it stands in.

    ``platform_commands`` are ``(os, arch, command)``: the first that fits goes before ``command``; an empty
    arch fits all. ``hooks`` maps ``install``, ``update`` and ``delete`` to lines for a shell.
    """

    directory: str
    name: str
    version: str = ""
    usage: str = ""
    description: str = ""
    command: str = ""
    ignore_flags: bool = False
    use_tunnel: bool = False
    hooks: Mapping[str, str] = field(default_factory=dict)
    downloaders: tuple[Downloader, ...] = ()
    platform_commands: tuple[tuple[str, str, str], ...] = ()

    def command_line(self, args: Iterable[str], environment: Mapping[str, str], system: str, arch: str) -> list[str]:
        """Return the words to run. Raises PluginError where the plugin has no command.

        The command is no shell's: variables are put in, then it is cut at spaces.
        """
        command = next(
            (line for name, machine, line in self.platform_commands if name == system and machine in ("", arch)),
            self.command,
        )
        words = expand(command, environment).split(" ")  # two spaces have an empty word between them
        if not words[0]:
            raise PluginError("exec: no command", hint=f'plugin "{self.name}" has no command for this machine')
        return [*words, *(() if self.ignore_flags else args)]


def parse(text: str | bytes, directory: str) -> Plugin:
    """Return the plugin that a plugin.yaml describes. Raises PluginError in Helm 2.17's words; the hint names the file."""
    hint = f"in {directory}/{FILENAME}"
    try:
        value, doubled = yaml.load_noting(text, ints=True)
    except HelmError as error:
        raise PluginError(_complaint(text, None) or str(error), hint=hint) from error
    if doubled or not _is_usual(value):
        wrong = _complaint(text, value)
        if wrong:
            raise PluginError(wrong, hint=hint)
    if value is None:
        raise PluginError("this is no plugin: it has no name", hint=hint)
    name = _text(value, "name")
    if not name or "/" in name or name.startswith("-"):
        raise PluginError("a plugin needs a name that can be a command", hint=hint)
    return Plugin(
        directory,
        name,
        _text(value, "version"),
        _text(value, "usage"),
        _text(value, "description"),
        _text(value, "command"),
        value.get("ignoreFlags") is True,
        value.get("useTunnel") is True,
        {key: _text(value["hooks"], key) for key in value.get("hooks") or ()},
        tuple(_downloader(item) for item in value.get("downloaders") or () if item is not None),
        tuple(_platform(item, hint) for item in _list(value, "platformCommand", hint)),
    )


def _is_usual(value: Any) -> bool:
    """Whether nothing in the file can be wrong: keys that are known, each with what it should have."""
    return (
        isinstance(value, dict)
        and all(isinstance(found, _USUAL.get(key, ())) for key, found in value.items())
        and all(isinstance(line, str) for line in value.get("hooks", {}).values())
        and all(map(_is_usual_downloader, value.get("downloaders", ())))
    )


def _is_usual_downloader(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and item.keys() == {"command", "protocols"}
        and isinstance(item["command"], str)
        and isinstance(item["protocols"], list)
        and all(isinstance(scheme, str) for scheme in item["protocols"])
    )


_USUAL: dict[str, type] = {
    **dict.fromkeys(("name", "version", "usage", "description", "command"), str),
    "ignoreFlags": bool,
    "useTunnel": bool,
    "hooks": dict,
    "downloaders": list,
    "platformCommand": list,
}


def _complaint(text: str | bytes, value: Any) -> str:
    """Return what Helm 2.17 says is wrong with a plugin.yaml, which it decodes strictly and then by way of JSON."""
    from helmpy.gocompat import shape
    from helmpy.gocompat.json_fit import PREFIX, misfit
    from helmpy.gocompat.yaml_strict import complaint

    downloader = {"command": shape.text, "protocols": shape.list_of(shape.text)}
    shapes = {
        str: shape.text,
        bool: shape.boolean,
        dict: shape.map_of(shape.text, "plugin.Hooks"),
        list: shape.list_of(shape.struct("plugin.Downloaders", downloader)),
    }
    fields = {key: shapes[kind] for key, kind in _USUAL.items()}
    metadata = shape.struct("plugin.Metadata", {**fields, "platformCommand": shape.anything})
    wrong = complaint(text, metadata)
    if wrong:
        return wrong
    wrong = misfit(value, metadata)
    return f"{PREFIX}{wrong}" if wrong else ""


def _text(value: dict[str, Any], key: str) -> str:
    return yaml.text_of(value.get(key))


def _list(value: dict[str, Any], key: str, hint: str) -> list[dict[str, Any]]:
    found = value.get(key) or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise PluginError(f"{key} is no list of maps", hint=hint)
    return found


def _downloader(item: dict[str, Any]) -> Downloader:
    return Downloader(_text(item, "command"), tuple(map(yaml.text_of, item.get("protocols") or ())))


def _platform(item: dict[str, Any], hint: str) -> tuple[str, str, str]:
    if not item.get("os") or not item.get("command"):
        raise PluginError("a platformCommand needs os and command", hint=hint)
    return _text(item, "os"), _text(item, "arch"), _text(item, "command")


def directories(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """Return where plugins are looked for: ``$HELM_PLUGIN``, a list of paths, or the home's."""
    given = environment.get("HELM_PLUGIN", "")
    return [path for path in given.split(os.pathsep) if path] or [str(settings.home.plugins)]


def load(directory: str) -> Plugin:
    """Return the plugin of a directory. Raises PluginError."""
    place = f"{directory}/{FILENAME}"
    try:
        with open(place, "rb") as file:  # noqa: PTH123 - pathlib takes 4 ms to import
            return parse(file.read(), directory)
    except OSError as error:
        raise PluginError(f"open {place}: {(error.strerror or str(error)).lower()}") from error


def load_all(places: Iterable[str], trouble: Callable[[str], None]) -> list[Plugin]:
    """Return all plugins below some directories, by their directories' names.

    ``trouble`` hears of those that are broken or called like one before; the others still work.
    """
    found: dict[str, Plugin] = {}
    for place in places:
        for directory in _subdirectories(place):
            try:
                plugin = load(directory)
            except PluginError as error:
                trouble(f"WARNING: plugin left out: {_named(error, directory)}")
                continue
            if plugin.name in found:
                trouble(f'A plugin named "{plugin.name}" already exists. Skipping.')
                continue
            found[plugin.name] = plugin
    return list(found.values())


def _named(error: PluginError, directory: str) -> str:
    """An error's text with the file in it, on one line."""
    place = f"{directory}/{FILENAME}"
    text = error.message.replace("\n  ", " ")
    return text if place in text else f"{place}: {text}"


def _subdirectories(place: str) -> Iterator[str]:
    try:
        with os.scandir(place) as entries:
            names = sorted(entry.name for entry in entries if os.path.isfile(f"{entry.path}/{FILENAME}"))  # noqa: PTH113
    except OSError:
        return
    for name in names:
        yield f"{place}/{name}"


def variables(plugin: Plugin, settings: Settings, *, helm: str, places: str, tiller: str = "") -> dict[str, str]:
    """Return what a plugin finds in its environment.

    ``helm`` is the path of the program, ``places`` the list of paths where plugins are looked for, ``tiller`` host:port.
    """
    home = settings.home
    found = {
        "HELM_PLUGIN_NAME": plugin.name,
        "HELM_PLUGIN_DIR": plugin.directory,
        "HELM_BIN": helm,
        "HELM_PLUGIN": places,
        "HELM_HOME": str(home),
        "HELM_PATH_REPOSITORY": str(home.repository),
        "HELM_PATH_REPOSITORY_FILE": str(home.repository_file),
        "HELM_PATH_CACHE": str(home.cache),
        "HELM_PATH_LOCAL_REPOSITORY": str(home.local_repository),
        "HELM_PATH_STARTER": str(home.starters),
        "TILLER_HOST": tiller or settings.host,
        "TILLER_NAMESPACE": settings.tiller_namespace,
    }
    if settings.debug:
        found["HELM_DEBUG"] = "1"
    return found
