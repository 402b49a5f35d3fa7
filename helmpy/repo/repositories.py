"""The repositories that a user has added: ``$HELM_HOME/repository/repositories.yaml``.

The file is Helm 2.17's, so both clients may share it. It is written to a file beside it that then
takes its place; whoever changes it holds the lock file that Helm 2.17 uses.
"""

from __future__ import annotations

import os

from helmpy.errors import HelmError, unreadable
from helmpy.gocompat import rfc3339, yaml
from helmpy.record import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

LOCK_PATIENCE = 30.0  # seconds, Helm 2.17's


class NoRepositories(HelmError):
    """There is no repositories.yaml."""


class BrokenRepositories(HelmError):
    """repositories.yaml can't be read or written."""


class NoSuchRepository(HelmError):
    """No repository of that name was added."""


@record(frozen=True, slots=True)
class Repository:
    """One entry: where a repository is, and what it takes to be let in."""

    name: str
    url: str
    cache: str = ""
    username: str = ""
    password: str = ""
    cert_file: str = ""
    key_file: str = ""
    ca_file: str = ""


_KEYS = {
    "caFile": "ca_file",
    "cache": "cache",
    "certFile": "cert_file",
    "keyFile": "key_file",
    "name": "name",
    "password": "password",
    "url": "url",
    "username": "username",
}


@record(frozen=True, slots=True)
class Repositories:
    """All entries, in the order of the file. ``generated`` is RFC 3339 text."""

    entries: tuple[Repository, ...] = ()
    generated: str = ""

    def get(self, name: str) -> Repository:
        """Return the repository of that name. Raises NoSuchRepository."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise NoSuchRepository(f"repo {name} not found")

    def has(self, name: str) -> bool:
        return any(entry.name == name for entry in self.entries)

    def with_entry(self, entry: Repository) -> Repositories:
        """Return all with ``entry`` in the place of the one of its name, or at the end."""
        if not self.has(entry.name):
            return replace(self, entries=(*self.entries, entry))
        return replace(self, entries=tuple(entry if one.name == entry.name else one for one in self.entries))

    def without(self, name: str) -> Repositories:
        return replace(self, entries=tuple(one for one in self.entries if one.name != name))


def parse(text: str | bytes, path: str) -> Repositories:
    """Return what a repositories.yaml lists. Raises BrokenRepositories, whose hint names ``path``.

    The format before Helm 2.0, a map of names to URLs, is read too. Entries that are empty are left out.
    """
    try:
        value = yaml.load(text, ints=True)
    except HelmError as error:
        raise BrokenRepositories(str(error), hint=f"in {path}") from error
    if value is None:
        return Repositories()
    if not _is_usual(value):
        _check(value, path)
        value = _folded(value, _TOP)
    if not value.get("apiVersion"):
        return Repositories(
            tuple(
                Repository(name, yaml.text_of(url), cache=f"{name}-index.yaml")
                for name, url in value.items()
                if url is not None
            )
        )
    listed = value.get("repositories") or ()
    return Repositories(tuple(_repository(one) for one in listed if one is not None), str(value.get("generated") or ""))


_TOP = frozenset({"apiVersion", "generated", "repositories"})


def _is_usual(value: Any) -> bool:
    """Whether there is nothing in the file but what Helm writes there."""
    return (
        isinstance(value, dict)
        and _TOP.issuperset(value)
        and value.get("apiVersion") == "v1"
        and rfc3339.is_time(value.get("generated"))
        and isinstance(value.get("repositories"), list | None)
        and all(map(_is_usual_entry, value.get("repositories") or ()))
    )


def _is_usual_entry(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and _KEYS.keys() >= item.keys()
        and all(isinstance(field, str | None) for field in item.values())
    )


def _check(value: Any, path: str) -> None:
    """Raise BrokenRepositories if 2.17 would not read the file."""
    from helmpy.gocompat import shape
    from helmpy.gocompat.json_fit import PREFIX, misfit

    entry = shape.struct("repo.Entry", dict.fromkeys(_KEYS, shape.text))
    fields = {"apiVersion": shape.text, "generated": shape.time, "repositories": shape.list_of(entry, pointer=True)}
    wrong = misfit(value, shape.struct("repo.RepoFile", fields))
    if not wrong and not _folded(value, _TOP).get("apiVersion"):
        wrong = misfit(value, shape.map_of(shape.text))
    if wrong:
        raise BrokenRepositories(f"{PREFIX}{wrong}", hint=f"in {path}")


def _folded(item: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return a map with its known keys in their own case: Go reads them in any."""
    known = {key.lower(): key for key in keys}
    return {known.get(key.lower(), key): value for key, value in item.items()}


def _repository(item: dict[str, Any]) -> Repository:
    given = item if _KEYS.keys() >= item.keys() else _folded(item, _KEYS)
    known = {field: yaml.text_of(given[key]) for key, field in _KEYS.items() if given.get(key) is not None}
    return Repository(**{"name": "", "url": "", **known})


def to_yaml(repositories: Repositories) -> str:
    """Return the text of a repositories.yaml; every key is there, empty ones too."""
    return yaml.dump(
        {
            "apiVersion": "v1",
            "generated": repositories.generated,
            "repositories": [
                {key: getattr(entry, field) for key, field in _KEYS.items()} for entry in repositories.entries
            ],
        }
    )


def load(path: str | os.PathLike[str]) -> Repositories:
    """Read the file. Raises NoRepositories in Helm's words, BrokenRepositories."""
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - pathlib takes 4 ms to import
            return parse(file.read(), name)
    except FileNotFoundError:
        raise NoRepositories(
            f"Couldn't load repositories file ({name}).\n"
            "You might need to run `helm init` (or `helm init --client-only` if tiller is already installed)"
        ) from None
    except OSError as error:
        raise BrokenRepositories(unreadable(name, error)) from error


def change(path: str | os.PathLike[str], edit: Callable[[Repositories], Repositories], *, generated: str) -> None:
    """Read, change and write the file while nobody else can. Raises what ``load`` raises, BrokenRepositories."""
    from helmpy.repo.files import Lock, write

    name = os.fspath(path)
    if not os.path.exists(name):  # noqa: PTH110
        load(name)  # says so; where there is no directory there is none to lock in either
    with Lock(os.path.splitext(name)[0] + ".lock", LOCK_PATIENCE):  # noqa: PTH122
        changed = edit(load(name))
        mode = os.stat(name).st_mode & 0o777  # noqa: PTH116 - there may be passwords in it
        write(name, to_yaml(replace(changed, generated=changed.generated or generated)).encode(), mode=mode)


def names(repositories: Iterable[Repository]) -> tuple[str, ...]:
    return tuple(one.name for one in repositories)
