"""Who one is at which registry: files in the format of Docker's ``config.json``.

``helm registry login`` writes ``$HELM_HOME/registry/config.json``; Helm 3's and Docker's own files are read
where that has nothing for a host, with the programs they name that keep secrets (credential helpers).
"""

from __future__ import annotations

import base64
import binascii
import os

from helmpy.errors import HelmError
from helmpy.gocompat import json
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

LOCK_PATIENCE = 30.0  # seconds
HELPER_PATIENCE = 30.0  # seconds: some ask a person
MAX_BYTES = 2**20  # of a file, and of what a helper says
DOCKER_HUB = "https://index.docker.io/v1/"  # Docker's name for its own registry
_HUB_HOSTS = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
_TOKEN_USER = "<token>"  # noqa: S105 - what helpers give as the user's name where the secret is an identity token


class CredentialsError(HelmError):
    """A file of credentials can't be read or written, or a helper fails."""


@record(frozen=True, slots=True)
class Credential:
    """A user's name and password, or an identity token that registries change for others."""

    username: str = ""
    password: str = ""
    identity_token: str = ""

    def __repr__(self) -> str:
        return f"Credential({self.username!r})"


def find(paths: Sequence[str], host: str, ask: Callable[[str, str], Credential | None]) -> Credential | None:
    """Return what the first of the files that knows ``host`` has for it.

    ``ask`` gets the name of a helper and the name of a host. Raises CredentialsError.
    """
    for path in paths:
        found = _of_file(load(path), host, ask, path)
        if found is not None:
            return found
    return None


def _of_file(
    config: dict[str, Any], host: str, ask: Callable[[str, str], Credential | None], path: str
) -> Credential | None:
    helpers = config.get("credHelpers")
    own = {registry(name): name for name in helpers} if isinstance(helpers, dict) else {}
    if registry(host) in own and isinstance(helpers, dict):
        return ask(str(helpers[own[registry(host)]]), own[registry(host)])
    entry = _entry(config, host)
    if entry is not None:
        kept = _credential(entry[1], path, host)
        if kept is not None:
            return kept
    store = config.get("credsStore")
    if store and isinstance(store, str):
        return ask(store, entry[0] if entry else key(host))
    return None


def _entry(config: dict[str, Any], host: str) -> tuple[str, dict[str, Any]] | None:
    listed = config.get("auths")
    for name, entry in listed.items() if isinstance(listed, dict) else ():
        if registry(name) == registry(host) and isinstance(entry, dict):
            return name, entry
    return None


def knows(path: str, host: str) -> bool:
    """Whether a file has something for a host, itself or by a helper for that host. Raises CredentialsError."""
    config = load(path)
    helpers = config.get("credHelpers")
    named = isinstance(helpers, dict) and registry(host) in map(registry, helpers)
    return named or _entry(config, host) is not None


def registry(name: str) -> str:
    """Return the host that a name of such a file stands for: ``https://h/v1/`` and ``h`` are the same."""
    host = name.partition("://")[2] if "://" in name else name
    host = host.partition("/")[0].lower()
    return "docker.io" if host in _HUB_HOSTS else host


def key(host: str) -> str:
    """Return the name that a registry has in such a file."""
    return DOCKER_HUB if registry(host) == "docker.io" else host


def _credential(entry: dict[str, Any], path: str, host: str) -> Credential | None:
    username, password = _text(entry.get("username")), _text(entry.get("password"))
    packed = _text(entry.get("auth"))
    if packed:
        try:
            username, _, password = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise CredentialsError(f"{path}: auth of {host} is not base64 of USER:PASSWORD") from error
        password = password.rstrip("\0")
    token = _text(entry.get("identitytoken"))
    return Credential(username, password, token) if token or username or password else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def load(path: str) -> dict[str, Any]:
    """Return what a file holds, nothing where there is none. Raises CredentialsError."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise CredentialsError(f"open {path}: {(error.strerror or str(error)).lower()}") from error
    if len(data) > MAX_BYTES:
        raise CredentialsError(f"{path} is larger than the limit of {MAX_BYTES} bytes")
    try:
        value = json.loads(data) if data.strip() else {}
    except HelmError as error:
        raise CredentialsError(f"{path}: {error}") from error
    if not isinstance(value, dict):
        raise CredentialsError(f"{path} is no map, as a Docker config.json is")
    return value


def save(path: str, host: str, credential: Credential) -> None:
    """Keep what lets one in at ``host``, in a file that only its owner may read. Raises CredentialsError."""
    packed = base64.b64encode(f"{credential.username}:{credential.password}".encode()).decode()
    entry = {"auth": packed}
    if credential.identity_token:
        entry["identitytoken"] = credential.identity_token

    def edit(config: dict[str, Any]) -> bool:
        listed = config.get("auths")
        others = listed if isinstance(listed, dict) else {}
        kept = {name: one for name, one in others.items() if registry(name) != registry(host)}
        config["auths"] = {**kept, key(host): entry}
        return True

    _change(path, edit)


def forget(path: str, host: str) -> bool:
    """Drop what is kept for ``host``; False where there is nothing. Raises CredentialsError."""
    if _entry(load(path), host) is None:
        return False

    def edit(config: dict[str, Any]) -> bool:
        listed = config.get("auths")
        kept = listed if isinstance(listed, dict) else {}
        config["auths"] = {name: one for name, one in kept.items() if registry(name) != registry(host)}
        return len(config["auths"]) < len(kept)

    return _change(path, edit)


def _change(path: str, edit: Callable[[dict[str, Any]], bool]) -> bool:
    from helmpy.repo.files import Lock, write

    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120 - as in files
    except OSError as error:
        raise CredentialsError(f"mkdir {error.filename}: {(error.strerror or str(error)).lower()}") from error
    with Lock(f"{path}.lock", LOCK_PATIENCE):
        config = load(path)
        changed = edit(config)
        if changed:
            write(path, (json.dumps_pretty(config) + "\n").encode(), mode=0o600)
        return changed


def ask_helper(name: str, host: str) -> Credential | None:
    """Return what ``docker-credential-NAME get`` says of a host; None where it has nothing or is not there.

    Raises CredentialsError where it fails otherwise.
    """
    import subprocess

    program = f"docker-credential-{name}"
    if "/" in name or "\0" in name:
        raise CredentialsError(f"credential helper {name!r} is no name of a program")
    try:
        done = subprocess.run(  # noqa: S603 - what the user's Docker runs
            [program, "get"], input=host.encode(), capture_output=True, timeout=HELPER_PATIENCE, check=False
        )
    except FileNotFoundError:
        return None
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or f"no answer in {HELPER_PATIENCE:g} seconds"
        raise CredentialsError(f"{program}: {reason.lower()}") from error
    if done.returncode:
        said = (done.stdout or done.stderr)[:500].decode(errors="replace").strip()
        if "not found" in said:
            return None
        raise CredentialsError(f"{program}: {said or f'exit status {done.returncode}'}")
    try:
        value = json.loads(done.stdout[:MAX_BYTES])
    except HelmError as error:
        raise CredentialsError(f"{program}: {error}") from error
    known = value if isinstance(value, dict) else {}
    username, secret = _text(known.get("Username")), _text(known.get("Secret"))
    if username == _TOKEN_USER:
        return Credential(identity_token=secret)
    return Credential(username, secret) if username or secret else None
