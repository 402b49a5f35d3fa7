"""The client's directory as ``helm init`` leaves it: directories, repositories, local index."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from helmpy.cli.output import say, yaml_text
from helmpy.errors import HelmError
from helmpy.home import Home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


STABLE_URL = "https://charts.helm.sh/stable"
DEPRECATED_STABLE_URL = "https://kubernetes-charts.storage.googleapis.com"
LOCAL_URL = "http://127.0.0.1:8879/charts"


_NO_HOME = "--home or HELM_HOME names the directory"


class HomeError(HelmError):
    """The client's directory cannot be made."""


def ensure(
    home: Home,
    *,
    stable_url: str,
    local_url: str,
    skip_repos: bool = False,
    fetch: Callable[[str], None] | None = None,
) -> None:
    """Make what is missing and say so; what is there stays as it is.

    ``fetch`` gets the index of a URL as that of stable; where it raises nothing is noted. Raises HelmError.
    """
    if not str(home):
        say("Creating  ")
        raise HomeError("error initializing: Could not create : mkdir : no such file or directory", hint=_NO_HOME)
    for directory in home.directories:
        if os.path.isdir(directory):  # noqa: PTH112 - pathlib raises where it may not look
            continue
        if os.path.exists(directory):  # noqa: PTH110
            raise HomeError(f"error initializing: {directory} must be a directory")
        say(f"Creating {directory} ")
        try:
            directory.mkdir(parents=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            where = next((above for above in directory.parents if above.exists() and not above.is_dir()), directory)
            raise HomeError(f"error initializing: Could not create {directory}: mkdir {where}: {reason}") from error
    if home.repository_file.exists():
        return
    say(f"Creating {home.repository_file} ")
    repositories = []
    if not skip_repos:
        say(f"Adding stable repo with URL: {stable_url} ")
        if fetch is not None:
            fetch(stable_url)
        say(f"Adding local repo with URL: {local_url} ")
        repositories = [_repository(home, "stable", stable_url), _repository(home, "local", local_url)]
        _local_index(home)
    _write(home.repository_file, {"apiVersion": "v1", "generated": now(), "repositories": repositories})


def _repository(home: Home, name: str, url: str) -> dict[str, str]:
    empty = dict.fromkeys(("caFile", "certFile", "keyFile", "password", "username"), "")
    return {**empty, "cache": str(home.cache_index(name)), "name": name, "url": url}


def _local_index(home: Home) -> None:
    index = home.local_repository / "index.yaml"
    if not index.exists():
        _write(index, {"apiVersion": "v1", "entries": {}, "generated": now()})
    link = home.cache_index("local")
    if not link.is_symlink() and not link.exists():
        link.symlink_to(index)


def _write(path: Path, value: dict[str, Any]) -> None:
    from helmpy.repo import files

    files.write(path, yaml_text(value).encode())


def now() -> str:
    """The time of day in UTC, as RFC 3339 text."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
