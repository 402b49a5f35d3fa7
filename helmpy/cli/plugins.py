"""Running plugins: as commands, as hooks of their installation, as downloaders."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

from helmpy import plugin
from helmpy.cli.output import debug, warn
from helmpy.errors import HelmError
from helmpy.plugin import PluginError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from helmpy.home import Settings
    from helmpy.plugin import Downloader, Plugin
    from helmpy.repo.getter import Access, Getter, Progress

_HANDED_ON = ("kubeconfig", "tiller-connection-timeout")
_ARCHES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i386": "386", "i686": "386"}


def installed(settings: Settings) -> list[Plugin]:
    """All plugins that work; of the others a line is said on stderr."""
    return plugin.load_all(plugin.directories(settings, os.environ), warn)


def places(settings: Settings) -> str:
    """The directories that plugins are looked for in, as ``$HELM_PLUGIN`` has them."""
    return os.pathsep.join(plugin.directories(settings, os.environ))


def _are_commands() -> bool:
    """Whether plugins are commands; what fetches URLs for others they do all the same."""
    return os.environ.get("HELM_NO_PLUGINS") != "1"


def named(settings: Settings) -> list[tuple[str, str]]:
    """Names of plugins and what they say they are for, by name; of broken ones nothing is said."""
    if not _are_commands():
        return []
    found = plugin.load_all(plugin.directories(settings, os.environ), lambda _text: None)
    return sorted((one.name, one.usage) for one in found)


def find(settings: Settings, name: str) -> Plugin | None:
    """The plugin that is a command of this name."""
    return next((one for one in installed(settings) if one.name == name), None) if _are_commands() else None


def each(settings: Settings, names: Iterable[str], act: Callable[[Plugin], None], verb: str) -> None:
    """Do something with plugins by their names; what fails stops none of the others. Raises PluginError."""
    debug(settings, f"loading installed plugins from {places(settings)}")
    known = {one.name: one for one in installed(settings)}
    failed = []
    for name in names:
        try:
            if name not in known:
                failed.append(f"Plugin: {name} not found")
            else:
                act(known[name])
        except HelmError as error:
            failed.append(f"Failed to {verb} plugin {name}, got error ({error})")
    if failed:
        raise PluginError("\n".join(failed))


def environment(settings: Settings, one: Plugin, *, tiller: str = "") -> dict[str, str]:
    helm = str(Path(sys.argv[0]).absolute()) if sys.argv[0] else "helm"
    return {**os.environ, **plugin.variables(one, settings, helm=helm, places=places(settings), tiller=tiller)}


def run(settings: Settings, one: Plugin, args: Sequence[str]) -> None:
    """Run a plugin as a command; its exit status is helm's. Raises PluginError."""
    if not one.use_tunnel:
        _run(settings, one, args, "")
        return
    from helmpy.cli.connection import address

    with address(settings) as tiller:
        _run(settings, one, args, tiller)


def _run(settings: Settings, one: Plugin, args: Sequence[str], tiller: str) -> None:
    variables = environment(settings, one, tiller=tiller)
    words = one.command_line(args, variables, platform.system().lower(), _arch())
    status = _call(words, variables)
    if status:
        raise PluginError(f'plugin "{one.name}" exited with error', status)


def _arch() -> str:
    machine = platform.machine()
    return _ARCHES.get(machine, machine)


def _call(words: Sequence[str], variables: dict[str, str]) -> int:
    sys.stdout.flush()
    try:
        status = subprocess.run(words, env=variables, check=False).returncode  # noqa: S603 - what the user installed
    except FileNotFoundError as error:
        text = f"fork/exec {words[0]}: no such file or directory"
        raise PluginError(
            text if "/" in words[0] else f'exec: "{words[0]}": executable file not found in $PATH'
        ) from error
    except OSError as error:
        raise PluginError(f"fork/exec {words[0]}: {(error.strerror or str(error)).lower()}") from error
    return status if status >= 0 else 128 - status


def run_hook(settings: Settings, one: Plugin, event: str) -> None:
    """Run a line of a plugin's hooks in a shell, where it has one for the event. Raises PluginError."""
    line = one.hooks.get(event, "")
    if line and settings.debug:
        from shutil import which

        debug(settings, f"running {event} hook: {which('sh')} -c {line}")
    if line and _call(["sh", "-c", line], environment(settings, one)):
        raise PluginError(f'plugin {event} hook for "{one.name}" exited with error')


def getter(settings: Settings, scheme: str) -> Getter | None:
    """The way in which a plugin fetches URLs of a scheme; None where none does."""
    for one in installed(settings):
        for downloader in one.downloaders:
            if scheme in downloader.protocols:
                return PluginGetter(settings, one, downloader)
    return None


class PluginGetter:
    """Runs ``DIRECTORY/COMMAND certFile keyFile caFile URL``, which writes what is there to its output."""

    def __init__(self, settings: Settings, one: Plugin, downloader: Downloader) -> None:
        self._settings = settings
        self._plugin = one
        self._command = downloader.command

    def get(self, url: str, access: Access, progress: Progress | None = None) -> bytes:
        del progress
        from helmpy.repo.getter import FetchError

        first, *more = self._command.split(" ")  # no shell's: quotes are what they are
        program = str(Path(self._plugin.directory, first))
        words = [program, *more, access.cert_file, access.key_file, access.ca_file, url]
        variables = environment(self._settings, self._plugin)
        try:
            done = subprocess.run(words, env=variables, stdout=subprocess.PIPE, check=False)  # noqa: S603 - see above
        except OSError as error:
            raise FetchError(f"fork/exec {program}: {(error.strerror or str(error)).lower()}") from error
        if done.returncode:
            raise FetchError(f'plugin "{self._command}" exited with error', hint=f"{self._plugin.name}: {url}")
        return done.stdout


def run_unknown(words: Sequence[str]) -> bool:
    """Run the plugin that a command line names, if it names one. Raises HelmError.

    Global flags are helm's wherever they stand. Everything else is the plugin's, and so are those of them that Helm 2
    does not keep from plugins: one that calls helm with its own words hands them on.
    """
    from helmpy.cli.command import GLOBAL_FLAGS, settings_of
    from helmpy.cli.pflags import first_word, split

    place = first_word(GLOBAL_FLAGS, words)
    if place is None:
        return False
    others = [*words[:place], *words[place + 1 :]]
    known, _ = split(GLOBAL_FLAGS, others)
    _, rest = split([flag for flag in GLOBAL_FLAGS if flag.long not in _HANDED_ON], others)
    settings = settings_of(known)
    found = find(settings, words[place])
    if found is None:
        return False
    run(settings, found, rest)
    return True
