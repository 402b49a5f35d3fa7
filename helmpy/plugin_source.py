"""Where plugins are installed from: a directory, an archive behind a URL, a repository of a version control system.

Source of the rules: Helm 2.17. What is fetched goes to ``cache/plugins``; a link in ``plugins`` is what installs it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from helmpy.errors import HelmError
from helmpy.gocompat import semver
from helmpy.plugin import FILENAME, PluginError, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helmpy.home import Home

_ARCHIVES = (".tgz", ".tar.gz")
_VCS_SCHEMES = ("git", "ssh", "git+ssh", "file", "http", "https")
_UNTOLD = ("http://", "https://", "file://")  # URLs that do not say what is behind them
MAX_BYTES = 200 * 2**20  # of what an archive holds


def _nobody(_text: str) -> None:
    """Hears what nobody wants to."""


def install(
    home: Home, source: str, version: str, fetch: Callable[[str], bytes], tell: Callable[[str], None] = _nobody
) -> str:
    """Put a plugin where plugins are and return its directory there. Raises PluginError.

    ``source`` is a directory's path, the URL of an archive or that of a repository; ``fetch`` gets what a
    URL names. ``version`` chooses a tag of a repository: its name, or the newest within a constraint.
    ``tell`` hears of each step.
    """
    if not source:
        raise PluginError("Cannot detect VCS", hint="name a directory, an archive's URL or a repository")
    is_local = os.path.exists(source)  # noqa: PTH110 - pathlib raises where it may not look
    is_archive = source.startswith(("http://", "https://")) and source.endswith(_ARCHIVES)
    if not (is_local or is_archive or _is_repository(source)):
        raise PluginError("Cannot detect VCS", hint=f"{source} is no directory, no archive and no repository")
    # A link stays one, and names the plugin's directory.
    whole = os.path.abspath(source) if is_local else source.rstrip("/")  # noqa: PTH100
    target = _free(home, _archive_name(source) if is_archive else whole.rsplit("/", 1)[-1])
    if is_local:
        place = whole
    else:
        place = _unpacked(home, source, fetch) if is_archive else _cloned(home, source, version, tell)
    if not Path(place, FILENAME).is_file():
        raise PluginError(f"plugin metadata ({FILENAME}) missing")
    load(place)
    tell(f"symlinking {place} to {target}")
    return _linked(place, target)


def _archive_name(source: str) -> str:
    """The file's name without its version: ``env-0.1.0.tgz`` is ``env``, ``env-1.tgz`` and ``env-v1.0.tgz`` have none."""
    name = source.rsplit("/", 1)[-1]
    for suffix in _ARCHIVES:
        name = name.removesuffix(suffix)
    parts = name.split("-")
    for at in range(len(parts) - 1, 0, -1):
        number, dot, _ = "-".join(parts[at:]).partition(".")
        if dot and number.isdigit():
            return "-".join(parts[:at])
    return name


def _free(home: Home, name: str) -> Path:
    """Where the link to a plugin goes, which nothing has taken yet. Raises PluginError."""
    if not home.plugins.exists():
        raise PluginError('plugin home "$HELM_HOME/plugins" does not exist', hint="helm init --client-only makes it")
    target = home.plugins / name
    if target.exists():
        raise PluginError("plugin already exists")
    return target


def _linked(place: str, target: Path) -> str:
    try:
        if target.is_symlink():
            target.unlink()  # what it pointed to is gone
        target.symlink_to(place)
    except OSError as error:
        raise PluginError(f"symlink {place} {target}: {(error.strerror or str(error)).lower()}") from error
    return str(target)


def _key(source: str) -> str:
    """The name that something fetched from ``source`` has in the cache."""
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in source.replace("://", "-"))


# Archives


def _unpacked(home: Home, source: str, fetch: Callable[[str], bytes]) -> str:
    from helmpy.chart.archive import gunzip, members

    place = home.plugin_cache / _key(source)
    beside = Path(f"{place}.{os.getpid()}.part")
    try:
        files = list(members(gunzip(fetch(source), MAX_BYTES)))
        for name, data, mode in files:
            path = beside / _inside(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(mode & 0o755 | 0o600)
        shutil.rmtree(place, ignore_errors=True)
        beside.rename(place)
    except PluginError:
        raise
    except HelmError as error:
        text = str(error)  # worded for charts, which archives are else
        start = "the archive " if text.startswith("chart ") else ""
        raise PluginError(start + text.removeprefix("chart ")) from error
    except OSError as error:
        raise PluginError(f"{error.filename or place}: {(error.strerror or str(error)).lower()}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return str(place)


def _inside(name: str) -> str:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith("/") or ":" in name or ".." in parts or not parts:
        raise PluginError(f"path '{name}' of the archive is outside of the plugin's directory")
    return "/".join(parts)


# Repositories


def _is_repository(source: str) -> bool:
    scheme, found, _ = source.partition("://")
    return (bool(found) and scheme in _VCS_SCHEMES) or (source.startswith("git@") and ":" in source)


def _cloned(home: Home, source: str, version: str, tell: Callable[[str], None]) -> str:
    place = home.plugin_cache / _key(source)
    if place.is_dir():
        tell(f"updating {source}")
        _git(place, "fetch", "--quiet", "--tags", "origin")
    else:
        tell(f"cloning {source} to {place}")
        place.parent.mkdir(parents=True, exist_ok=True)
        _clone(source, place)
    if version:
        wanted = _reference(place, version, source)
        tell(f'setting version to "{version}"')
        _git(place, "checkout", "--quiet", wanted)
    else:
        newest = _git(place, "rev-parse", "--abbrev-ref", "origin/HEAD").strip()
        _git(place, "checkout", "--quiet", "-B", newest.removeprefix("origin/"), "--track", newest)
    return str(place)


def _clone(source: str, place: Path) -> None:
    """Raise PluginError in the words of Helm 2.17, which asks URLs that may be anything what they are."""
    done = _run_git(place.parent, "clone", "--", source, str(place))
    if not done.returncode:
        return
    if source.startswith(_UNTOLD) and not source.endswith(".git"):
        raise PluginError("Cannot detect VCS", hint=f"git clone: {_worst(done)}")
    raise PluginError(f"Unable to get repository: {done.stderr}: exit status {done.returncode}")


def _reference(place: Path, wanted: str, source: str) -> str:
    """The tag, branch or commit that is called so, else the newest tag within the constraint."""
    if not wanted.startswith("-") and any(_is_reference(place, name) for name in (wanted, f"origin/{wanted}")):
        return wanted
    versions = []
    for tag in _git(place, "tag", "--list").split():
        try:
            versions.append((semver.Version.parse(tag, 2), tag))
        except HelmError:
            continue
    try:
        constraint = semver.Constraint(wanted, 2)
    except HelmError as error:
        raise PluginError(str(error), hint=f"{source} has no tag, branch or commit of that name") from error
    fitting = [(version.key(), tag) for version, tag in versions if constraint.check(version)]
    if not fitting:
        raise PluginError(f'requested version "{wanted}" does not exist for plugin "{source}"')
    return max(fitting)[1]


def _is_reference(place: Path, name: str) -> bool:
    return not _run_git(place, "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}").returncode


def _git(place: Path, *words: str) -> str:
    done = _run_git(place, *words)
    if done.returncode:
        raise PluginError(f"git {words[0]}: {_worst(done)}")
    return done.stdout


def _run_git(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    git: Sequence[str] = ["git", "-C", str(place), *words]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, and -- before names
    except OSError as error:
        raise PluginError(f"git is needed for plugins from repositories: {error.strerror}") from error


def _worst(done: subprocess.CompletedProcess[str]) -> str:
    """The line of git's that says most."""
    told = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
    worst = next((line for line in told if line.startswith(("fatal: ", "error: "))), told[-1])
    return worst.partition(": ")[2] or worst


def update(directory: str, tell: Callable[[str], None] = _nobody) -> None:
    """Bring an installed plugin that came from a repository to its newest state. Raises PluginError.

    One of a version that was asked for stays as it is. ``tell`` hears where it comes from.
    """
    place = Path(directory).resolve()
    if not (place / ".git").exists():
        raise PluginError("cannot get information about plugin source")
    origin = _run_git(place, "config", "--get", "remote.origin.url")
    if origin.returncode:
        raise PluginError(f"Unable to retrieve local repo information: exit status {origin.returncode}")
    tell(f"updating {origin.stdout.strip()}")
    if _git(place, "status", "--porcelain").strip():
        raise PluginError("plugin repo was modified")
    _git(place, "fetch", "--quiet", "--tags", "origin")
    if _git(place, "branch", "--show-current").strip():
        _git(place, "reset", "--quiet", "--hard", "@{upstream}")
    load(str(place))


def remove(directory: str) -> None:
    """Uninstall: the link goes, what it points to stays in the cache. Raises PluginError."""
    place = Path(directory)
    try:
        if place.is_symlink():
            place.unlink()
        else:
            shutil.rmtree(place)
    except OSError as error:
        raise PluginError(f"remove {place}: {(error.strerror or str(error)).lower()}") from error
