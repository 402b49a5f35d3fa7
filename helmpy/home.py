"""Where the client keeps its things, and the settings of one run.

The layout of ``$HELM_HOME`` is Helm 2's, so that both clients may share one directory.
"""

from __future__ import annotations

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@record(frozen=True, slots=True)
class Home:
    """The client's directory, by its name. Paths are made, not checked."""

    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        from os.path import normpath
        from pathlib import Path

        return Path(normpath(self.name))  # ``..`` goes by its text, as Go joins paths

    @property
    def repository(self) -> Path:
        return self.path / "repository"

    @property
    def repository_file(self) -> Path:
        return self.repository / "repositories.yaml"

    @property
    def cache(self) -> Path:
        """Index files of the chart repositories."""
        return self.repository / "cache"

    def cache_index(self, name: str) -> Path:
        return self.cache / f"{name}-index.yaml"

    @property
    def local_repository(self) -> Path:
        return self.repository / "local"

    @property
    def starters(self) -> Path:
        return self.path / "starters"

    @property
    def archive(self) -> Path:
        """Downloaded charts."""
        return self.path / "cache" / "archive"

    @property
    def plugins(self) -> Path:
        return self.path / "plugins"

    @property
    def plugin_cache(self) -> Path:
        return self.path / "cache" / "plugins"

    @property
    def registry_config(self) -> Path:
        """Who one is at which registry, as Docker's config.json has it."""
        return self.path / "registry" / "config.json"

    @property
    def sandbox(self) -> Path:
        """Everything the local sandbox cluster keeps."""
        return self.path / "sandbox"

    @property
    def directories(self) -> tuple[Path, ...]:
        """What ``helm init`` makes, in the order in which it says so."""
        return (
            self.path,
            self.repository,
            self.cache,
            self.local_repository,
            self.plugins,
            self.starters,
            self.archive,
        )


def default_home(environ: Mapping[str, str]) -> str:
    """``$HELM_HOME``, else ``~/.helm`` of ``$HOME``."""
    return environ.get("HELM_HOME") or _below_home(environ, ".helm")


def default_keyring(environ: Mapping[str, str]) -> str:
    return _below_home(environ, ".gnupg/pubring.gpg")


def cache_directory(environ: Mapping[str, str]) -> str:
    """Where what can be made anew is kept: ``$HELMPY_CACHE``, else ``helmpy`` in the user's cache directory.

    "" where nothing shall or can be kept: the variable is ``off``, or there is no home. The user's is
    ``$XDG_CACHE_HOME``, ``~/.cache`` by default; relative names do not count, as its specification says.
    """
    chosen = environ.get("HELMPY_CACHE", "")
    if chosen:
        return "" if chosen == "off" else chosen
    for directory in (environ.get("XDG_CACHE_HOME", ""), _below_home(environ, ".cache")):
        if directory.startswith("/"):
            return f"{directory.rstrip('/')}/helmpy"
    return ""


def foreign_registry_configs(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Where Helm 3 and Docker keep who one is at which registry."""
    helm = environ.get("HELM_REGISTRY_CONFIG") or (
        f"{environ['HELM_CONFIG_HOME']}/registry/config.json"
        if environ.get("HELM_CONFIG_HOME")
        else f"{environ.get('XDG_CONFIG_HOME') or _below_home(environ, '.config')}/helm/registry/config.json"
    )
    docker = environ.get("DOCKER_CONFIG") or _below_home(environ, ".docker")
    return helm, f"{docker}/config.json"


def _below_home(environ: Mapping[str, str], name: str) -> str:
    home = environ.get("HOME") or ""
    return f"{home.rstrip('/')}/{name}" if home else name


@record(frozen=True, slots=True)
class Settings:
    """The global flags of one run, environment already looked at.

    ``connection_timeout`` in seconds. ``kubeconfig`` is what ``--kubeconfig`` said, or
    ``$KUBECONFIG`` (which may list several files), or empty: the default file.
    """

    home: Home
    host: str = ""
    kube_context: str = ""
    kubeconfig: str = ""
    tiller_namespace: str = "kube-system"
    connection_timeout: int = 300
    debug: bool = False
